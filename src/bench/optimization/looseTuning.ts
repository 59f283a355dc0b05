// Tunings of configs that belong to no optimization of the bench: files of people, beside their models.
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readTuningConfig } from '../../config/tuningFile';
import { readRunSummary } from '../../files/runLog';
import { createRunFolder } from '../../jobs/runFolder';
import { looseSubject } from '../../jobs/runQueued';
import type { RunSummary } from '../../protocol/runs';
import type { Bench } from '../bench';
import { jobSpecOf } from '../runs/runViews';

/** Older runs than these are not looked for. */
const mostLooked = 200;

/** Puts the tuning of a config into the queue. The config is checked as a whole before anything is begun. */
export async function tuneConfig(bench: Bench, configPath: string): Promise<RunSummary> {
  readTuningConfig(configPath, { isToBeTuned: true });
  const folder = await createRunFolder(dirname(bench.store.folder), 'tune');
  const spec = { verb: 'tune', configPath, benchFolder: bench.store.folder, dimensions: {}, isResumed: false } as const;
  try {
    return await bench.queue.enqueue({ folder, spec, subject: looseSubject(spec.verb), requestId: null });
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true });
    throw thrown;
  }
}

/** Runs of a config that went through the queue, the newest first. */
export async function looseRuns(bench: Bench, configPath: string): Promise<readonly RunSummary[]> {
  const runs = join(bench.store.folder, 'runs');
  const folders = tuningFolders(runs).slice(0, mostLooked);
  const found = await Promise.all(
    folders.map(async (folder) => {
      const run = runIn(folder);
      const spec = await jobSpecOf(run);
      return run !== undefined && spec?.verb === 'tune' && spec.configPath === configPath ? [run] : [];
    }),
  );
  return found.flat();
}

/** A folder that cannot be read now holds no run to show. */
function runIn(folder: string): RunSummary | undefined {
  try {
    return readRunSummary(folder);
  } catch {
    return undefined;
  }
}

/** Absolute paths, the newest first: names begin with the time. */
function tuningFolders(runs: string): string[] {
  try {
    return readdirSync(runs, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && /-tune(?:-\d+)?$/.test(entry.name))
      .map(({ name }) => name)
      .sort()
      .reverse()
      .map((name) => join(runs, name));
  } catch {
    // There was no run yet.
    return [];
  }
}
