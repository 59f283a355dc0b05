// Running an optimization: its config.yaml, as it stands, becomes a job in the queue.
import type { RunSummary } from '../../protocol/runs';
import type { TuneSpec } from '../../protocol/tuning';
import type { Bench } from '../bench';
import { enqueueRun } from '../runs/enqueueRun';
import type { LongOperation } from '../operation';
import { unknownOptimization } from './optimizationMessages';
import { optimizationConfigText } from './optimizationParts';
import { presentConfig } from '../runs/configFile';
import { runnableParts } from '../runs/namedParts';
import { refuseActive } from '../runs/activeRuns';

export interface ExecuteRequest {
  readonly optimizationId: number;
  /** What the client calls its request; null for none. */
  readonly requestId: string | null;
}

/** Puts a run at the end of the queue. Throws RequestError; then nothing was begun. */
export async function executeOptimization(
  bench: Bench,
  { optimizationId: id, requestId }: ExecuteRequest,
): Promise<RunSummary> {
  const optimization = await bench.get('optimization', id);
  await refuseActive(bench, 'optimization', id);
  await runnableParts(bench, 'optimization', optimization);
  const configPath = await presentConfig(bench, 'optimization', id, optimizationConfigText);
  const spec: TuneSpec = {
    verb: 'tune',
    configPath,
    benchFolder: bench.store.folder,
    dimensions: {},
    isResumed: false,
  };
  return enqueueRun(bench, { kind: 'optimization', id, requestId, specIn: () => spec });
}

export const optimizationExecute: LongOperation<ExecuteRequest> = {
  path: 'optimization/execute',
  summary: 'Run an optimization.',
  read: (parameters) => ({
    requestId: parameters.requestId(),
    optimizationId: parameters.id('optimization_id', 'optimization'),
  }),
  run: async (bench, request) => {
    const { optimizationId, requestId } = request;
    // Clients of the originals wait for the message, whatever was answered to their call.
    if ((await bench.store.find('optimization', optimizationId)) === undefined) {
      bench.tell(unknownOptimization(optimizationId, requestId));
    }
    await executeOptimization(bench, request);
  },
};
