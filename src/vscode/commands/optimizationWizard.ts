// The questions about an optimization, new or edited: data, what the model becomes, and, where wanted, how to search.
import { isQuantizedPrecision, optimizationTypes, precisions } from '../../dictionary/benchTerms';
import { objectiveEntries } from '../../dictionary/objectives';
import { targetSparsityType } from '../../dictionary/pruningRecipeKeys';
import { strategyEntries } from '../../dictionary/strategies';
import type { ModelFacts } from '../../protocol/facts';
import { askCustom, askDataset, askName, askRun, enterInteger, stateOf } from './questions';
import type { ProjectQuestions } from './questions';
import { choose, chooseSeveral, enterText } from './quickInputs';
import type { Choice } from './quickInputs';
import { readSparsity, readTolerance, toleranceText } from './requests';
import type { OptimizationAnswers, SearchAnswers } from './requests';
import type { Step } from './steps';

/** What was answered so far. */
export interface OptimizationState extends OptimizationAnswers {
  readonly search: SearchAnswers;
  readonly targetSparsity: number;
  readonly isCustom: boolean;
  readonly runs: boolean;
}

type Q = Step<OptimizationState>;

/** The questions; an edit keeps name and model, and asks for everything else. */
export function optimizationSteps(questions: ProjectQuestions): readonly Q[] {
  const { parts, project, isEdit } = questions;
  const names = parts.optimizations.map(({ name }) => name);
  return [
    askDataset<OptimizationState>(questions),
    askPrecision(parts.models),
    askSparsity,
    ...(isEdit ? [] : [{ ...askCustom<OptimizationState>(proposal), isAsked: hasSettings }]),
    ...[askStrategy, askTolerance, askObjectives, askTrials, askTimeout, askSamples, askBatch],
    ...(isEdit ? [] : [askName<OptimizationState>(proposedName, names), askRun<OptimizationState>(project)]),
  ];
}

/** Whether what is made of the model is searched for. */
export function searches({ typeId }: OptimizationAnswers): boolean {
  return optimizationTypes.find(({ id }) => id === typeId)?.name === 'Quantization';
}

/** Whether the smallest weights become 0. */
export function prunes({ typeId }: OptimizationAnswers): boolean {
  return optimizationTypes.find(({ id }) => id === typeId)?.name === 'Pruning';
}

/** A pruning has its sparsity, which was asked for. */
const hasSettings = (state: OptimizationState): boolean => !prunes(state);

interface Becomes {
  readonly typeId: number;
  readonly precisionId: number;
}

const precisionHelp: Readonly<Record<string, string>> = {
  int8: 'Static, dynamic or both, whatever pays: the usual choice',
  'int8 static quantization': 'Ranges of activations are found with the data set: fastest for most pictures',
  'int8 dynamic quantization': 'Ranges are found while the model runs: for many language models',
  fp32: 'Numbers stay as they are: the engine’s own graph optimizations are written into the file',
  fp16: 'Half the size; faster only where the machine computes in 16 bit',
};

const pruningHelp = 'The smallest weights become 0, most where it costs least; accuracy is measured';

const becomes: readonly Choice<Becomes>[] = optimizationTypes.flatMap((type) =>
  type.precisions.map((precision) => ({
    label: type.name === 'Pruning' ? `${precision}, pruned` : precision,
    description: type.name,
    detail: type.name === 'Pruning' ? pruningHelp : precisionHelp[precision],
    value: { typeId: type.id, precisionId: precisions.find(({ name }) => name === precision)?.id ?? 0 },
  })),
);

/** What a model may become: one that is quantized is neither quantized again nor turned into 16-bit floats. */
function choicesFor(model: ModelFacts | undefined): readonly Choice<Becomes>[] {
  if (model === undefined || !isQuantizedPrecision(model.precision)) return becomes;
  return becomes.filter(({ value: { typeId } }) => optimizationTypes[typeId - 1]?.name === 'Graph optimization');
}

function askPrecision(models: readonly ModelFacts[]): Q {
  return {
    ask: async ({ modelId, precisionId, typeId }, place) =>
      stateOf<OptimizationState, Becomes>(
        await choose<Becomes>(place, {
          placeholder: 'What the model becomes',
          choices: choicesFor(models.find(({ id }) => id === modelId)),
          isPreset: (value) => value.precisionId === precisionId && value.typeId === typeId,
        }),
        (value) => value,
      ),
  };
}

const askSparsity: Q = {
  isAsked: prunes,
  ask: async ({ targetSparsity }, place) =>
    stateOf<OptimizationState>(
      await enterText(place, {
        prompt: 'Target sparsity: mean over the layers of the share of weights that become 0, such as "30 %" or "0.3"',
        value: `${Number((targetSparsity * 100).toPrecision(6))} %`,
        validate: (text) =>
          readSparsity(text) === undefined
            ? `A share with its unit, such as "30 %", or a fraction, such as "0.3": from ${targetSparsityType.minimum * 100} % to ${targetSparsityType.maximum * 100} %.`
            : undefined,
      }),
      (text) => ({ targetSparsity: readSparsity(text) ?? targetSparsity }),
    ),
};

function proposal(state: OptimizationState): string {
  const { search, samples, batchSize } = state;
  const data = `${samples} samples${batchSize === 1 ? '' : ` in batches of ${batchSize}`}`;
  if (!searches(state)) return data;
  const lost = `at most ${toleranceText(search)} of the accuracy lost`;
  return [search.strategy, lost, search.objectives.join(', '), `${search.maxTrials} trials`, data].join(' · ');
}

const isCustomSearch = (state: OptimizationState): boolean => state.isCustom && searches(state);

const askStrategy: Q = {
  isAsked: isCustomSearch,
  ask: async ({ search }, place) =>
    stateOf<OptimizationState>(
      await choose<string>(place, {
        placeholder: 'Strategy: how the best form of the model is searched for',
        choices: strategyEntries.map(({ name, title, help }) => ({
          label: name,
          description: title,
          detail: help,
          value: name,
        })),
        isPreset: (value) => value === search.strategy,
      }),
      (strategy) => ({ search: { ...search, strategy } }),
    ),
};

const askTolerance: Q = {
  isAsked: isCustomSearch,
  ask: async ({ search }, place) =>
    stateOf<OptimizationState>(
      await enterText(place, {
        prompt: 'Accuracy that may be lost: "1 %" of what there is, or "0.01" as the metric counts',
        value: toleranceText(search),
        validate: (text) => (readTolerance(text) === undefined ? 'A number such as 1 % or 0.01.' : undefined),
      }),
      (text) => ({ search: { ...search, ...readTolerance(text) } }),
    ),
};

const askObjectives: Q = {
  isAsked: isCustomSearch,
  ask: async ({ search }, place) =>
    stateOf<OptimizationState, readonly string[]>(
      await chooseSeveral<string>(place, {
        placeholder: 'What is to be better; several are weighed against each other',
        choices: objectiveEntries.map(({ name, title, help }) => ({ label: title, detail: help, value: name })),
        isPreset: (value) => search.objectives.includes(value),
      }),
      (objectives) => ({ search: { ...search, objectives } }),
    ),
};

const askTrials: Q = {
  isAsked: isCustomSearch,
  ask: async ({ search }, place) =>
    stateOf<OptimizationState, number>(
      await enterInteger(place, 'Trials at most', { value: search.maxTrials, least: 1 }),
      (maxTrials) => ({ search: { ...search, maxTrials } }),
    ),
};

const askTimeout: Q = {
  isAsked: isCustomSearch,
  ask: async ({ search }, place) =>
    stateOf<OptimizationState, number>(
      await enterInteger(place, 'Seconds of searching; 0: no limit', { value: search.timeoutS, least: 0 }),
      (timeoutS) => ({ search: { ...search, timeoutS } }),
    ),
};

const askSamples: Q = {
  isAsked: (state) => state.isCustom && hasSettings(state),
  ask: async ({ samples }, place) =>
    stateOf<OptimizationState, number>(
      await enterInteger(place, 'Samples to calibrate with', { value: samples, least: 1 }),
      (value) => ({ samples: value }),
    ),
};

const askBatch: Q = {
  isAsked: (state) => state.isCustom && hasSettings(state),
  ask: async ({ batchSize }, place) =>
    stateOf<OptimizationState, number>(
      await enterInteger(place, 'Samples in one run while calibrating', { value: batchSize, least: 1 }),
      (value) => ({ batchSize: value }),
    ),
};

function proposedName(state: OptimizationState): string {
  const { precisionId, targetSparsity } = state;
  if (prunes(state)) return `pruned ${Number((targetSparsity * 100).toPrecision(6))} %`;
  return precisions.find(({ id }) => id === precisionId)?.name ?? 'optimization';
}
