// The end of a run of an optimization: its model becomes a model of the project, in place of that of an earlier run.
import { join } from 'node:path';
import { searches } from '../../dictionary/benchTerms';
import { sha256OfFile } from '../../files/fileHash';
import type { JobOutcome } from '../../protocol/jobs';
import { isPruneResult } from '../../protocol/pruning';
import type { PruneResult } from '../../protocol/pruning';
import type { RunSummary } from '../../protocol/runs';
import type { TuneResult } from '../../protocol/tuning';
import type { Draft, ModelRecord, OptimizationRecord } from '../../store/records';
import type { Store } from '../../store/store';
import { madeModelName, modelsMadeBy, removeModel } from './optimizedModels';
import { storedPath } from '../storedPaths';

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
  const optimization = await store.find('optimization', id);
  if (optimization === undefined) return;
  const ended = endOf(outcome.result as TuneResult | PruneResult);
  if (ended === 'nothing yet') return;
  const made = ended === 'none' ? undefined : await registered(store, run, optimization, ended.sizeBytes);
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

/** The size of the model that was made; `none` where nothing pays, `nothing yet` where that was not found out. */
function endOf(result: TuneResult | PruneResult): { readonly sizeBytes: number } | 'none' | 'nothing yet' {
  if (isPruneResult(result)) return { sizeBytes: result.sizeBytes };
  const { best, stoppedBy } = result;
  if (best.trial > 0) return { sizeBytes: best.sizeBytes };
  return stoppedBy === 'cancel' ? 'nothing yet' : 'none';
}

/** The record of a run's model, which is made unless an interrupted attempt made it already. */
async function registered(
  store: Store,
  run: RunSummary,
  optimization: OptimizationRecord,
  sizeBytes: number,
): Promise<ModelRecord> {
  const before = (await modelsMadeBy(store, optimization)).find(({ madeBy }) => madeBy?.run === run.name);
  if (before !== undefined) return before;
  const path = join(run.folder, madeModelName);
  const source = await store.find('model', optimization.modelId);
  return store.create('model', {
    ...inherited(source, optimization.projectId),
    supportsPruning: !searches(optimization.optimizationType) && source?.supportsPruning === true,
    name: modelNameOf(optimization.name),
    path: storedPath(store.workspace, path),
    sha256: await sha256OfFile(path),
    sizeBytes,
    precision: precisionMade(optimization, source),
    madeBy: { optimizationId: optimization.id, run: run.name },
  });
}

/** A graph optimization leaves the numbers of a model as they were: what was quantized still is. Zeros change no type. */
function precisionMade(optimization: OptimizationRecord, source: ModelRecord | undefined): string {
  const keepsNumbers = ['Graph optimization', 'Pruning'].includes(optimization.optimizationType);
  return keepsNumbers && source !== undefined ? source.precision : optimization.precision;
}

type Inherited = Omit<
  Draft<'model'>,
  'name' | 'path' | 'sha256' | 'sizeBytes' | 'precision' | 'supportsPruning' | 'madeBy'
>;

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
  };
}

/** `My optimization` as `my_optimization`: lower case, without what names of files cannot have. */
function modelNameOf(name: string): string {
  const words = name.toLowerCase().match(/[\p{L}\p{N}]+(?:[.-][\p{L}\p{N}]+)*/gu) ?? [];
  return words.join('_') || 'optimized_model';
}
