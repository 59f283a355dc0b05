// Commands on profilings besides running: new, edit.
import { partsMethod } from '../../protocol/facts';
import type { DatasetFacts } from '../../protocol/facts';
import type { Services } from '../services';
import { defaultThreads } from '../settings';
import type { ProfilingNode, ProjectNode } from '../tree/nodes';
import { givenModelId } from './benchmarks';
import { askModel } from './benchmarkWizard';
import { newDataset } from './datasets';
import { explain } from './explaining';
import { givenNode, givenProject, projectOf } from './given';
import type { Handlers } from './handler';
import { pickProfiling } from './pickParts';
import { pickProject } from './pickProject';
import { askName, askRun, chooseDataset, enterInteger, presetRun, stateOf } from './questions';
import type { WizardPlace } from './questions';
import { freeName, profilingRequest } from './requests';
import type { ProfilingAnswers } from './requests';
import { startRuns } from './runs';
import { askSteps } from './steps';
import type { Step } from './steps';

interface ProfilingState extends ProfilingAnswers {
  readonly runs: boolean;
}

type Q = Step<ProfilingState>;

function askDataset({ services, project, parts }: WizardPlace): Q {
  return {
    ask: async ({ datasetId }, place) =>
      stateOf<ProfilingState, DatasetFacts>(
        await chooseDataset(place, parts, datasetId, () => newDataset(services, project)),
        ({ id }) => ({ datasetId: id }),
      ),
  };
}

const askThreads: Q = {
  ask: async ({ threads }, place) =>
    stateOf<ProfilingState, number>(
      await enterInteger(place, 'Threads inside an operator', { value: threads, least: 1, most: 1024 }),
      (value) => ({ threads: value }),
    ),
};

async function newProfiling(services: Services, project: ProjectNode, modelId?: number): Promise<number | undefined> {
  const { bench, facts } = project;
  const parts = await bench.ask(partsMethod, { id: facts.id });
  const models = parts.models.filter(({ supportsProfiling }) => supportsProfiling);
  const newest = models.at(-1);
  if (newest === undefined) {
    explain(`The project "${facts.name}" has no model that can be run here: only ONNX models are profiled.`);
    return undefined;
  }
  const initial: ProfilingState = {
    ...{ projectId: facts.id, modelId: modelId ?? newest.id, datasetId: parts.datasets[0]?.id ?? 0, name: '' },
    ...{ threads: defaultThreads(bench.folder) ?? 1, runs: presetRun(project) },
  };
  const names = parts.profilings.map(({ name }) => name);
  const nameOf = (state: ProfilingState): string =>
    freeName(`${models.find(({ id }) => id === state.modelId)?.name ?? 'model'} profile`, names);
  const steps = [
    askModel<ProfilingState>(models),
    askDataset({ services, project, parts }),
    askThreads,
    askName<ProfilingState>(nameOf),
    askRun<ProfilingState>(project),
  ];
  const answers = await askSteps(`New Profiling · ${facts.name}`, steps, initial);
  if (answers === undefined) return undefined;
  const answer = await bench.change('profiling/add', profilingRequest(answers));
  const { profiling_id: id } = answer as { readonly profiling_id: number };
  if (answers.runs) {
    const { profilings } = await bench.ask(partsMethod, { id: facts.id });
    const added = profilings.find((one) => one.id === id);
    if (added !== undefined) await startRuns([{ kind: 'profiling', bench, facts: added }]);
  }
  return id;
}

async function editProfiling(services: Services, node: ProfilingNode): Promise<void> {
  const { bench, facts } = node;
  if (facts.run !== null && facts.run.state !== 'cancelled') {
    explain(`"${facts.name}" was run: its settings belong to its result. Add another profiling to try others.`, {
      title: 'New Profiling…',
      command: 'compressorBench.profiling.new',
      arguments: [node],
    });
    return;
  }
  const project = await projectOf(node);
  const parts = await bench.ask(partsMethod, { id: facts.projectId });
  const { projectId, modelId, datasetId, name, threads } = facts;
  const initial: ProfilingState = { projectId, modelId, datasetId, name, threads, runs: false };
  const steps = [askDataset({ services, project, parts }), askThreads];
  const answers = await askSteps(`Edit Profiling · ${name}`, steps, initial);
  if (answers === undefined) return;
  await bench.change('profiling/edit', {
    id: facts.id,
    dataset_id: answers.datasetId,
    num_threads: answers.threads,
  });
}

export const profilingHandlers: Handlers = {
  'profiling.new': async (services, given) => {
    const project = (await givenProject(given)) ?? (await pickProject(services, { title: 'New Profiling' }));
    return project && newProfiling(services, project, givenModelId(given));
  },
  'profiling.edit': async (services, given) => {
    const node =
      givenNode(given, 'profiling') ??
      (await pickProfiling(services, {
        title: 'Edit Profiling',
        filter: ({ run }) => run === null || run.state === 'cancelled',
        none: 'There is no profiling that was never run.',
      }));
    if (node !== undefined) await editProfiling(services, node);
  },
};
