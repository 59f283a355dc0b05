// How everything that has runs begins in the API: what it belongs to, and its model and data.
import type { Bench } from '../bench';
import { datasetView } from '../dataset/dataset';
import { modelView } from '../views';
import type { NamedParts } from './namedParts';

/** A model or data set that is gone is null, as are data that a thing never had. */
export function subjectView(
  bench: Bench,
  { projectId, id, name }: { readonly projectId: number; readonly id: number; readonly name: string },
  { model, dataset }: NamedParts,
): Readonly<Record<string, unknown>> {
  return {
    project_id: projectId,
    id,
    name,
    model: model === undefined ? null : modelView(bench, model),
    dataset: dataset === undefined ? null : datasetView(bench, dataset),
  };
}
