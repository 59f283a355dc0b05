// Deleting: a project by typing its name, as it takes everything in it along; anything else after one question.
import { window } from 'vscode';
import { BenchError } from '../../protocol/benchError';
import { jobsMethod } from '../../protocol/facts';
import type { DatasetNode, ProjectNode, RunnableNode } from '../tree/nodes';
import { jobCounts } from '../tree/jobText';
import { keptInTrash } from './explaining';
import { givenNode, givenNodes } from './given';
import type { Handler, Handlers } from './handler';
import { pickPart } from './pickParts';
import { pickProject } from './pickProject';
import { enterText } from './quickInputs';
import { back } from './steps';

type DeletedNode = DatasetNode | RunnableNode;

interface KindTexts {
  readonly noun: string;
  /** Absent: the noun with an s. */
  readonly plural?: string;
  readonly title: string;
  /** What goes along, in a sentence. */
  readonly consequence: string;
}

const texts: Readonly<Record<DeletedNode['kind'], KindTexts>> = {
  dataset: { noun: 'data set', title: 'Data Set', consequence: 'The data it describes stays where it is.' },
  optimization: {
    noun: 'optimization',
    title: 'Optimization',
    consequence: 'The model it made goes with it, and what was measured of that. A run under way is stopped.',
  },
  benchmark: {
    noun: 'benchmark',
    title: 'Benchmark',
    consequence: 'Its results go with it. A run under way is stopped.',
  },
  profiling: {
    noun: 'profiling',
    title: 'Profiling',
    consequence: 'Its results go with it. A run under way is stopped.',
  },
  sensitivity: {
    noun: 'sensitivity analysis',
    plural: 'sensitivity analyses',
    title: 'Sensitivity Analysis',
    consequence: 'Its results go with it; recipes that were saved stay. A run under way is stopped.',
  },
};

async function deleteNodes(nodes: readonly DeletedNode[]): Promise<void> {
  const [first] = nodes;
  if (first === undefined) return;
  const { noun, plural = `${noun}s`, consequence } = texts[first.kind];
  const what = nodes.length === 1 ? `the ${noun} "${first.facts.name}"` : `${nodes.length} ${plural}`;
  const names = nodes.length === 1 ? [] : [nodes.map(({ facts }) => facts.name).join(', ')];
  const detail = [...names, consequence, keptInTrash].join('\n');
  const chosen = await window.showWarningMessage(`Delete ${what}?`, { modal: true, detail }, 'Delete');
  if (chosen !== 'Delete') return;
  for (const node of nodes) await deleteNode(node);
}

async function deleteNode({ bench, kind, facts: { id, name } }: DeletedNode | ProjectNode): Promise<void> {
  const answer = await bench.change(`${kind}/delete`, { id, name });
  const isDeleted = typeof answer === 'object' && answer !== null && 'id' in answer && answer.id === id;
  if (isDeleted) return;
  throw new BenchError({
    code: 'command-not-deleted',
    message: `The ${kind} "${name}" was not deleted: it is gone, or has another name by now.`,
    nextStep: 'Look at the list again.',
  });
}

async function deleteProject(node: ProjectNode): Promise<void> {
  const { name } = node.facts;
  const stopped = await stoppedJobs(node);
  const typed = await enterText(
    { title: 'Delete Project' },
    {
      prompt: `Type ${name} to delete the project with everything in it but the model it began with. ${stopped}${keptInTrash}`,
      placeholder: name,
      validate: (text) => (text === name.trim() ? undefined : `The name of the project is ${name}.`),
    },
  );
  if (typed === undefined || typed === back) return;
  await deleteNode(node);
}

/** What goes on in a project and is stopped, in a sentence; empty for nothing. */
async function stoppedJobs({ bench, facts }: ProjectNode): Promise<string> {
  const { jobs } = await bench.ask(jobsMethod, null);
  const { running, waiting } = jobCounts(jobs.filter(({ projectId }) => projectId === facts.id).map(({ run }) => run));
  if (running + waiting === 0) return '';
  const counts = [...(running > 0 ? [`${running} running`] : []), ...(waiting > 0 ? [`${waiting} waiting`] : [])].join(
    ' and ',
  );
  return `Its jobs (${counts}) are cancelled at once. `;
}

export const deleteHandlers: Handlers = {
  'project.delete': async (services, given) => {
    const node = givenNode(given, 'project') ?? (await pickProject(services, { title: 'Delete Project' }));
    if (node !== undefined) await deleteProject(node);
  },
  'dataset.delete': deleteHandler('dataset'),
  'optimization.delete': deleteHandler('optimization'),
  'benchmark.delete': deleteHandler('benchmark'),
  'profiling.delete': deleteHandler('profiling'),
  'sensitivity.delete': deleteHandler('sensitivity'),
};

function deleteHandler(kind: DeletedNode['kind']): Handler {
  return async (services, given) => {
    const nodes: readonly DeletedNode[] = givenNodes(given, kind);
    if (nodes.length > 0) return deleteNodes(nodes);
    const picked = await pickPart(services, kind, { title: `Delete ${texts[kind].title}`, asksAlways: true });
    return deleteNodes(picked === undefined ? [] : [picked]);
  };
}
