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

/** The newest run of `verb` in a workspace whose spec fits; undefined for none. */
export function newestRun<Verb extends JobVerb>(
  workspace: string,
  verb: Verb,
  fits: (spec: SpecOf<Verb>) => boolean,
): FoundRun<Verb> | undefined {
  const runs = join(resolve(workspace), benchFolderName, 'runs');
  for (const name of namesIn(runs).sort().reverse()) {
    const spec = specIn(join(runs, name));
    if (spec?.verb !== verb) continue;
    // The verb tells which spec it is.
    const own = spec as SpecOf<Verb>;
    if (fits(own) && isPlain(join(runs, name))) return { folder: join(runs, name), spec: own };
  }
  return undefined;
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
