// Ids of runs as language models are told them: the path of the run's folder inside the bench folder.
import { join, relative, sep } from 'node:path';
import { readRunSummary } from '../../files/runLog';
import type { RunSummary } from '../../protocol/runs';
import type { Bench } from '../bench';
import { restrictedAccess } from '../fileAccess';
import { requestErrors } from '../requestErrors';

/** Folders of runs, of their own or of a thing in a project; each part is a plain name. */
const form = /^(?:runs|projects\/[\w-]+\/(?:optimizations|benchmarks|profilings|sensitivities)\/[\w-]+\/runs)\/[\w-]+$/;

/** `runs/2026-11-20T19-31-05-tune`, `projects/1-mnist/optimizations/2-int8/runs/…`. */
export function runIdOf(bench: Bench, folder: string): string {
  return relative(bench.store.folder, folder).split(sep).join('/');
}

/** The run an id names. Throws RequestError when there is none. */
export function runOfId(bench: Bench, id: string): RunSummary {
  const missing = requestErrors.notFound(
    'run',
    JSON.stringify(id.slice(0, 200)),
    'Call get_run without run_id for a list.',
  );
  if (!form.test(id)) throw missing;
  const folder = restrictedAccess(bench.store.folder, []).realPath(join(bench.store.folder, id));
  const run = readRunSummary(folder);
  if (run === undefined) throw missing;
  return run;
}
