// Commands on benchmarks besides running: new, edit, pin.
import { partsMethod } from '../../protocol/facts';
import type { ModelFacts } from '../../protocol/facts';
import { defaultThreads } from '../settings';
import type { BenchmarkNode, ProjectNode } from '../tree/nodes';
import { canEdit } from '../tree/runText';
import { benchmarkSteps } from './benchmarkWizard';
import type { BenchmarkState } from './benchmarkWizard';
import { newDataset } from './datasets';
import { explain } from './explaining';
import { givenNode, givenProject, projectOf } from './given';
import type { Given } from './given';
import type { Handlers } from './handler';
import { pickPart } from './pickParts';
import { pickProject } from './pickProject';
import { presetRun } from './questions';
import { benchmarkEdit, benchmarkRequest, proposedDataset } from './requests';
import { mayEdit, runAdded } from './runs';
import { askSteps } from './steps';

/** Asks for a new benchmark in a project and adds it. @returns its id; undefined where the person gave up */
export async function newBenchmark(project: ProjectNode, modelId?: number): Promise<number | undefined> {
  const { bench, facts } = project;
  const parts = await bench.ask(partsMethod, { id: facts.id });
  const newest = parts.models.at(-1);
  if (newest === undefined) {
    explain(`The project "${facts.name}" has no model any more.`);
    return undefined;
  }
  const cores = defaultThreads(bench.folder);
  const initial: BenchmarkState = {
    ...{
      projectId: facts.id,
      modelId: modelId ?? newest.id,
      datasetId: proposedDataset(parts.datasets) ?? 0,
      name: '',
    },
    ...{ mode: 'performance', batchSize: 1, isCustom: false, runs: presetRun(project), cores },
  };
  const steps = benchmarkSteps({ project, parts, newDataset: () => newDataset(project), isEdit: false });
  const answers = await askSteps(`New Benchmark · ${facts.name}`, steps, initial);
  if (answers === undefined) return undefined;
  const answer = await bench.change('benchmark/add', benchmarkRequest(answers));
  const { benchmark_id: id } = answer as { readonly benchmark_id: number };
  if (answers.runs) await runAdded(project, 'benchmark', id);
  return id;
}

async function editBenchmark(node: BenchmarkNode): Promise<void> {
  const { bench, facts } = node;
  if (!mayEdit(node)) return;
  const project = await projectOf(node);
  const parts = await bench.ask(partsMethod, { id: facts.projectId });
  const details = (await bench.read('benchmark', { id: facts.id })) as BenchmarkDetails;
  const initial: BenchmarkState = {
    ...{ projectId: facts.projectId, modelId: facts.modelId, datasetId: facts.datasetId, name: facts.name },
    ...{ mode: facts.mode, batchSize: facts.batchSize, cores: details.cores_per_instance },
    ...{ instances: details.number_of_instance, isCustom: true, runs: false },
  };
  const steps = benchmarkSteps({ project, parts, newDataset: () => newDataset(project), isEdit: true });
  const answers = await askSteps(`Edit Benchmark · ${facts.name}`, steps, initial);
  if (answers !== undefined) await bench.change('benchmark/edit', benchmarkEdit(facts.id, answers));
}

/** What the facts of the tree leave out, as the API has it. */
interface BenchmarkDetails {
  readonly cores_per_instance: number;
  readonly number_of_instance: number;
}

/** Pins a benchmark to the optimization whose model it measured; a pinned one is taken off. */
async function pin({ bench, facts }: BenchmarkNode): Promise<void> {
  const { models, optimizations } = await bench.ask(partsMethod, { id: facts.projectId });
  const model = models.find(({ id }) => id === facts.modelId);
  const optimization = optimizations.find(({ optimizedModelId }) => optimizedModelId === facts.modelId);
  if (optimization === undefined) {
    explain(
      `"${facts.name}" measures ${model === undefined ? 'a model that is gone' : `"${model.name}"`}, which no optimization made. Benchmarks of optimized models are pinned.`,
    );
    return;
  }
  const pinned = facts.mode === 'accuracy' ? optimization.accuracyBenchmarkId : optimization.performanceBenchmarkId;
  await bench.change(`optimization/pin_${facts.mode}_benchmark`, {
    optimization_id: optimization.id,
    benchmark_id: pinned === facts.id ? null : facts.id,
  });
}

/** The model that a new benchmark is most likely of: the one that was clicked, or that an optimization made. */
export function givenModelId(given: Given): number | undefined {
  const model: ModelFacts | undefined = givenNode(given, 'model')?.facts;
  return model?.id ?? givenNode(given, 'optimization')?.facts.optimizedModelId ?? undefined;
}

export const benchmarkHandlers: Handlers = {
  'benchmark.new': async (services, given) => {
    const project = (await givenProject(given)) ?? (await pickProject(services, { title: 'New Benchmark' }));
    return project && newBenchmark(project, givenModelId(given));
  },
  'benchmark.edit': async (services, given) => {
    const node =
      givenNode(given, 'benchmark') ??
      (await pickPart(services, 'benchmark', {
        title: 'Edit Benchmark',
        filter: canEdit,
        none: 'There is no benchmark that was never run.',
      }));
    if (node !== undefined) await editBenchmark(node);
  },
  'benchmark.pin': async (services, given) => {
    const node = givenNode(given, 'benchmark') ?? (await pickPart(services, 'benchmark', { title: 'Pin Benchmark' }));
    if (node !== undefined) await pin(node);
  },
};
