// Commands on optimizations besides running: new, edit, its config.yaml, its pins.
import { Uri, window } from 'vscode';
import { precisions, optimizationTypes } from '../../dictionary/benchTerms';
import { defaultTargetSparsity } from '../../protocol/pruning';
import { partsMethod } from '../../protocol/facts';
import type { BenchmarkFacts, ModelFacts } from '../../protocol/facts';
import type { OptimizationNode, ProjectNode } from '../tree/nodes';
import { canEdit } from '../tree/runText';
import { newDataset } from './datasets';
import { explain } from './explaining';
import { givenNode, givenProject, projectOf } from './given';
import type { Handlers } from './handler';
import { optimizationSteps, prunes, searches } from './optimizationWizard';
import type { OptimizationState } from './optimizationWizard';
import { pickPart } from './pickParts';
import { pickProject } from './pickProject';
import { presetRun } from './questions';
import { choose } from './quickInputs';
import { defaultSearch, optimizationEdit, optimizationRequest, proposedDataset } from './requests';
import type { OptimizationAnswers } from './requests';
import { mayEdit, runAdded } from './runs';
import { askSteps, back } from './steps';

/** Asks for a new optimization of a project and adds it. @returns its id; undefined where the person gave up */
export async function newOptimization(project: ProjectNode, model?: ModelFacts): Promise<number | undefined> {
  const { bench, facts } = project;
  const parts = await bench.ask(partsMethod, { id: facts.id });
  const from = model ?? parts.models.find(({ madeByOptimizationId }) => madeByOptimizationId === null);
  if (from === undefined) {
    explain(`The project "${facts.name}" has no model any more.`);
    return undefined;
  }
  const initial: OptimizationState = {
    ...{ projectId: facts.id, modelId: from.id, datasetId: proposedDataset(parts.datasets) ?? 0, name: '' },
    ...{ precisionId: termId(precisions, 'int8'), typeId: termId(optimizationTypes, 'Quantization') },
    ...{ batchSize: 1, samples: 100, search: defaultSearch, isCustom: false, runs: presetRun(project) },
    targetSparsity: defaultTargetSparsity,
  };
  const steps = optimizationSteps({ project, parts, newDataset: () => newDataset(project), isEdit: false });
  const answers = await askSteps(`New Optimization · ${facts.name}`, steps, initial);
  if (answers === undefined) return undefined;
  const answer = await bench.change('optimization/add', optimizationRequest(ofType(answers)));
  const { optimization_id: id } = answer as { readonly optimization_id: number };
  if (answers.runs) await runAdded(project, 'optimization', id);
  return id;
}

/** Without what is of no meaning for the type. */
function ofType({ search, targetSparsity, ...answers }: OptimizationState): OptimizationAnswers {
  if (searches(answers)) return { ...answers, search };
  return prunes(answers) ? { ...answers, targetSparsity } : answers;
}

async function editOptimization(node: OptimizationNode): Promise<void> {
  const { bench, facts } = node;
  if (!mayEdit(node)) return;
  const project = await projectOf(node);
  const parts = await bench.ask(partsMethod, { id: facts.projectId });
  const initial = stateOfDetails(await bench.read('optimization', { id: facts.id }), facts.modelId);
  const steps = optimizationSteps({ project, parts, newDataset: () => newDataset(project), isEdit: true });
  const answers = await askSteps(`Edit Optimization · ${facts.name}`, steps, initial);
  if (answers !== undefined) await bench.change('optimization/edit', optimizationEdit(facts.id, ofType(answers)));
}

/** The settings of an optimization as the API shows them. */
interface OptimizationDetails {
  readonly project_id: number;
  readonly name: string;
  readonly precision: { readonly id: number };
  readonly optimization_type: { readonly id: number };
  readonly dataset: { readonly id: number };
  readonly batch_size: number;
  readonly sampling_size: number;
  readonly tuning_details: {
    readonly strategy: string;
    readonly accuracy_criterion_type: 'relative' | 'absolute';
    readonly accuracy_criterion_threshold: number;
    readonly multi_objectives: string;
    readonly exit_policy: { readonly timeout: number; readonly max_trials: number };
    readonly random_seed: number;
  } | null;
  readonly pruning_details: { readonly target_sparsity: number } | null;
}

function stateOfDetails(answer: unknown, modelId: number): OptimizationState {
  const details = answer as OptimizationDetails;
  const tuning = details.tuning_details;
  return {
    ...{ projectId: details.project_id, modelId, datasetId: details.dataset.id, name: details.name },
    ...{ precisionId: details.precision.id, typeId: details.optimization_type.id },
    ...{ batchSize: details.batch_size, samples: details.sampling_size, isCustom: true, runs: false },
    targetSparsity: details.pruning_details?.target_sparsity ?? defaultTargetSparsity,
    search:
      tuning === null
        ? defaultSearch
        : {
            strategy: tuning.strategy,
            criterion: tuning.accuracy_criterion_type,
            tolerance: tuning.accuracy_criterion_threshold,
            objectives: tuning.multi_objectives.split(',').map((name) => name.trim()),
            maxTrials: tuning.exit_policy.max_trials,
            timeoutS: tuning.exit_policy.timeout,
            seed: tuning.random_seed,
          },
  };
}

/** Pins a benchmark of the optimized model, or takes a pin away. */
async function pinBenchmark({ bench, facts }: OptimizationNode): Promise<void> {
  const { benchmarks } = await bench.ask(partsMethod, { id: facts.projectId });
  const fit = benchmarks.filter(({ modelId }) => modelId === facts.optimizedModelId);
  if (facts.optimizedModelId === null || fit.length === 0) {
    explain(
      facts.optimizedModelId === null
        ? `"${facts.name}" has made no model yet, so nothing was measured of one.`
        : `The model that "${facts.name}" made has no benchmark yet.`,
      facts.optimizedModelId === null
        ? {
            title: 'Run Optimization',
            command: 'compressorBench.optimization.run',
            arguments: [{ kind: 'optimization', bench, facts }],
          }
        : {
            title: 'New Benchmark…',
            command: 'compressorBench.benchmark.new',
            arguments: [{ kind: 'optimization', bench, facts }],
          },
    );
    return;
  }
  const isPinned = ({ id }: BenchmarkFacts): boolean =>
    id === facts.accuracyBenchmarkId || id === facts.performanceBenchmarkId;
  const chosen = await choose(
    { title: `Pin Benchmark · ${facts.name}` },
    {
      placeholder: 'Benchmark that stands for the optimization; a pinned one is taken off',
      choices: fit.map((one) => ({
        label: one.name,
        description: isPinned(one) ? `${one.mode} · pinned` : one.mode,
        icon: isPinned(one) ? 'pinned' : 'pin',
        value: one,
      })),
    },
  );
  if (chosen === undefined || chosen === back) return;
  await bench.change(`optimization/pin_${chosen.mode}_benchmark`, {
    optimization_id: facts.id,
    benchmark_id: isPinned(chosen) ? null : chosen.id,
  });
}

function termId(terms: readonly { readonly id: number; readonly name: string }[], name: string): number {
  return terms.find((term) => term.name === name)?.id ?? 0;
}

export const optimizationHandlers: Handlers = {
  'optimization.new': async (services, given) => {
    const project = (await givenProject(given)) ?? (await pickProject(services, { title: 'New Optimization' }));
    return project && newOptimization(project, givenNode(given, 'model')?.facts);
  },
  'optimization.edit': async (services, given) => {
    const node =
      givenNode(given, 'optimization') ??
      (await pickPart(services, 'optimization', {
        title: 'Edit Optimization',
        filter: canEdit,
        none: 'There is no optimization that was never run.',
      }));
    if (node !== undefined) await editOptimization(node);
  },
  'optimization.openConfig': async (services, given) => {
    const title = 'Open config.yaml of Optimization';
    const node = givenNode(given, 'optimization') ?? (await pickPart(services, 'optimization', { title }));
    if (node === undefined) return;
    const { content } = await node.bench.file('optimization/config.yaml', { id: node.facts.id });
    if ('path' in content) await window.showTextDocument(Uri.file(content.path));
  },
  'optimization.pinBenchmark': async (services, given) => {
    const node =
      givenNode(given, 'optimization') ?? (await pickPart(services, 'optimization', { title: 'Pin Benchmark' }));
    if (node !== undefined) await pinBenchmark(node);
  },
};
