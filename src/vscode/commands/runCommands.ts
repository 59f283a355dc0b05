// Commands on what runs: run, cancel, open log; the same for optimizations, benchmarks and profilings, and for jobs.
import type { Services } from '../services';
import type { RunnableNode } from '../tree/nodes';
import { explain } from './explaining';
import { givenNodes } from './given';
import type { Given } from './given';
import type { Handler, Handlers } from './handler';
import { pickJob } from './pickJob';
import { pickBenchmark, pickOptimization, pickProfiling } from './pickParts';
import { showLog } from './readOnlyTexts';
import { cancelRun, isActive, startRuns } from './runs';

type RunnableKind = RunnableNode['kind'];
type Fits = (facts: RunnableNode['facts']) => boolean;

/** Asks for one of a kind. */
export function pickRunnable(
  services: Services,
  kind: RunnableKind,
  options: { readonly title: string; readonly filter?: Fits; readonly none?: string },
): Promise<RunnableNode | undefined> {
  switch (kind) {
    case 'optimization':
      return pickOptimization(services, options);
    case 'benchmark':
      return pickBenchmark(services, options);
    case 'profiling':
      return pickProfiling(services, options);
  }
}

function runHandler(kind: RunnableKind): Handler {
  return async (services, given) => {
    const nodes = await givenOrPicked(services, given, kind, {
      title: `Run ${titles[kind]}`,
      filter: ({ run }) => !isActive(run),
    });
    await startRuns(nodes);
  };
}

function cancelHandler(kind: RunnableKind): Handler {
  return async (services, given) => {
    const nodes = await givenOrPicked(services, given, kind, {
      title: `Cancel Run of ${titles[kind]}`,
      filter: ({ run }) => isActive(run),
      none: `No ${kind} is running or waiting.`,
    });
    for (const { bench, facts } of nodes) if (isActive(facts.run)) await cancelRun(bench, facts.run);
  };
}

function logHandler(kind: RunnableKind): Handler {
  return async (services, given) => {
    const [node] = await givenOrPicked(services, given, kind, {
      title: `Open Log of ${titles[kind]}`,
      filter: ({ run }) => run !== null,
      none: `No ${kind} was run yet.`,
    });
    if (node === undefined) return;
    const { name, run } = node.facts;
    if (run === null) explain(`The ${kind} "${name}" was never run, so it has no log.`);
    else await showLog(run.folder, name);
  };
}

const titles: Readonly<Record<RunnableKind, string>> = {
  optimization: 'Optimization',
  benchmark: 'Benchmark',
  profiling: 'Profiling',
};

async function givenOrPicked(
  services: Services,
  given: Given,
  kind: RunnableKind,
  options: { readonly title: string; readonly filter: Fits; readonly none?: string },
): Promise<readonly RunnableNode[]> {
  const nodes: readonly RunnableNode[] = givenNodes(given, kind);
  if (nodes.length > 0) return nodes;
  const picked = await pickRunnable(services, kind, options);
  return picked === undefined ? [] : [picked];
}

export const runHandlers: Handlers = {
  'optimization.run': runHandler('optimization'),
  'optimization.cancel': cancelHandler('optimization'),
  'optimization.openLog': logHandler('optimization'),
  'benchmark.run': runHandler('benchmark'),
  'benchmark.cancel': cancelHandler('benchmark'),
  'benchmark.openLog': logHandler('benchmark'),
  'profiling.run': runHandler('profiling'),
  'profiling.cancel': cancelHandler('profiling'),
  'profiling.openLog': logHandler('profiling'),
  'job.cancel': async (services, given) => {
    const nodes = givenNodes(given, 'job');
    const picked =
      nodes.length > 0
        ? nodes
        : [
            await pickJob(services, {
              title: 'Cancel Run',
              filter: ({ run }) => isActive(run),
              none: 'Nothing is running or waiting.',
            }),
          ];
    for (const node of picked) if (node !== undefined) await cancelRun(node.bench, node.facts.run);
  },
  'job.openLog': async (services, given) => {
    const [node = await pickJob(services, { title: 'Open Log of Run' })] = givenNodes(given, 'job');
    if (node !== undefined) await showLog(node.facts.run.folder, node.facts.title);
  },
};
