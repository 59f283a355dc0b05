// Running an optimization: its config.yaml, as it stands, becomes a job in the queue, from the beginning or from where a run ended.
import { prunes } from '../../dictionary/benchTerms';
import type { PruneSpec } from '../../protocol/pruning';
import type { RunSummary } from '../../protocol/runs';
import type { TuneSpec } from '../../protocol/tuning';
import type { Bench } from '../bench';
import { enqueueRun } from '../runs/enqueueRun';
import type { LongOperation } from '../operation';
import { historyToGoOnWith, historyWithTrial, limitsFromHere, takeHistory } from './earlierHistory';
import type { EarlierHistory } from './earlierHistory';
import { unknownOptimization } from './optimizationMessages';
import { optimizationConfigText } from './optimizationParts';
import { pruneSpecIn } from './pruningRun';
import { requestErrors } from '../requestErrors';
import { presentConfig } from '../runs/configFile';
import { runnableParts } from '../runs/namedParts';
import { refuseActive } from '../runs/activeRuns';

export interface ExecuteRequest {
  readonly optimizationId: number;
  /** What the client calls its request; null for none. */
  readonly requestId: string | null;
  /** Goes on with what an earlier run found out. */
  readonly isResumed?: boolean;
  /** Searches nothing: makes the model of this trial of an earlier run that of the optimization. */
  readonly trial?: number;
}

/** Puts a run at the end of the queue. Throws RequestError; then nothing was begun. */
export async function executeOptimization(bench: Bench, request: ExecuteRequest): Promise<RunSummary> {
  const { optimizationId: id, requestId, trial } = request;
  const optimization = await bench.get('optimization', id);
  await refuseActive(bench, 'optimization', id);
  const parts = await runnableParts(bench, 'optimization', optimization);
  const configPath = await presentConfig(bench, 'optimization', id, optimizationConfigText);
  if (prunes(optimization.optimizationType)) {
    refuseGoingOn(request);
    const prune = (folder: string): Promise<PruneSpec> => pruneSpecIn(bench, optimization, parts, configPath, folder);
    return enqueueRun(bench, { kind: 'optimization', id, requestId, specIn: prune });
  }
  const spec: TuneSpec = {
    verb: 'tune',
    configPath,
    benchFolder: bench.store.folder,
    dimensions: {},
    isResumed: false,
  };
  const goesOn = await goesOnWith(bench, request);
  const specIn = async (folder: string): Promise<TuneSpec> => {
    if (goesOn === undefined) return spec;
    await takeHistory(goesOn, folder);
    const chosen = trial === undefined ? limitsFromHere(configPath, goesOn) : { chosenTrial: trial };
    return { ...spec, isResumed: true, ...chosen };
  };
  return enqueueRun(bench, { kind: 'optimization', id, requestId, specIn });
}

/** A pruning makes one model: there is nothing to go on with, and nothing to choose from. */
function refuseGoingOn({ optimizationId, isResumed = false, trial }: ExecuteRequest): void {
  if (!isResumed && trial === undefined) return;
  throw requestErrors.refused(
    'nothing-to-resume',
    `The optimization ${optimizationId} prunes: it has no trials.`,
    'Run it from the beginning.',
  );
}

function goesOnWith(bench: Bench, request: ExecuteRequest): Promise<EarlierHistory | undefined> {
  const { optimizationId, isResumed = false, trial } = request;
  if (trial !== undefined) return historyWithTrial(bench, optimizationId, trial);
  return isResumed ? historyToGoOnWith(bench, optimizationId) : Promise.resolve(undefined);
}

export const optimizationExecute: LongOperation<ExecuteRequest> = {
  path: 'optimization/execute',
  summary: 'Run an optimization.',
  read: (parameters) => {
    const trial = parameters.optionalInteger('trial', 1);
    return {
      requestId: parameters.requestId(),
      optimizationId: parameters.id('optimization_id', 'optimization'),
      isResumed: parameters.optionalChoice('mode', ['start', 'resume']) === 'resume',
      ...(trial === undefined ? {} : { trial }),
    };
  },
  run: async (bench, request) => {
    const { optimizationId, requestId } = request;
    // Clients of the originals wait for the message, whatever was answered to their call.
    if ((await bench.store.find('optimization', optimizationId)) === undefined) {
      bench.tell(unknownOptimization(optimizationId, requestId));
    }
    await executeOptimization(bench, request);
  },
};
