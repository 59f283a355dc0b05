// Runs one job from a door of the product: gives it a folder and limits, and cleans up after it.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileErrorOf } from '../files/fileErrors';
import { forkJob } from '../processes/forkJob';
import type { ForkOptions, RunningJob } from '../processes/forkJob';
import { failureRecordOf } from '../protocol/benchError';
import type { JobOutcome, JobResults, JobVerb, SpecOf } from '../protocol/jobs';

export interface RunJobOptions extends Omit<ForkOptions, 'folder'> {
  /** Where the job leaves its records, made if missing; absent: a temporary folder that is removed at the end. */
  readonly folder?: string;
}

/** Runs `spec` in a process of its own. A crash, a limit and a cancel are outcomes; `outcome` never rejects. */
export function runJob<Verb extends JobVerb>(
  spec: SpecOf<Verb>,
  options: RunJobOptions = {},
): RunningJob<JobResults[Verb]> {
  const cancelling = new AbortController();
  const signal = AbortSignal.any([cancelling.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const run = async (): Promise<JobOutcome<JobResults[Verb]>> => {
    try {
      await using place = await folderFor(options.folder);
      return await forkJob<Verb>(spec, { ...options, folder: place.folder, signal }).outcome;
    } catch (thrown) {
      return { state: 'error', failure: failureRecordOf(thrown) };
    }
  };
  return { outcome: run(), cancel: () => cancelling.abort() };
}

/** What cannot be removed takes no result with it: the system tidies its temporary folder. */
async function removed(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

interface JobFolder extends AsyncDisposable {
  readonly folder: string;
}

async function folderFor(chosen: string | undefined): Promise<JobFolder> {
  const path = chosen === undefined ? tmpdir() : resolve(chosen);
  try {
    if (chosen === undefined) {
      const folder = await mkdtemp(join(path, 'compressor-bench-'));
      return { folder, [Symbol.asyncDispose]: () => removed(folder) };
    }
    await mkdir(path, { recursive: true });
    return { folder: path, [Symbol.asyncDispose]: () => Promise.resolve() };
  } catch (thrown) {
    throw fileErrorOf(thrown, path, 'make the folder');
  }
}
