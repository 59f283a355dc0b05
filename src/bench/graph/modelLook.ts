// The models that pages are about, by path: each question finds what an earlier one made.
import type { Grouping, OpenedModel } from '../../formats/openModel';
import type { ModelHierarchy } from '../../onnx/hierarchy/modelHierarchy';
import type { Bench } from '../bench';
import { graphsOf } from '../model/graphCache';
import { ShownModel } from './shownModel';

/** What people look at; the answers of the API tell the groups of names. */
export const pageGrouping: Grouping = { byNeighbours: true };

/** Goes with the groups, which the bench keeps for a while after the last question. */
const shownModels = new WeakMap<ModelHierarchy, ShownModel>();

/**
 * What `look` makes of a model, at once: the model may be closed after that, so that only what is in memory may be looked
 * at later.
 *
 * @throws ModelError naming the file when it is no model that can be shown
 */
export function lookAt<Result>(bench: Bench, path: string, look: (model: ShownModel) => Result): Result {
  return graphsOf(bench).with(bench.access.realPath(path), pageGrouping, (hierarchy, opened) =>
    look(shownModelOf(hierarchy, opened)),
  );
}

function shownModelOf(hierarchy: ModelHierarchy, opened: OpenedModel): ShownModel {
  const known = shownModels.get(hierarchy);
  if (known !== undefined) return known;
  const model = new ShownModel(hierarchy, opened);
  shownModels.set(hierarchy, model);
  return model;
}
