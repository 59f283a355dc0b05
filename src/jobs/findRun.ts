// Finds the run folder that is to be gone on with.
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readPlainText } from '../files/plainFile';
import { jobFiles } from '../protocol/jobChannel';
import type { JobSpec, JobVerb, SpecOf } from '../protocol/jobs';
import { benchFolderName } from './runFolder';

/** What is longer is no record of a job. */
const longestRecordBytes = 2 ** 24;

/** A run that was made before. */
export interface FoundRun<Verb extends JobVerb> {
  readonly folder: string;
  readonly spec: SpecOf<Verb>;
}

/** The newest run of `verb` in a workspace whose spec fits and that may be written to; undefined for none. */
export function newestRun<Verb extends JobVerb>(
  workspace: string,
  verb: Verb,
  fits: (spec: SpecOf<Verb>) => boolean,
): FoundRun<Verb> | undefined {
  for (const run of runsOf(workspace, verb, fits)) if (isPlain(run.folder)) return run;
  return undefined;
}

/** The runs of `verb` in a workspace that belong to no record and whose spec fits, the newest first. */
export function* runsOf<Verb extends JobVerb>(
  workspace: string,
  verb: Verb,
  fits: (spec: SpecOf<Verb>) => boolean,
): Generator<FoundRun<Verb>> {
  const runs = join(resolve(workspace), benchFolderName, 'runs');
  for (const name of namesIn(runs).sort().reverse()) {
    const folder = join(runs, name);
    const spec = specIn(folder);
    if (spec?.verb !== verb) continue;
    // The verb tells which spec it is.
    const own = spec as SpecOf<Verb>;
    if (fits(own)) yield { folder, spec: own };
  }
}

/** Whether a folder holds nothing but files and folders: a job would write through a link, or wait for a pipe, of others. */
function isPlain(folder: string): boolean {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).every(
    (one) => one.isFile() || one.isDirectory(),
  );
}

function namesIn(folder: string): string[] {
  try {
    // A link to a folder is no run.
    return readdirSync(folder, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []));
  } catch {
    return [];
  }
}

function specIn(folder: string): JobSpec | undefined {
  try {
    const file = JSON.parse(readPlainText(join(folder, jobFiles.job), longestRecordBytes) ?? '') as { spec?: JobSpec };
    return file.spec;
  } catch {
    // A folder without a readable record is none to go on with.
    return undefined;
  }
}
