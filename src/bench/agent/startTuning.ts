// Tool start_tuning: a tuning into the queue, of an optimization of the bench or of a config alone; answers with its run's id.
import { dirname } from 'node:path';
import { rm } from 'node:fs/promises';
import { readTuningConfig } from '../../config/tuningFile';
import { createRunFolder } from '../../jobs/runFolder';
import type { RunSummary } from '../../protocol/runs';
import type { Bench } from '../bench';
import { executeOptimization } from '../optimization/optimizationExecute';
import { requestErrors } from '../requestErrors';
import type { AgentTool } from './agentWork';
import { runIdOf } from './runIds';

/** What a run is for that belongs to no record of the bench. */
const looseKind = 'tuning';

export const startTuning: AgentTool = async ({ bench, input, access }) => {
  const optimizationId = input.optionalId('optimization_id', 'optimization');
  const config = input.value('config_path');
  if ((optimizationId === undefined) === (config === undefined)) {
    throw requestErrors.refused('start', 'Give either config_path or optimization_id.');
  }
  const run =
    optimizationId === undefined
      ? await tuneConfig(bench, access.realPath(input.text('config_path')))
      : await executeOptimization(bench, { optimizationId, requestId: null });
  const waiting = (await bench.queue.list()).find(({ folder }) => folder === run.folder);
  const place = waiting !== undefined && waiting.position > 0 ? ` ${waiting.position} runs are before it.` : '';
  return `Started as run \`${runIdOf(bench, run.folder)}\`.${place} Ask get_run for it; a tuning takes seconds to hours.`;
};

/** The config is checked as a whole before anything is begun. */
async function tuneConfig(bench: Bench, configPath: string): Promise<RunSummary> {
  readTuningConfig(configPath, { isToBeTuned: true });
  const folder = await createRunFolder(dirname(bench.store.folder), 'tune');
  const spec = { verb: 'tune', configPath, benchFolder: bench.store.folder, dimensions: {}, isResumed: false } as const;
  try {
    return await bench.queue.enqueue({ folder, spec, subject: { kind: looseKind, id: 0 }, requestId: null });
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true });
    throw thrown;
  }
}
