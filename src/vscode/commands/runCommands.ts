// Commands on what runs: run, cancel, open log; the same for optimizations, benchmarks and profilings, and for jobs.
import type { Services } from '../services';
import type { RunnableNode } from '../tree/nodes';
import { partNouns } from '../tree/rowText';
import { isActive } from '../tree/runText';
import { explain } from './explaining';
import { givenNodes } from './given';
import type { Given } from './given';
import type { Handler, Handlers } from './handler';
import { pickJob } from './pickJob';
import type { PickOptions } from './pickBench';
import { pickPart } from './pickParts';
import { showLog } from './readOnlyTexts';
import { cancelRun, runnableTitles, startRuns } from './runs';

type RunnableKind = RunnableNode['kind'];
type Fits = (facts: RunnableNode['facts']) => boolean;

function runHandler(kind: RunnableKind): Handler {
  return async (services, given) => {
    const nodes = await givenOrPicked(services, given, kind, {
      title: `Run ${runnableTitles[kind]}`,
      filter: ({ run }) => !isActive(run),
    });
    await startRuns(nodes);
  };
}

function cancelHandler(kind: RunnableKind): Handler {
  return async (services, given) => {
    const nodes = await givenOrPicked(services, given, kind, {
      title: `Cancel Run of ${runnableTitles[kind]}`,
      asksAlways: true,
      filter: ({ run }) => isActive(run),
      none: `No ${partNouns[kind]} is running or waiting.`,
    });
    for (const { bench, facts } of nodes)
      if (facts.run !== null && isActive(facts.run)) await cancelRun(bench, facts.run);
  };
}

function logHandler(kind: RunnableKind): Handler {
  return async (services, given) => {
    const [node] = await givenOrPicked(services, given, kind, {
      title: `Open Log of ${runnableTitles[kind]}`,
      filter: ({ run }) => run !== null,
      none: `No ${partNouns[kind]} was run yet.`,
    });
    if (node === undefined) return;
    const { name, run } = node.facts;
    if (run === null) explain(`The ${partNouns[kind]} "${name}" was never run, so it has no log.`);
    else await showLog(run.folder, name);
  };
}

async function givenOrPicked(
  services: Services,
  given: Given,
  kind: RunnableKind,
  options: PickOptions<RunnableNode['facts']> & { readonly filter: Fits },
): Promise<readonly RunnableNode[]> {
  const nodes: readonly RunnableNode[] = givenNodes(given, kind);
  if (nodes.length > 0) return nodes;
  const picked = await pickPart(services, kind, options);
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
  'sensitivity.run': runHandler('sensitivity'),
  'sensitivity.cancel': cancelHandler('sensitivity'),
  'sensitivity.openLog': logHandler('sensitivity'),
  'job.cancel': async (services, given) => {
    const nodes = givenNodes(given, 'job');
    const picked =
      nodes.length > 0
        ? nodes
        : [
            await pickJob(services, {
              title: 'Cancel Run',
              asksAlways: true,
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
