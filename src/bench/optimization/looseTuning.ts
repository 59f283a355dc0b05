// Tunings of configs that belong to no optimization of the bench: files of people, beside their models.
import { rm } from 'node:fs/promises';
import { readTuningConfig } from '../../config/tuningFile';
import { readRunSummary } from '../../files/runLog';
import { runsOf } from '../../jobs/findRun';
import { createRunFolder } from '../../jobs/runFolder';
import { looseSubject } from '../../jobs/runQueued';
import type { RunSummary } from '../../protocol/runs';
import type { Bench } from '../bench';

/**
 * Puts the tuning of a config into the queue. The config is checked as a whole before anything is begun.
 *
 * @param requestId what the client calls its request; null for none
 * @throws ConfigError with every mistake of the config
 */
export async function tuneConfig(bench: Bench, configPath: string, requestId: string | null): Promise<RunSummary> {
  readTuningConfig(configPath, { isToBeTuned: true });
  const folder = await createRunFolder(bench.workspace, 'tune');
  const spec = { verb: 'tune', configPath, benchFolder: bench.store.folder, dimensions: {}, isResumed: false } as const;
  try {
    return await bench.queue.enqueue({ folder, spec, subject: looseSubject(spec.verb), requestId });
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true });
    throw thrown;
  }
}

/** Runs of a config that went through the queue, the newest first. */
export function looseRuns(bench: Bench, configPath: string): readonly RunSummary[] {
  return [...runsOf(bench.workspace, 'tune', (spec) => spec.configPath === configPath)].flatMap(({ folder }) => {
    try {
      return readRunSummary(folder) ?? [];
    } catch {
      // What cannot be read now is no run to show.
      return [];
    }
  });
}
