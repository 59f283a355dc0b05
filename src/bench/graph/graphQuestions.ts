// The questions of the page of a model, and who answers them; nothing that reads models is loaded before one is asked.
import {
  allGroupsMethod,
  comparableMethod,
  compareMethod,
  graphFactsMethod,
  nodeMethod,
  nodesMethod,
  overlayChoicesMethod,
  overlayMethod,
  sceneMethod,
  tensorMethod,
  valuesMethod,
} from '../../protocol/panels/graph';
import type { WorkContext } from '../../protocol/progress';
import type { RpcMethod } from '../../protocol/rpcMessages';
import { answering, answeringLate } from '../question';
import type { Question } from '../question';
import type { ShownModel } from './shownModel';

export const graphQuestions: readonly Question[] = [
  aboutModel(sceneMethod, async () => {
    const { sceneOf } = await import('./scene');
    return (model, { expanded }) => sceneOf(model, expanded);
  }),
  aboutModel(allGroupsMethod, async () => (await import('./scene')).allGroupsOf),
  aboutModel(graphFactsMethod, async () => {
    const { graphFactsOf } = await import('./graphFacts');
    return (model, { path }) => graphFactsOf(model, path);
  }),
  aboutModel(nodeMethod, async () => {
    const { nodePropertiesOf } = await import('./nodeProperties');
    return (model, { id }) => nodePropertiesOf(model, id);
  }),
  answeringLate(tensorMethod, async () => (await import('./tensorFigures')).tensorFactsOf),
  aboutModel(valuesMethod, async () => (await import('./tensorFigures')).valuesOf),
  aboutModel(nodesMethod, async () => (await import('./nodeTable')).nodePageOf),
  answering(overlayChoicesMethod, async (bench, { path }) =>
    (await import('./overlays')).overlayChoicesOf(bench, path),
  ),
  answeringLate(overlayMethod, async () => (await import('./overlays')).overlayOf),
  answering(comparableMethod, async (bench, { path }) => (await import('./benchModels')).comparableWith(bench, path)),
  answeringLate(compareMethod, async () => (await import('./compareModels')).compareModels),
];

/** A question about one model, as its page shows it. */
function aboutModel<Params extends { readonly path: string }, Result>(
  method: RpcMethod<Params, Result>,
  load: () => Promise<(model: ShownModel, params: Params, context: WorkContext) => Result | Promise<Result>>,
): Question {
  return answering(method, async (bench, params, context) => {
    const [answer, { lookAt }] = await Promise.all([load(), import('./modelLook')]);
    return lookAt(bench, params.path, (model) => answer(model, params, context));
  });
}
