// Which run a command is about.
import { jobsMethod } from '../../protocol/facts';
import type { JobFacts } from '../../protocol/facts';
import type { Services } from '../services';
import type { JobNode } from '../tree/nodes';
import { joined, momentText } from '../tree/rowFormat';
import { stateText } from '../tree/runText';
import { explain } from './explaining';
import { openBenches } from './pickBench';
import type { PickOptions } from './pickBench';
import { choose } from './quickInputs';
import { back } from './steps';

/** The only run, or the chosen one; undefined where there is none, or the person gives up. */
export async function pickJob(services: Services, options: PickOptions<JobFacts>): Promise<JobNode | undefined> {
  const benches = openBenches(services);
  if (benches === undefined) return undefined;
  const lists = await Promise.all(
    benches.map(async (bench) => {
      const { jobs } = await bench.ask(jobsMethod, null);
      return jobs.map((facts): JobNode => ({ kind: 'job', bench, facts }));
    }),
  );
  const nodes = lists.flat().filter(({ facts }) => options.filter?.(facts) ?? true);
  const [only] = nodes;
  if (only === undefined) {
    explain(options.none ?? 'Nothing was run yet.');
    return undefined;
  }
  if (nodes.length === 1 && options.asksAlways !== true) return only;
  const choices = nodes.map((node) => {
    const { title, projectName, run } = node.facts;
    return {
      label: title,
      description: joined(stateText(run), momentText(run.queuedAt)),
      icon: 'server-process',
      value: node,
      ...(projectName === null ? {} : { group: projectName }),
    };
  });
  const chosen = await choose({ title: options.title }, { placeholder: 'Run', choices });
  return chosen === back ? undefined : chosen;
}
