// The questions of the page of a model, and who answers them.
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
import { answering } from '../question';
import type { Question } from '../question';
import { comparableWith } from './benchModels';
import { compareModels } from './compareModels';
import { graphFactsOf } from './graphFacts';
import { lookAt } from './modelLook';
import { nodePropertiesOf } from './nodeProperties';
import { nodePageOf } from './nodeTable';
import { overlayChoicesOf, overlayOf } from './overlays';
import { allGroupsOf, sceneOf } from './scene';
import { tensorFactsOf, valuesOf } from './tensorFigures';

export const graphQuestions: readonly Question[] = [
  answering(sceneMethod, (bench, { path, expanded }) => lookAt(bench, path, (model) => sceneOf(model, expanded))),
  answering(allGroupsMethod, (bench, { path }) => lookAt(bench, path, allGroupsOf)),
  answering(graphFactsMethod, (bench, { path }) => lookAt(bench, path, (model) => graphFactsOf(model, path))),
  answering(nodeMethod, (bench, { path, id }) => lookAt(bench, path, (model) => nodePropertiesOf(model, id))),
  answering(tensorMethod, tensorFactsOf),
  answering(valuesMethod, (bench, window) => lookAt(bench, window.path, (model) => valuesOf(model, window))),
  answering(nodesMethod, async (bench, question, context) =>
    lookAt(bench, question.path, (model) => nodePageOf(model, question, context)),
  ),
  answering(overlayChoicesMethod, (bench, { path }) => overlayChoicesOf(bench, path)),
  answering(overlayMethod, overlayOf),
  answering(comparableMethod, (bench, { path }) => comparableWith(bench, path)),
  answering(compareMethod, compareModels),
];
