// Other settings for a sensitivity analysis that was not run yet.
import { sensitivityKinds, sensitivityMethods } from '../../dictionary/sensitivitySettings';
import type { SensitivityKind, SensitivityMethod } from '../../protocol/pruning';
import type { SensitivityRecord } from '../../store/records';
import type { Bench } from '../bench';
import type { RequestReader } from '../requestReader';
import { refuseAfterRun } from '../runs/activeRuns';
import { datasetOf, modelOf } from '../runs/namedParts';
import { refuseUnknownDimensions } from './dimensionSizes';
import { givenSettings, refuseUnfit } from './sensitivityAdd';

/** What an edit changes; what is absent stays. */
export interface SettingsChange {
  readonly kind: SensitivityKind | undefined;
  readonly method: SensitivityMethod | undefined;
  /** Null: seeded random inputs. */
  readonly datasetId: number | null | undefined;
  readonly settings: ReturnType<typeof givenSettings>;
  /** The parameters that were sent. */
  readonly given: readonly string[];
}

/** Parameters of an edit. */
const changeable = [
  ...['kind', 'method', 'dataset_id', 'levels'],
  ...['samples', 'batch_size', 'num_threads', 'warmup_iterations', 'iterations', 'dims'],
];

export function readChange(parameters: RequestReader): SettingsChange {
  const isRandom = parameters.isNull('dataset_id');
  return {
    kind: parameters.optionalChoice('kind', sensitivityKinds),
    method: parameters.optionalChoice('method', sensitivityMethods),
    datasetId: isRandom ? null : parameters.optionalId('dataset_id', 'dataset'),
    settings: givenSettings(parameters),
    given: [...changeable.filter((name) => parameters.has(name)), ...(isRandom ? ['dataset_id'] : [])],
  };
}

/**
 * Changes an analysis that was never run, or whose newest run was cancelled. A method that runs nothing lets go of the data.
 * Throws RequestError; then nothing was changed.
 */
export async function changeSettings(bench: Bench, id: number, change: SettingsChange): Promise<SensitivityRecord> {
  const before = await bench.get('sensitivity', id);
  await refuseAfterRun(bench, 'sensitivity', id);
  const { datasetId, settings, given } = change;
  const { dimensions } = settings;
  if (dimensions !== undefined) {
    const { path } = await modelOf(bench, before.projectId, before.modelId);
    refuseUnknownDimensions(bench.absolutePath(path), dimensions, 'dims');
  }
  if (typeof datasetId === 'number') await datasetOf(bench, before.projectId, datasetId);
  return bench.store.edit('sensitivity', id, (newest) => {
    const { kind = newest.kind, method = newest.method } = change;
    refuseUnfit(kind, method, (name) => given.includes(name));
    const data = method === 'approx' ? null : datasetId;
    return { kind, method, ...settings, ...(data === undefined ? {} : { datasetId: data }) };
  });
}
