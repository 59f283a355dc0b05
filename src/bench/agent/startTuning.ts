// Tool start_tuning: a tuning into the queue, of an optimization of the bench or of a config alone; answers with its run's id.
import { tuneConfig } from '../optimization/looseTuning';
import { executeOptimization } from '../optimization/optimizationExecute';
import { requestErrors } from '../requestErrors';
import type { AgentTool } from './agentWork';
import { runIdOf } from './runIds';

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
