// Which project a command is about.
import { projectsMethod } from '../../protocol/facts';
import type { ProjectFacts } from '../../protocol/facts';
import type { Services } from '../services';
import type { ProjectNode } from '../tree/nodes';
import { explainNothing, openBenches } from './pickBench';
import type { PickOptions } from './pickBench';
import { choose } from './quickInputs';
import { back } from './steps';

/** The only project, or the chosen one; undefined where there is none, or the person gives up. */
export async function pickProject(
  services: Services,
  options: PickOptions<ProjectFacts>,
): Promise<ProjectNode | undefined> {
  const projects = await projectNodes(services);
  if (projects === undefined) return undefined;
  const fit = projects.filter(({ facts }) => options.filter?.(facts) ?? true);
  const [only] = fit;
  if (only === undefined) {
    explainNothing(options.none ?? 'There is no project yet.', 'New Project…', 'compressorBench.project.new');
    return;
  }
  if (fit.length === 1) return only;
  const chosen = await choose(
    { title: options.title },
    {
      placeholder: 'Project',
      choices: fit.map((node) => ({
        label: node.facts.name,
        icon: 'project',
        value: node,
        ...(services.benches.all.length > 1 ? { group: node.bench.folder.name } : {}),
      })),
    },
  );
  return chosen === back ? undefined : chosen;
}

/** All projects of all folders; undefined, and said, where no folder is open. */
export async function projectNodes(services: Services): Promise<readonly ProjectNode[] | undefined> {
  const benches = openBenches(services);
  if (benches === undefined) return undefined;
  const lists = await Promise.all(
    benches.map(async (bench) => {
      const { projects } = await bench.ask(projectsMethod, null);
      return projects.map((facts): ProjectNode => ({ kind: 'project', bench, facts }));
    }),
  );
  return lists.flat();
}
