// Which part of a project a command is about: a model, a data set, an optimization, a benchmark, a profiling.
import { partsMethod } from '../../protocol/facts';
import type {
  BenchmarkFacts,
  DatasetFacts,
  ModelFacts,
  OptimizationFacts,
  ProfilingFacts,
  ProjectParts,
} from '../../protocol/facts';
import type { Services } from '../services';
import type {
  BenchmarkNode,
  DatasetNode,
  ModelNode,
  OptimizationNode,
  PartKind,
  PartNode,
  ProfilingNode,
  ProjectNode,
} from '../tree/nodes';
import { partDescription, partIcons } from './partTexts';
import { explainNothing } from './pickBench';
import type { PickOptions } from './pickBench';
import { projectNodes } from './pickProject';
import { choose, chooseSeveral } from './quickInputs';
import type { Choice } from './quickInputs';
import { back } from './steps';

export function pickModel(services: Services, options: PickOptions<ModelFacts>): Promise<ModelNode | undefined> {
  return pickPart(services, options, {
    kind: 'model',
    noun: 'Model',
    none: 'There is no model yet: a project begins with one.',
    make: ['New Project…', 'compressorBench.project.new'],
    nodesOf: ({ models }, { bench }) => models.map((facts) => ({ kind: 'model', bench, facts })),
  });
}

export function pickDataset(services: Services, options: PickOptions<DatasetFacts>): Promise<DatasetNode | undefined> {
  return pickPart(services, options, {
    kind: 'dataset',
    noun: 'Data set',
    none: 'There is no data set yet.',
    make: ['New Data Set…', 'compressorBench.dataset.new'],
    nodesOf: ({ datasets }, { bench }) => datasets.map((facts) => ({ kind: 'dataset', bench, facts })),
  });
}

export function pickOptimization(
  services: Services,
  options: PickOptions<OptimizationFacts>,
): Promise<OptimizationNode | undefined> {
  return pickPart(services, options, {
    kind: 'optimization',
    noun: 'Optimization',
    none: 'There is no optimization yet.',
    make: ['New Optimization…', 'compressorBench.optimization.new'],
    nodesOf: ({ optimizations }, { bench }) => optimizations.map((facts) => ({ kind: 'optimization', bench, facts })),
  });
}

const benchmarks: PartSource<BenchmarkNode> = {
  kind: 'benchmark',
  noun: 'Benchmark',
  none: 'There is no benchmark yet.',
  make: ['New Benchmark…', 'compressorBench.benchmark.new'],
  nodesOf: (parts, { bench }) => parts.benchmarks.map((facts) => ({ kind: 'benchmark', bench, facts })),
};

export function pickBenchmark(
  services: Services,
  options: PickOptions<BenchmarkFacts>,
): Promise<BenchmarkNode | undefined> {
  return pickPart(services, options, benchmarks);
}

/** Several at once; undefined where the person gives up. */
export async function pickBenchmarks(
  services: Services,
  options: PickOptions<BenchmarkFacts>,
): Promise<readonly BenchmarkNode[] | undefined> {
  const choices = await partChoices(services, options, benchmarks);
  if (choices === undefined) return undefined;
  const chosen = await chooseSeveral(
    { title: options.title },
    // What was measured is what there is to compare.
    { placeholder: 'Benchmarks', choices, isPreset: ({ facts }) => facts.run?.state === 'success' },
  );
  return chosen === back ? undefined : chosen;
}

export function pickProfiling(
  services: Services,
  options: PickOptions<ProfilingFacts>,
): Promise<ProfilingNode | undefined> {
  return pickPart(services, options, {
    kind: 'profiling',
    noun: 'Profiling',
    none: 'There is no profiling yet.',
    make: ['New Profiling…', 'compressorBench.profiling.new'],
    nodesOf: ({ profilings }, { bench }) => profilings.map((facts) => ({ kind: 'profiling', bench, facts })),
  });
}

/** Where parts of a kind come from, and what is said where there are none. */
interface PartSource<Node extends PartNode> {
  readonly kind: PartKind;
  readonly noun: string;
  readonly none: string;
  /** Title and command that make one. */
  readonly make: readonly [string, string];
  readonly nodesOf: (parts: ProjectParts, project: ProjectNode) => readonly Node[];
}

async function pickPart<Node extends PartNode>(
  services: Services,
  options: PickOptions<Node['facts']>,
  source: PartSource<Node>,
): Promise<Node | undefined> {
  const choices = await partChoices(services, options, source);
  if (choices === undefined) return undefined;
  const chosen = await choose({ title: options.title }, { placeholder: source.noun, choices });
  return chosen === back ? undefined : chosen;
}

/** Undefined, and said, where there is nothing to pick. */
async function partChoices<Node extends PartNode>(
  services: Services,
  { filter = () => true, none }: PickOptions<Node['facts']>,
  source: PartSource<Node>,
): Promise<readonly Choice<Node>[] | undefined> {
  const projects = await projectNodes(services);
  if (projects === undefined) return undefined;
  const lists = await Promise.all(
    projects.map(async (project) => {
      const parts = await project.bench.ask(partsMethod, { id: project.facts.id });
      return source
        .nodesOf(parts, project)
        .filter(({ facts }) => filter(facts))
        .map((node): Choice<Node> => choiceOf(node, project.facts.name));
    }),
  );
  const choices = lists.flat();
  if (choices.length > 0) return choices;
  explainNothing(none ?? source.none, ...source.make);
  return undefined;
}

function choiceOf<Node extends PartNode>(node: Node, group: string): Choice<Node> {
  return {
    label: node.facts.name,
    description: partDescription(node),
    icon: partIcons[node.kind],
    group,
    value: node,
  };
}
