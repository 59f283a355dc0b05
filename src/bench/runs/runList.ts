// Lists of things that have runs, each shown with its newest run.
import type { RunSummary } from '../../protocol/runs';
import type { RecordsByKind, RunnableKind } from '../../store/records';
import type { Bench } from '../bench';
import { RequestError } from '../requestErrors';
import { namedPartsOfProject } from './namedParts';

/** Shows all things of a kind in a project. `partsOf` finds what they name without looking at files for each of them. */
export async function runList<Kind extends RunnableKind>(
  bench: Bench,
  kind: Kind,
  projectId: number,
  view: (
    record: RecordsByKind[Kind],
    newest: RunSummary | undefined,
    partsOf: Awaited<ReturnType<typeof namedPartsOfProject>>,
  ) => Promise<object>,
): Promise<readonly object[]> {
  await bench.get('project', projectId);
  const newest = await bench.store.newestRuns(kind, { projectId });
  const partsOf = await namedPartsOfProject(bench, projectId);
  const views = [];
  for (const record of await bench.store.list(kind, { projectId })) {
    try {
      views.push(await view(record, newest.get(record.id), partsOf));
    } catch (thrown) {
      // One that was deleted in this moment is not listed any more.
      if (!(thrown instanceof RequestError) || thrown.refusal !== 'not-found') throw thrown;
    }
  }
  return views;
}
