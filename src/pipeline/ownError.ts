// Errors of the library as a script sees it, in this bundle's terms.
import { placeOf } from '../data/loaders/userModule';
import { BenchError } from '../protocol/benchError';
import type { FailureRecord } from '../protocol/benchError';

/**
 * The library of a script is another bundle than this one: its errors are of other classes with the same fields. One that
 * has no place gets the line of the script that it came from: of what was thrown in a loader or metric, else of the call.
 */
export function ownError(thrown: unknown, path: string): unknown {
  if (!(thrown instanceof Error) || thrown instanceof BenchError || !('toRecord' in thrown)) return thrown;
  const { toRecord } = thrown;
  if (typeof toRecord !== 'function') return thrown;
  const record = toRecord.call(thrown) as FailureRecord;
  const line = [thrown.cause, thrown].map((one) => placeOf(one, path)).find((place) => place !== path);
  const place = record.place ?? line;
  return new BenchError({ ...record, ...(place === undefined ? {} : { place }) }, { cause: thrown });
}
