// What belongs to an optimization: its type and precision, its model and data, its config.yaml; whether they fit together.
import { readFile } from 'node:fs/promises';
import { optimizationTypes, prunes, searches } from '../../dictionary/benchTerms';
import { replaceFile } from '../../files/atomicWrite';
import { systemErrorCode } from '../../files/fileErrors';
import type { OptimizationRecord, PruningDetails } from '../../store/records';
import type { Bench } from '../bench';
import { configText } from './configWriter';
import type { ConfigSource } from './configWriter';
import { refuseUnprunable } from './pruningConfig';
import { defaultTuning } from './optimizationRequest';
import type { TuningChoices } from './optimizationRequest';
import { requestErrors } from '../requestErrors';
import { configFileOf, configFileOfNew } from '../runs/configFile';
import type { ConfigTextOf } from '../runs/configFile';
import { runnableParts } from '../runs/namedParts';

/** Refuses a precision that a type does not lead to. */
export function refuseMisfit(type: string, precision: string): void {
  const leadsTo = optimizationTypes.find(({ name }) => name === type)?.precisions ?? [];
  if (leadsTo.some((each) => each === precision)) return;
  throw requestErrors.refused(
    'precision',
    `${type} does not lead to ${precision}, but to ${leadsTo.join(', ')}.`,
    'Choose another precision, or another type.',
  );
}

/** Refuses details of a pruning for a type that does not prune. */
export function refusePruningOf(type: string, pruning: PruningDetails | undefined): void {
  if (pruning === undefined || prunes(type)) return;
  throw requestErrors.refused(
    'pruning',
    `pruning_details say how sparse a model becomes; ${type} does not prune.`,
    'Leave pruning_details out, or take the type Pruning.',
  );
}

/** Refuses what would make no config that can be run. */
export function refuseUnfit(bench: Bench, source: ConfigSource): void {
  if (prunes(source.optimization.optimizationType)) refuseUnprunable(bench, source.model);
  configText(bench, source, configFileOfNew(bench, 'optimization'));
}

/** Refuses choices of a search that no config could have, also where nothing is searched and they are of no effect. */
export function refuseUnfitChoices(bench: Bench, source: ConfigSource, choices: Partial<TuningChoices>): void {
  const { optimizationType } = source.optimization;
  if (searches(optimizationType) || Object.keys(choices).length === 0) return;
  const tuning = { ...defaultTuning, ...choices, createdAt: '', modifiedAt: null };
  const searched = { optimizationType: 'Quantization', precision: 'int8', tuning } as const;
  refuseUnfit(bench, { ...source, optimization: { ...source.optimization, ...searched } });
}

/** The config.yaml of an optimization. */
export const optimizationConfigText: ConfigTextOf<'optimization'> = async (bench, optimization, path) =>
  configText(bench, { optimization, ...(await runnableParts(bench, 'optimization', optimization)) }, path);

/** Keeps a config.yaml that a person has changed under another name. */
export async function keepChangedConfig(bench: Bench, optimization: OptimizationRecord): Promise<void> {
  const path = await configFileOf(bench, 'optimization', optimization.id);
  const text = await textOrNone(path);
  if (text === undefined || text === (await writtenText(bench, optimization, path))) return;
  await replaceFile(path.replace(/\.yaml$/, `.before-edit-${optimization.version}.yaml`), text);
}

/** What the bench wrote for a record; undefined where that cannot be told any more. */
async function writtenText(bench: Bench, optimization: OptimizationRecord, path: string): Promise<string | undefined> {
  try {
    return await optimizationConfigText(bench, optimization, path);
  } catch {
    return undefined;
  }
}

async function textOrNone(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if (systemErrorCode(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}
