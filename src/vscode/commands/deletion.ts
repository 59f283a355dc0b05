// Deleting: a project by typing its name, as it takes everything in it along; anything else after one question.
import { window } from 'vscode';
import { BenchError } from '../../protocol/benchError';
import type { BenchmarkNode, DatasetNode, OptimizationNode, ProfilingNode, ProjectNode } from '../tree/nodes';
import { givenNode, givenNodes } from './given';
import type { Handlers } from './handler';
import { pickBenchmark, pickDataset, pickOptimization, pickProfiling } from './pickParts';
import { pickProject } from './pickProject';
import { enterText } from './quickInputs';
import { back } from './steps';

type DeletedNode = DatasetNode | OptimizationNode | BenchmarkNode | ProfilingNode;

/** What goes along, in a sentence; and where it goes. */
const consequences: Readonly<Record<DeletedNode['kind'], string>> = {
  dataset: 'The data it describes stays where it is.',
  optimization: 'The model it made goes with it, and what was measured of that. A run under way is stopped.',
  benchmark: 'Its results go with it. A run under way is stopped.',
  profiling: 'Its results go with it. A run under way is stopped.',
};
const trash = 'It is kept in .compressor-bench/.trash until that is emptied.';

async function deleteNodes(nodes: readonly DeletedNode[]): Promise<void> {
  const [first] = nodes;
  if (first === undefined) return;
  const what =
    nodes.length === 1 ? `the ${nouns[first.kind]} "${first.facts.name}"` : `${nodes.length} ${nouns[first.kind]}s`;
  const names = nodes.length === 1 ? [] : [nodes.map(({ facts }) => facts.name).join(', ')];
  const detail = [...names, consequences[first.kind], trash].join('\n');
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

const nouns: Readonly<Record<DeletedNode['kind'], string>> = {
  dataset: 'data set',
  optimization: 'optimization',
  benchmark: 'benchmark',
  profiling: 'profiling',
};

async function deleteProject(node: ProjectNode): Promise<void> {
  const { name } = node.facts;
  const typed = await enterText(
    { title: 'Delete Project' },
    {
      prompt: `Type ${name} to delete the project with everything in it but the model it began with. ${trash}`,
      placeholder: name,
      validate: (text) => (text === name.trim() ? undefined : `The name of the project is ${name}.`),
    },
  );
  if (typed === undefined || typed === back) return;
  await deleteNode(node);
}

export const deleteHandlers: Handlers = {
  'project.delete': async (services, given) => {
    const node = givenNode(given, 'project') ?? (await pickProject(services, { title: 'Delete Project' }));
    if (node !== undefined) await deleteProject(node);
  },
  'dataset.delete': async (services, given) => {
    const nodes = givenNodes(given, 'dataset');
    await deleteNodes(nodes.length > 0 ? nodes : listed(await pickDataset(services, { title: 'Delete Data Set' })));
  },
  'optimization.delete': async (services, given) => {
    const nodes = givenNodes(given, 'optimization');
    const title = 'Delete Optimization';
    await deleteNodes(nodes.length > 0 ? nodes : listed(await pickOptimization(services, { title })));
  },
  'benchmark.delete': async (services, given) => {
    const nodes = givenNodes(given, 'benchmark');
    await deleteNodes(nodes.length > 0 ? nodes : listed(await pickBenchmark(services, { title: 'Delete Benchmark' })));
  },
  'profiling.delete': async (services, given) => {
    const nodes = givenNodes(given, 'profiling');
    await deleteNodes(nodes.length > 0 ? nodes : listed(await pickProfiling(services, { title: 'Delete Profiling' })));
  },
};

function listed<Node>(node: Node | undefined): readonly Node[] {
  return node === undefined ? [] : [node];
}
