// What a client of Studio's kind may send along when it has an analysis run (SYSTEMS §6.1): all of it optional, in the names
// of the original's programs.
import { availableParallelism } from 'node:os';
import { nearestName } from '../../config/nearestName';
import { idleSettings, settingBounds, usualAnalysis } from '../../dictionary/sensitivitySettings';
import type { SensitivityKind, SensitivitySettings } from '../../protocol/pruning';
import { RequestReader } from '../requestReader';
import type { SensitivityRecord } from '../../store/records';
import { readDimensions } from '../sensitivity/dimensionSizes';
import { readLevels } from '../sensitivity/sensitivityAdd';

type Setting = keyof typeof settingBounds;

/** Keys by what they mean here; a client may write them with `_` as well. */
const keysOf: Readonly<Record<Setting, readonly string[]>> = {
  samples: ['samplesPerMeasurement', 'samples'],
  batchSize: ['batchSize'],
  threads: ['numCores', 'cores', 'coreCount'],
  warmupRuns: ['warmupIterations', 'warmup', 'numWarmupIterations', 'warmupIterationsPerCheck'],
  iterations: ['iterations', 'numIterations', 'iterationsPerCheck'],
};
const levelKeys = ['sparsityLevels', 'levels'];
const inputsKeys = ['inputs'];
const dimensionsKeys = ['dims', 'dimensions'];
const optimizationKeys = ['optimizationLevel', 'optimLevel'];

/** What a POST runs. */
export function methodOf(kind: SensitivityKind): 'one-shot' | 'measured' {
  return kind === 'loss' ? 'one-shot' : 'measured';
}

/** What an analysis is to be run with, and what is to be said about it. */
export interface RunSettings {
  readonly settings: SensitivitySettings & Required<Pick<SensitivityRecord, 'dimensions'>>;
  /** What the client calls the samples; undefined where it says nothing. */
  readonly inputs: unknown;
  readonly notes: readonly string[];
}

/** Throws RequestError for a value that is out of its bounds. */
export function readRunSettings(parameters: RequestReader, kind: SensitivityKind): RunSettings {
  const sent = new Map(Object.entries(parameters.all()).map(([key, value]) => [plainKey(key), value]));
  const notes: string[] = [];
  const read = (setting: Setting): number => {
    const given = valueOf(sent, keysOf[setting]);
    const [least, most] = settingBounds[setting];
    if (given === undefined) return usualAnalysis[setting];
    if (idleSettings[methodOf(kind)].includes(setting))
      notes.push(`"${given.key}" has no effect on a ${kind} analysis.`);
    // -1 stood for all cores.
    const value = setting === 'threads' && given.value === -1 ? availableParallelism() : given.value;
    const reader = new RequestReader({ [given.key]: value });
    return reader.optionalInteger(given.key, least, most) ?? usualAnalysis[setting];
  };
  const settings = {
    levelFractions: levelsIn(sent),
    ...{ samples: read('samples'), batchSize: read('batchSize'), threads: read('threads') },
    ...{ warmupRuns: read('warmupRuns'), iterations: read('iterations') },
    dimensions: readDimensions(valueOf(sent, dimensionsKeys)?.value, 'dims') ?? {},
  };
  if (valueOf(sent, optimizationKeys) !== undefined) {
    notes.push('"optimizationLevel" has no effect: the engine that measures here has no such levels.');
  }
  notes.push(...unknownKeys(parameters).map(unknownNote));
  return { settings, inputs: valueOf(sent, inputsKeys)?.value, notes };
}

/** The dense model, which the original counted among the levels as 0 or null, is measured in any case. */
function levelsIn(sent: ReadonlyMap<string, unknown>): readonly number[] | null {
  const given = valueOf(sent, levelKeys);
  if (given === undefined) return null;
  const { key, value } = given;
  const pruned = Array.isArray(value) ? value.filter((level: unknown) => level !== null && level !== 0) : value;
  return readLevels(pruned, key);
}

interface Given {
  /** As in the first of the keys. */
  readonly key: string;
  readonly value: unknown;
}

/** What was sent under one of the keys; null is as good as nothing. */
function valueOf(sent: ReadonlyMap<string, unknown>, [first = '', ...others]: readonly string[]): Given | undefined {
  const found = [first, ...others].map(plainKey).find((key) => (sent.get(key) ?? null) !== null);
  return found === undefined ? undefined : { key: first, value: sent.get(found) };
}

const allKeys = [...Object.values(keysOf), levelKeys, inputsKeys, dimensionsKeys, optimizationKeys].flat();
const knownKeys: ReadonlySet<string> = new Set(allKeys.map(plainKey));

/** A slip of the pen must not pass for a setting; the first few do. */
function unknownKeys(parameters: RequestReader): readonly string[] {
  const unknown = Object.keys(parameters.all()).filter((key) => !knownKeys.has(plainKey(key)));
  return unknown.slice(0, 5).map((key) => key.slice(0, 100));
}

function unknownNote(key: string): string {
  const meant = nearestName(plainKey(key), [...knownKeys]);
  const named = allKeys.find((known) => plainKey(known) === meant);
  const suggestion = named === undefined ? '' : ` Did you mean "${named}"?`;
  return `"${key}" is no setting of an analysis and has no effect.${suggestion}`;
}

function plainKey(key: string): string {
  return key.replaceAll('_', '').toLowerCase();
}
