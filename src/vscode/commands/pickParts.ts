// Which part of a project a command is about: a model, a data set, an optimization, a benchmark, ….
import { partsMethod } from '../../protocol/facts';
import type { PartKind } from '../../protocol/facts';
import type { Services } from '../services';
import type { BenchmarkNode } from '../tree/nodes';
import { partNodes } from '../tree/partNodes';
import type { PartNodeOf } from '../tree/partNodes';
import { partIcons } from '../tree/rowIcons';
import { partDescription } from '../tree/rowItem';
import { explainNothing } from './pickBench';
import type { PickOptions } from './pickBench';
import { projectNodes } from './pickProject';
import { choose, chooseSeveral } from './quickInputs';
import type { Choice } from './quickInputs';
import { back } from './steps';

/** What is said of a kind, and where there is none of it. */
interface KindTexts {
  readonly noun: string;
  readonly none: string;
  /** Title and command that make one. */
  readonly make: readonly [string, string];
}

const texts: Readonly<Record<PartKind, KindTexts>> = {
  model: {
    noun: 'Model',
    none: 'There is no model yet: a project begins with one.',
    make: ['New Project…', 'compressorBench.project.new'],
  },
  dataset: {
    noun: 'Data set',
    none: 'There is no data set yet.',
    make: ['New Data Set…', 'compressorBench.dataset.new'],
  },
  optimization: {
    noun: 'Optimization',
    none: 'There is no optimization yet.',
    make: ['New Optimization…', 'compressorBench.optimization.new'],
  },
  benchmark: {
    noun: 'Benchmark',
    none: 'There is no benchmark yet.',
    make: ['New Benchmark…', 'compressorBench.benchmark.new'],
  },
  profiling: {
    noun: 'Profiling',
    none: 'There is no profiling yet.',
    make: ['New Profiling…', 'compressorBench.profiling.new'],
  },
  sensitivity: {
    noun: 'Sensitivity analysis',
    none: 'There is no sensitivity analysis yet.',
    make: ['New Sensitivity Analysis…', 'compressorBench.sensitivity.new'],
  },
};

/** The only part of a kind, or the chosen one; undefined where there is none, or the person gives up. */
export async function pickPart<Kind extends PartKind>(
  services: Services,
  kind: Kind,
  options: PickOptions<PartNodeOf<Kind>['facts']>,
): Promise<PartNodeOf<Kind> | undefined> {
  const choices = await partChoices(services, kind, options);
  const [only, ...others] = choices ?? [];
  if (choices === undefined || only === undefined) return undefined;
  if (others.length === 0 && options.asksAlways !== true) return only.value;
  const chosen = await choose({ title: options.title }, { placeholder: texts[kind].noun, choices });
  return chosen === back ? undefined : chosen;
}

/** Several at once; undefined where the person gives up. */
export async function pickBenchmarks(
  services: Services,
  options: PickOptions<BenchmarkNode['facts']>,
): Promise<readonly BenchmarkNode[] | undefined> {
  const choices = await partChoices(services, 'benchmark', options);
  if (choices === undefined) return undefined;
  const chosen = await chooseSeveral(
    { title: options.title },
    // What was measured is what there is to compare.
    { placeholder: 'Benchmarks', choices, isPreset: ({ facts }) => facts.run?.state === 'success' },
  );
  return chosen === back ? undefined : chosen;
}

/** Undefined, and said, where there is nothing to pick. */
async function partChoices<Kind extends PartKind>(
  services: Services,
  kind: Kind,
  { filter = () => true, none }: PickOptions<PartNodeOf<Kind>['facts']>,
): Promise<readonly Choice<PartNodeOf<Kind>>[] | undefined> {
  const projects = await projectNodes(services);
  if (projects === undefined) return undefined;
  const lists = await Promise.all(
    projects.map(async ({ bench, facts: { id, name: group } }) => {
      const parts = await bench.ask(partsMethod, { id });
      return partNodes(bench, parts, kind)
        .filter((node) => filter(node.facts))
        .map((node) => ({
          label: node.facts.name,
          description: partDescription(node, parts, undefined),
          icon: partIcons[kind].id,
          group,
          value: node,
        }));
    }),
  );
  const choices = lists.flat();
  if (choices.length > 0) return choices;
  explainNothing(none ?? texts[kind].none, ...texts[kind].make);
  return undefined;
}
