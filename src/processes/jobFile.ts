// The record of a job, job.json: made by whoever asks for the job, read by its process and by whoever takes it over.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../files/atomicWrite';
import { fileErrorOf } from '../files/fileErrors';
import { BenchError } from '../protocol/benchError';
import { jobFiles, parseJobFile } from '../protocol/jobChannel';
import type { JobFile } from '../protocol/jobChannel';
import type { JobLimits, JobSpec, JobVerb } from '../protocol/jobs';
import { jobFailures } from './jobErrors';
import { inheritedLimits } from './limits';

/** Verbs that measure time run at normal priority, the others give way (DESIGN §4). */
const lowPriorityVerbs: ReadonlySet<JobVerb> = new Set<JobVerb>(['quantize', 'evaluate', 'verify', 'optimize']);

/** Writes the record of a job into its folder; with `parentPid` for one that ends with that process. */
export async function writeJobFile(
  folder: string,
  spec: JobSpec,
  { limits = inheritedLimits(), parentPid }: { readonly limits?: JobLimits; readonly parentPid?: number },
): Promise<JobFile> {
  const file: JobFile = {
    version: 1,
    createdAt: new Date().toISOString(),
    spec,
    limits,
    ...(parentPid === undefined ? {} : { parentPid }),
    lowPriority: lowPriorityVerbs.has(spec.verb),
  };
  await replaceFile(join(folder, jobFiles.job), `${JSON.stringify(file, undefined, 2)}\n`);
  return file;
}

/** Reads the record of the job in a folder. Throws FileError, or BenchError `job-record` for one that is damaged. */
export async function readJobFile(folder: string): Promise<JobFile> {
  const path = join(folder, jobFiles.job);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    throw fileErrorOf(thrown, path, 'read');
  }
  try {
    return parseJobFile(JSON.parse(text));
  } catch (thrown) {
    throw new BenchError(jobFailures.badRecord(path, thrown instanceof Error ? thrown.message : String(thrown)));
  }
}
