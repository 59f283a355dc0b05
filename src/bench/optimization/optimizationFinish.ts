// The end of a run of an optimization: its model becomes a model of the project, in place of that of an earlier run.
import { join } from 'node:path';
import { sha256OfFile } from '../../files/fileHash';
import type { JobOutcome } from '../../protocol/jobs';
import type { RunSummary } from '../../protocol/runs';
import type { TuneResult } from '../../protocol/tuning';
import type { Draft, ModelRecord, OptimizationRecord } from '../../store/records';
import type { Store } from '../../store/store';
import { modelsMadeBy, removeModel } from './optimizedModels';
import { storedPath } from '../storedPaths';

/** Where a tuning puts the model that won, in the folder of its run. */
const winnerName = 'model.onnx';

/**
 * Registers the model that a run found. A run that failed, or was cancelled before it had one, changes nothing; one that
 * ended and found that nothing pays takes the place of earlier ones, too: then there is no optimized model. Each step
 * looks at what is there, so that it can be done again after an interruption.
 */
export async function finishOptimization(
  store: Store,
  run: RunSummary,
  id: number,
  outcome: JobOutcome<unknown>,
): Promise<void> {
  if (outcome.state !== 'success') return;
  const result = outcome.result as TuneResult;
  const optimization = await store.find('optimization', id);
  if (optimization === undefined) return;
  const hasWinner = result.best.trial > 0;
  if (!hasWinner && result.stoppedBy === 'cancel') return;
  const made = hasWinner ? await registered(store, run, optimization, result) : undefined;
  if (optimization.optimizedModelId !== (made?.id ?? null)) {
    await store.edit('optimization', id, () => ({
      optimizedModelId: made?.id ?? null,
      // Benchmarks of the model before say nothing about this one.
      accuracyBenchmarkId: null,
      performanceBenchmarkId: null,
    }));
  }
  for (const model of await modelsMadeBy(store, optimization)) {
    if (model.id !== made?.id) await removeModel(store, model);
  }
}

/** The record of a run's model, which is made unless an interrupted attempt made it already. */
async function registered(
  store: Store,
  run: RunSummary,
  optimization: OptimizationRecord,
  result: TuneResult,
): Promise<ModelRecord> {
  const before = (await modelsMadeBy(store, optimization)).find(({ madeBy }) => madeBy?.run === run.name);
  if (before !== undefined) return before;
  const path = join(run.folder, winnerName);
  const source = await store.find('model', optimization.modelId);
  return store.create('model', {
    ...inherited(source, optimization.projectId),
    name: modelNameOf(optimization.name),
    path: storedPath(store.workspace, path),
    sha256: await sha256OfFile(path),
    sizeBytes: result.best.sizeBytes,
    precision: precisionMade(optimization, source),
    madeBy: { optimizationId: optimization.id, run: run.name },
  });
}

/** A graph optimization leaves the numbers of a model as they were: what was quantized still is. */
function precisionMade(optimization: OptimizationRecord, source: ModelRecord | undefined): string {
  const keepsNumbers = optimization.optimizationType === 'Graph optimization';
  return keepsNumbers && source !== undefined ? source.precision : optimization.precision;
}

type Inherited = Omit<Draft<'model'>, 'name' | 'path' | 'sha256' | 'sizeBytes' | 'precision' | 'madeBy'>;

/** What optimizing does not change; `source` is undefined where its record went while the run was under way. */
function inherited(source: ModelRecord | undefined, projectId: number): Inherited {
  return {
    projectId,
    framework: 'ONNXRT',
    domain: source?.domain ?? '',
    domainFlavour: source?.domainFlavour ?? '',
    inputNodes: source?.inputNodes ?? [],
    outputNodes: source?.outputNodes ?? [],
    supportsProfiling: true,
    supportsGraph: true,
    supportsPruning: source?.supportsPruning ?? false,
  };
}

/** `My optimization` as `my_optimization`: lower case, without what names of files cannot have. */
function modelNameOf(name: string): string {
  const words = name.toLowerCase().match(/[\p{L}\p{N}]+(?:[.-][\p{L}\p{N}]+)*/gu) ?? [];
  return words.join('_') || 'optimized_model';
}
