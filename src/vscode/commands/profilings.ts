// Commands on profilings besides running: new, edit.
import { partsMethod } from '../../protocol/facts';
import { defaultThreads } from '../settings';
import type { ProfilingNode, ProjectNode } from '../tree/nodes';
import { canEdit } from '../tree/runText';
import { givenModelId } from './benchmarks';
import { askModel } from './benchmarkWizard';
import { newDataset } from './datasets';
import { explain } from './explaining';
import { givenNode, givenProject, projectOf } from './given';
import type { Handlers } from './handler';
import { pickPart } from './pickParts';
import { pickProject } from './pickProject';
import { askDataset, askName, askRun, enterInteger, presetRun, stateOf } from './questions';
import { profilingRequest, proposedDataset } from './requests';
import type { ProfilingAnswers } from './requests';
import { mayEdit, runAdded } from './runs';
import { askSteps } from './steps';
import type { Step } from './steps';

interface ProfilingState extends ProfilingAnswers {
  readonly runs: boolean;
}

type Q = Step<ProfilingState>;

const askThreads: Q = {
  ask: async ({ threads }, place) =>
    stateOf<ProfilingState, number>(
      await enterInteger(place, 'Threads inside an operator', { value: threads, least: 1, most: 1024 }),
      (value) => ({ threads: value }),
    ),
};

async function newProfiling(project: ProjectNode, modelId?: number): Promise<number | undefined> {
  const { bench, facts } = project;
  const parts = await bench.ask(partsMethod, { id: facts.id });
  const models = parts.models.filter(({ supportsProfiling }) => supportsProfiling);
  const newest = models.at(-1);
  if (newest === undefined) {
    explain(`The project "${facts.name}" has no model that can be run here: only ONNX models are profiled.`);
    return undefined;
  }
  const initial: ProfilingState = {
    ...{
      projectId: facts.id,
      modelId: modelId ?? newest.id,
      datasetId: proposedDataset(parts.datasets) ?? 0,
      name: '',
    },
    ...{ threads: defaultThreads(bench.folder) ?? 1, runs: presetRun(project) },
  };
  const names = parts.profilings.map(({ name }) => name);
  const nameOf = (state: ProfilingState): string =>
    `${models.find(({ id }) => id === state.modelId)?.name ?? 'model'} profile`;
  const steps = [
    askModel<ProfilingState>(models),
    askDataset<ProfilingState>({ parts, newDataset: () => newDataset(project) }),
    askThreads,
    askName<ProfilingState>(nameOf, names),
    askRun<ProfilingState>(project),
  ];
  const answers = await askSteps(`New Profiling · ${facts.name}`, steps, initial);
  if (answers === undefined) return undefined;
  const answer = await bench.change('profiling/add', profilingRequest(answers));
  const { profiling_id: id } = answer as { readonly profiling_id: number };
  if (answers.runs) await runAdded(project, 'profiling', id);
  return id;
}

async function editProfiling(node: ProfilingNode): Promise<void> {
  const { bench, facts } = node;
  if (!mayEdit(node)) return;
  const project = await projectOf(node);
  const parts = await bench.ask(partsMethod, { id: facts.projectId });
  const { projectId, modelId, datasetId, name, threads } = facts;
  const initial: ProfilingState = { projectId, modelId, datasetId, name, threads, runs: false };
  const steps = [askDataset<ProfilingState>({ parts, newDataset: () => newDataset(project) }), askThreads];
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
    return project && newProfiling(project, givenModelId(given));
  },
  'profiling.edit': async (services, given) => {
    const node =
      givenNode(given, 'profiling') ??
      (await pickPart(services, 'profiling', {
        title: 'Edit Profiling',
        filter: canEdit,
        none: 'There is no profiling that was never run.',
      }));
    if (node !== undefined) await editProfiling(node);
  },
};
