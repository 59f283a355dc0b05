// Compares an answer with what the API's document shows: the same keys at least, values of the same type and form.
import type { SeedValue } from './tolerantJson';
import { anyNumber, anyObject } from './tolerantJson';

/** The form dates are answered in, whichever the document shows. */
const localDate = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const seedDate = /^(?:\w{3}, \d\d \w{3} \d{4} [\d:]+ GMT|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)$/;
/** How the document writes null in places. */
const writtenNulls = new Set(['None', 'null']);

/** Values of parameters and attributes are of the type of each; some things have none. */
const ofAnyType = /\.(?:params|attributes)\[\d+\]\.value$/;
const maybeEmpty = /\.(?:params|attributes)$/;

/** What is null of a thing that never ran. */
const ofRuns = new Set(['status', 'last_run_at', 'duration', 'log_path', 'execution_command', 'optimized_model']);
const pins = new Set(['accuracy_benchmark_id', 'performance_benchmark_id']);

/** Where the answer is not as the document shows it, a line each; none when it is. */
export function differences(seed: SeedValue, actual: unknown, at = 'answer'): string[] {
  if (actual === undefined) return [`${at} is missing`];
  if (ofAnyType.test(at)) return [];
  // What had not happened when the document was written may have happened now.
  if (seed === null || (typeof seed === 'string' && writtenNulls.has(seed))) return [];
  if (seed === anyNumber || typeof seed === 'number')
    return typeof actual === 'number' ? [] : [unlike(at, seed, actual)];
  if (typeof seed === 'boolean') return typeof actual === 'boolean' ? [] : [unlike(at, seed, actual)];
  if (typeof seed === 'string') return isLikeText(seed, actual) ? [] : [unlike(at, seed, actual)];
  if (seed === anyObject) return isObject(actual) ? [] : [unlike(at, 'an object', actual)];
  if (isList(seed)) return listDifferences(seed, actual, at);
  return objectDifferences(seed, actual, at);
}

function objectDifferences(seed: Readonly<Record<string, SeedValue>>, actual: unknown, at: string): string[] {
  const keys = Object.keys(seed);
  // An empty object stands for "none"; the same document writes null for it elsewhere, and a list is what it is for some.
  if (keys.length === 0) return actual === null || typeof actual === 'object' ? [] : [unlike(at, seed, actual)];
  if (!isObject(actual)) return [unlike(at, seed, actual)];
  const neverRan = actual['status'] === null;
  const compared = keys.filter((key) => !(neverRan && actual[key] === null && (ofRuns.has(key) || pins.has(key))));
  return compared.flatMap((key) => differences(seed[key] ?? null, actual[key], `${at}.${key}`));
}

function listDifferences(seed: readonly SeedValue[], actual: unknown, at: string): string[] {
  if (!isList(actual)) return [unlike(at, seed, actual)];
  if (seed.length > 0 && actual.length === 0 && !maybeEmpty.test(at)) return [`${at} is empty`];
  const shown = seed[0];
  // Items of a list are of one form; those of the document may differ in what is null.
  return shown === undefined ? [] : actual.flatMap((item, index) => nearestDifferences(seed, item, `${at}[${index}]`));
}

/** The differences from the item of the document that is most like it: nodes and groups stand in one list. */
function nearestDifferences(seed: readonly SeedValue[], actual: unknown, at: string): string[] {
  return seed
    .map((shown) => differences(shown, actual, at))
    .reduce((best, next) => (next.length < best.length ? next : best));
}

function isLikeText(seed: string, actual: unknown): boolean {
  // Lists of names are shown as text in places, numbers as well.
  if (isList(actual)) return actual.every((item) => typeof item === 'string');
  if (/^\d+$/.test(seed) && typeof actual === 'number') return true;
  if (typeof actual !== 'string') return false;
  if (seedDate.test(seed)) return localDate.test(actual);
  if (seed.startsWith('/')) return /^(?:\/|[A-Z]:\\)/.test(actual);
  if (seed.startsWith('python ')) return actual.startsWith('compressor-bench ');
  return true;
}

function isList(value: unknown): value is readonly SeedValue[] {
  return Array.isArray(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unlike(at: string, seed: SeedValue, actual: unknown): string {
  return `${at} is ${JSON.stringify(actual).slice(0, 80)}, not like ${JSON.stringify(seed).slice(0, 80)}`;
}
