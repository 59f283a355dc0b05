// Sensitivity analyses: which model, what is weighed and how, on which samples; the defaults are those of the bench.
import { isQuantizedPrecision } from '../../dictionary/benchTerms';
import { isMadeUp } from '../../dictionary/madeUpData';
import { usualAnalysis } from '../../dictionary/sensitivitySettings';
import { mostLevels, readSparsityLevels, usualLevels } from '../../dictionary/sparsityLevels';
import { partsMethod } from '../../protocol/facts';
import type { DatasetFacts, ModelFacts } from '../../protocol/facts';
import type { SensitivityKind, SensitivityMethod } from '../../protocol/pruning';
import type { ProjectNode, SensitivityNode } from '../tree/nodes';
import { sensitivityText } from '../tree/rowText';
import { canEdit } from '../tree/runText';
import { askModel } from './benchmarkWizard';
import { givenModelId } from './benchmarks';
import { newDataset } from './datasets';
import { explain } from './explaining';
import { givenNode, givenProject, projectOf } from './given';
import type { Handlers } from './handler';
import { pickPart } from './pickParts';
import { pickProject } from './pickProject';
import { askCustom, askName, askRun, enterInteger, presetRun, stateOf } from './questions';
import type { ProjectQuestions } from './questions';
import { choose, enterText } from './quickInputs';
import { proposedDataset, sensitivityEdit, sensitivityRequest } from './requests';
import type { SensitivityAnswers } from './requests';
import { mayEdit, runAdded } from './runs';
import { askSteps, back } from './steps';
import type { Step } from './steps';

interface SensitivityState extends SensitivityAnswers {
  readonly isCustom: boolean;
  readonly runs: boolean;
}

type Q = Step<SensitivityState>;

interface Analysis {
  readonly kind: SensitivityKind;
  readonly method: SensitivityMethod;
}

/** What a new analysis is about, as far as that is known. */
interface Wanted {
  readonly modelId?: number | undefined;
  /** Absent: loss. */
  readonly kind?: SensitivityKind;
}

/** What is chosen for a kind by Enter alone. */
const presets: Readonly<Record<SensitivityKind, SensitivityMethod>> = { loss: 'one-shot', perf: 'approx' };

const askAnalysis: Q = {
  ask: async (state, place) =>
    stateOf<SensitivityState, Analysis>(
      await choose<Analysis>(place, {
        placeholder: 'What pruning is weighed by',
        choices: [
          {
            label: 'Loss, One-Shot',
            detail: 'Prunes each layer alone to each level and compares the outputs on samples',
            icon: 'beaker',
            value: { kind: 'loss', method: 'one-shot' },
          },
          {
            label: 'Loss, Approximate',
            detail: 'Adds up the magnitudes that are pruned; runs nothing and takes moments',
            icon: 'zap',
            value: { kind: 'loss', method: 'approx' },
          },
          {
            label: 'Performance, Approximate',
            detail: 'Counts the operations that an engine with sparse kernels would have left',
            icon: 'zap',
            value: { kind: 'perf', method: 'approx' },
          },
          {
            label: 'Performance, Measured',
            detail: 'Times every layer; this engine gains nothing from zeros: expect no change',
            icon: 'dashboard',
            value: { kind: 'perf', method: 'measured' },
          },
        ],
        isPreset: ({ kind, method }) => kind === state.kind && method === state.method,
      }),
      (analysis) => analysis,
    ),
};

const madeUp = 'Random: what it tells may not hold for real samples';

function askInputs({ parts, newDataset: make }: Pick<ProjectQuestions, 'parts' | 'newDataset'>): Q {
  return {
    isAsked: ({ method }) => method !== 'approx',
    ask: async ({ datasetId }, place) => {
      const chosen = await choose<DatasetFacts | 'random' | 'new'>(place, {
        placeholder: 'Samples to run the model on; labels are not needed',
        choices: [
          ...parts.datasets.map((facts) => ({
            label: facts.name,
            description: facts.datasetType,
            ...(isMadeUp(facts.datasetType) ? { detail: madeUp, icon: 'symbol-numeric' } : { icon: 'database' }),
            value: facts,
          })),
          // A data set of random samples is the same.
          ...(parts.datasets.some(({ datasetType }) => isMadeUp(datasetType)) && datasetId !== null
            ? []
            : [{ label: 'Random Inputs', detail: madeUp, icon: 'symbol-numeric', value: 'random' as const }]),
          { label: 'New Data Set…', icon: 'add', value: 'new' },
        ],
        isPreset: (value) =>
          typeof value === 'string' ? datasetId === null && value === 'random' : value.id === datasetId,
      });
      const facts = chosen === 'new' ? await make() : chosen;
      if (facts === undefined || facts === back) return facts;
      return { datasetId: facts === 'random' ? null : facts.id };
    },
  };
}

const askSamples: Q = {
  isAsked: ({ method }) => method === 'one-shot',
  ask: async ({ samples }, place) =>
    stateOf<SensitivityState, number>(
      await enterInteger(place, 'Samples for each level of each layer', { value: samples, least: 1 }),
      (value) => ({ samples: value }),
    ),
};

const askIterations: Q = {
  isAsked: ({ method }) => method === 'measured',
  ask: async ({ iterations }, place) =>
    stateOf<SensitivityState, number>(
      await enterInteger(place, 'Timed runs of each level', { value: iterations, least: 2, most: 10_000 }),
      (value) => ({ iterations: value }),
    ),
};

function proposal(state: SensitivityState): string {
  const { method, levelFractions, batchSize, threads, warmupRuns } = state;
  const levels = levelFractions?.length ?? levelsOf(state).length;
  const warmup = method === 'measured' ? `, ${warmupRuns} ${warmupRuns === 1 ? 'run' : 'runs'} of warm-up` : '';
  return `${levels} levels, batch of ${batchSize}, ${threads} ${threads === 1 ? 'thread' : 'threads'}${warmup}`;
}

function levelsOf({ method, levelFractions }: SensitivityState): readonly number[] {
  return levelFractions ?? (method === 'approx' ? [] : usualLevels[method]);
}

const isCustomRun = ({ isCustom, method }: SensitivityState): boolean => isCustom && method !== 'approx';

const askLevels: Q = {
  isAsked: isCustomRun,
  ask: async (state, place) =>
    stateOf<SensitivityState>(
      await enterText(place, {
        prompt: 'Sparsities that each layer is pruned to, as fractions',
        value: levelsOf(state).join(', '),
        validate: (text) =>
          readSparsityLevels(text.split(',')) === undefined
            ? `1 to ${mostLevels} fractions above 0 and below 1, such as 0.5, 0.9`
            : undefined,
      }),
      (text) => ({ levelFractions: readSparsityLevels(text.split(',')) ?? null }),
    ),
};

const askBatch: Q = {
  isAsked: isCustomRun,
  ask: async ({ batchSize }, place) =>
    stateOf<SensitivityState, number>(
      await enterInteger(place, 'Samples in one run, where the model takes any number', {
        value: batchSize,
        least: 1,
        most: 4096,
      }),
      (value) => ({ batchSize: value }),
    ),
};

const askThreads: Q = {
  isAsked: isCustomRun,
  ask: async ({ threads }, place) =>
    stateOf<SensitivityState, number>(
      await enterInteger(place, 'Threads inside an operator', { value: threads, least: 1, most: 1024 }),
      (value) => ({ threads: value }),
    ),
};

const askWarmup: Q = {
  isAsked: (state) => isCustomRun(state) && state.method === 'measured',
  ask: async ({ warmupRuns }, place) =>
    stateOf<SensitivityState, number>(
      await enterInteger(place, 'Runs before the timed ones', { value: warmupRuns, least: 0, most: 10_000 }),
      (value) => ({ warmupRuns: value }),
    ),
};

/** How it is run; nothing is asked about what runs nothing. */
const settingSteps: readonly Q[] = [
  askSamples,
  askIterations,
  { ...askCustom<SensitivityState>(proposal), isAsked: ({ method }) => method !== 'approx' },
  askLevels,
  askBatch,
  askThreads,
  askWarmup,
];

/** Asks for a new analysis in a project and adds it. @returns its id; undefined where the person gave up */
export async function newSensitivity(project: ProjectNode, wanted: Wanted = {}): Promise<number | undefined> {
  const { bench, facts } = project;
  const parts = await bench.ask(partsMethod, { id: facts.id });
  const models = parts.models.filter(isPrunable);
  const given = models.find(({ id }) => id === wanted.modelId);
  const [first] = models;
  if (first === undefined || (wanted.modelId !== undefined && given === undefined)) {
    explain(
      `Float ONNX models are analysed, whose weights can be pruned: ${wanted.modelId === undefined ? `the project "${facts.name}" has none.` : 'this model is none.'} Of a quantized model, analyse the one it was made from.`,
    );
    return undefined;
  }
  const kind = wanted.kind ?? 'loss';
  const initial: SensitivityState = {
    ...{
      projectId: facts.id,
      modelId: (given ?? first).id,
      datasetId: proposedDataset(parts.datasets) ?? null,
      name: '',
    },
    ...{ kind, method: presets[kind], ...usualAnalysis, isCustom: false, runs: presetRun(project) },
  };
  const names = parts.sensitivities.map(({ name }) => name);
  const nameOf = (state: SensitivityState): string =>
    `${models.find(({ id }) => id === state.modelId)?.name ?? 'model'} ${sensitivityText(state)}`;
  const steps = [
    ...(given === undefined ? [askModel<SensitivityState>(models)] : []),
    askAnalysis,
    askInputs({ parts, newDataset: () => newDataset(project) }),
    ...settingSteps,
    askName<SensitivityState>(nameOf, names),
    askRun<SensitivityState>(project),
  ];
  const answers = await askSteps(`New Sensitivity Analysis · ${facts.name}`, steps, initial);
  if (answers === undefined) return undefined;
  const answer = await bench.change('sensitivity/add', sensitivityRequest(answers));
  const { sensitivity_id: id } = answer as { readonly sensitivity_id: number };
  if (answers.runs) await runAdded(project, 'sensitivity', id);
  return id;
}

/** Asks for other settings of an analysis that was not run. */
async function editSensitivity(node: SensitivityNode): Promise<void> {
  const { bench, facts } = node;
  if (!mayEdit(node)) return;
  const project = await projectOf(node);
  const parts = await bench.ask(partsMethod, { id: facts.projectId });
  const initial: SensitivityState = { ...facts, isCustom: false, runs: false };
  const steps = [askAnalysis, askInputs({ parts, newDataset: () => newDataset(project) }), ...settingSteps];
  const answers = await askSteps(`Edit Sensitivity Analysis · ${facts.name}`, steps, initial);
  if (answers !== undefined) await bench.change('sensitivity/edit', sensitivityEdit(facts.id, answers));
}

function isPrunable({ framework, precision, isPresent }: ModelFacts): boolean {
  return framework === 'ONNXRT' && isPresent && !isQuantizedPrecision(precision);
}

export const sensitivityHandlers: Handlers = {
  'sensitivity.new': async (services, given) => {
    const project = (await givenProject(given)) ?? (await pickProject(services, { title: 'New Sensitivity Analysis' }));
    if (project === undefined) return undefined;
    const { second } = given;
    return newSensitivity(project, { modelId: givenModelId(given), ...(second === 'perf' ? { kind: 'perf' } : {}) });
  },
  'sensitivity.edit': async (services, given) => {
    const node =
      givenNode(given, 'sensitivity') ??
      (await pickPart(services, 'sensitivity', {
        title: 'Edit Sensitivity Analysis',
        filter: canEdit,
        none: 'There is no sensitivity analysis that was never run.',
      }));
    if (node !== undefined) await editSensitivity(node);
  },
};
