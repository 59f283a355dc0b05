// The questions about a benchmark, new or edited.
import { bytesText } from '../../protocol/byteText';
import type { ModelFacts } from '../../protocol/facts';
import { askCustom, askDataset, askName, askRun, enterInteger, stateOf } from './questions';
import type { ProjectQuestions } from './questions';
import { choose } from './quickInputs';
import { proposedCores } from './requests';
import type { BenchmarkAnswers } from './requests';
import type { Step } from './steps';

/** What was answered so far. */
export interface BenchmarkState extends BenchmarkAnswers {
  readonly batchSize: number;
  readonly isCustom: boolean;
  readonly runs: boolean;
}

type Q = Step<BenchmarkState>;

/** The questions; an edit keeps name, model, iterations and warm-up. */
export function benchmarkSteps(questions: ProjectQuestions): readonly Q[] {
  const { parts, project, isEdit } = questions;
  const names = parts.benchmarks.map(({ name }) => name);
  const wanted = ({ modelId, mode }: BenchmarkState): string => {
    const model = parts.models.find(({ id }) => id === modelId)?.name ?? 'model';
    return `${model} ${mode}`;
  };
  return [
    ...(isEdit ? [] : [askModel<BenchmarkState>(parts.models)]),
    askMode,
    askDataset<BenchmarkState>(questions),
    ...(isEdit ? [] : [askCustom<BenchmarkState>(proposal)]),
    askBatch,
    ...(isEdit ? [] : [askIterations, askWarmup]),
    askCores,
    askInstances,
    ...(isEdit ? [] : [askName<BenchmarkState>(wanted, names), askRun<BenchmarkState>(project)]),
  ];
}

/** Asks for a model of the project. */
export function askModel<State extends { readonly modelId: number }>(models: readonly ModelFacts[]): Step<State> {
  return {
    isAsked: () => models.length > 1,
    ask: async ({ modelId }, place) => {
      const model = await choose<ModelFacts>(place, {
        placeholder: 'Model',
        choices: models.map((facts) => ({
          label: facts.name,
          description: `${facts.precision} · ${bytesText(facts.sizeBytes)}`,
          icon: 'symbol-misc',
          value: facts,
        })),
        isPreset: ({ id }) => id === modelId,
      });
      return stateOf<State, ModelFacts>(model, ({ id }) => ({ modelId: id }) as Partial<State>);
    },
  };
}

const askMode: Q = {
  ask: async ({ mode }, place) =>
    stateOf<BenchmarkState, BenchmarkState['mode']>(
      await choose<BenchmarkState['mode']>(place, {
        placeholder: 'What is measured',
        choices: [
          { label: 'Performance', detail: 'Latency and throughput', icon: 'dashboard', value: 'performance' },
          {
            label: 'Accuracy',
            detail: 'The metric of the data set, over all of its samples',
            icon: 'target',
            value: 'accuracy',
          },
        ],
        isPreset: (value) => value === mode,
      }),
      (value) => ({ mode: value }),
    ),
};

function proposal({ batchSize, cores = proposedCores(), mode }: BenchmarkState): string {
  const threads = `${cores} ${cores === 1 ? 'core' : 'cores'} an instance`;
  const runs = mode === 'accuracy' ? '' : ', 10 runs of warm-up';
  return `batch of ${batchSize}, all samples once${runs}, ${threads}`;
}

const isCustom = (state: BenchmarkState): boolean => state.isCustom;
const isCustomPerformance = (state: BenchmarkState): boolean => state.isCustom && state.mode === 'performance';

const askBatch: Q = {
  isAsked: isCustom,
  ask: async ({ batchSize }, place) =>
    stateOf<BenchmarkState, number>(
      await enterInteger(place, 'Samples in one run', { value: batchSize, least: 1, most: 65_536 }),
      (value) => ({ batchSize: value }),
    ),
};

const askIterations: Q = {
  isAsked: isCustom,
  ask: async ({ iterations = -1 }, place) =>
    stateOf<BenchmarkState, number>(
      await enterInteger(place, 'Runs that count; -1: all samples once', { value: iterations, least: -1 }),
      (value) => ({ iterations: value === 0 ? -1 : value }),
    ),
};

const askWarmup: Q = {
  isAsked: isCustomPerformance,
  ask: async ({ warmup = 10 }, place) =>
    stateOf<BenchmarkState, number>(
      await enterInteger(place, 'Runs before them that do not count', { value: warmup, least: 0 }),
      (value) => ({ warmup: value }),
    ),
};

const askCores: Q = {
  isAsked: isCustom,
  ask: async ({ cores = proposedCores() }, place) =>
    stateOf<BenchmarkState, number>(
      await enterInteger(place, 'Cores of each instance; no more than there are is used', {
        value: cores,
        least: 1,
        most: 1024,
      }),
      (value) => ({ cores: value }),
    ),
};

const askInstances: Q = {
  isAsked: isCustomPerformance,
  ask: async ({ instances = 1 }, place) =>
    stateOf<BenchmarkState, number>(
      await enterInteger(place, 'Instances: processes that measure at once', { value: instances, least: 1, most: 256 }),
      (value) => ({ instances: value }),
    ),
};
