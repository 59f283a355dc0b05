// The model of an optimization among those of its project, and what goes when it goes.
import type { ModelRecord, OptimizationRecord } from '../../store/records';
import type { Store } from '../../store/store';

/** Where a job puts the model that it made, in the folder of its run. */
export const madeModelName = 'model.onnx';

/** Models that runs of an optimization made. */
export async function modelsMadeBy(
  store: Store,
  { id, projectId }: OptimizationRecord,
): Promise<readonly ModelRecord[]> {
  return (await store.list('model', { projectId })).filter(({ madeBy }) => madeBy?.optimizationId === id);
}

/** Kinds of things that belong to a model. */
const partsOfModels = ['benchmark', 'profiling', 'sensitivity'] as const;

/** What belongs to a model: its benchmarks, profilings and sensitivity analyses. */
export async function partsOfModel(
  store: Store,
  { id, projectId }: ModelRecord,
): Promise<readonly { readonly kind: (typeof partsOfModels)[number]; readonly id: number; readonly name: string }[]> {
  const parts = [];
  for (const kind of partsOfModels) {
    for (const record of await store.list(kind, { projectId })) {
      if (record.modelId === id) parts.push({ kind, id: record.id, name: record.name });
    }
  }
  return parts;
}

/** Removes a model with what belongs to it; the model itself last, so that an interrupted removal is repeated. */
export async function removeModel(store: Store, model: ModelRecord): Promise<void> {
  for (const { kind, id } of await partsOfModel(store, model)) await store.remove(kind, id);
  await store.remove('model', model.id);
}
