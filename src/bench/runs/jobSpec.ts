// What the job of a run was asked to do, read from its folder.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jobFiles } from '../../protocol/jobChannel';
import type { JobSpec } from '../../protocol/jobs';

/** The spec in job.json; undefined before the job has begun, or when the file was damaged. */
export async function readJobSpec(folder: string): Promise<JobSpec | undefined> {
  try {
    const file = JSON.parse(await readFile(join(folder, jobFiles.job), 'utf8')) as { spec?: JobSpec } | null;
    return typeof file?.spec?.verb === 'string' ? file.spec : undefined;
  } catch {
    return undefined;
  }
}
