// Finds the run folder that is to be gone on with.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { jobFiles } from '../protocol/jobChannel';
import type { JobSpec, JobVerb, SpecOf } from '../protocol/jobs';
import { benchFolderName } from './runFolder';

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
    if (fits(own)) return { folder: join(runs, name), spec: own };
  }
  return undefined;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function specIn(folder: string): JobSpec | undefined {
  try {
    const file = JSON.parse(readFileSync(join(folder, jobFiles.job), 'utf8')) as { spec?: JobSpec };
    return file.spec;
  } catch {
    // A folder without a readable record is none to go on with.
    return undefined;
  }
}
