// What a client is told when something is refused or fails: a status and plain text (SYSTEMS §1.2), never more.
import { isAbsolute, relative, sep } from 'node:path';
import type { Refusal } from '../bench/requestErrors';
import { RequestError } from '../bench/requestErrors';
import { BenchError } from '../protocol/benchError';
import { Refused } from './serverErrors';

export interface ErrorAnswer {
  readonly status: number;
  /** The sentence clients know, and on a line of its own what to do. */
  readonly text: string;
}

const refusalStatuses: Readonly<Record<Refusal, number>> = {
  'client-error': 400,
  'access-denied': 403,
  'not-found': 404,
};

/** Statuses of errors that are made elsewhere, by what their codes begin with; the first that fits. Others are 500. */
const statusesByCode: readonly (readonly [prefix: string, status: number])[] = [
  // Something was named that is not there, or not to be had.
  ['store-no-project', 404],
  ['store-no-record', 404],
  ['path-missing', 404],
  ['file-missing-folder', 404],
  ['path-outside', 403],
  ['path-hard-link', 403],
  // Somebody else was first: what the client sent was made for an older version.
  ['store-stale', 400],
  // A model, a config or data that the client named does not do what was asked.
  ...['path', 'model', 'graph', 'config', 'data', 'metric', 'quantize', 'tuning', 'optimize', 'engine'].map(
    (area) => [`${area}-`, 400] as const,
  ),
  ...['profiling', 'diagnosis', 'benchmark', 'example', 'usage', 'queue-already'].map(
    (area) => [`${area}-`, 400] as const,
  ),
];

/** The answer to a request that ended with `thrown`. `roots` are the folders whose paths clients know. */
export function errorAnswerOf(thrown: unknown, roots: readonly string[]): ErrorAnswer {
  if (!(thrown instanceof BenchError))
    return { status: 500, text: 'Something went wrong inside the server; its own output says more.\n' };
  const status = statusOf(thrown);
  const lines = [thrown.message, ...(thrown.nextStep === undefined ? [] : [thrown.nextStep])];
  // A request's own words go back as they are: what they name, the client has named.
  const isOwn = thrown instanceof RequestError || thrown instanceof Refused;
  const text = lines.map((line) => oneLine(isOwn ? line : withoutForeignPaths(line, thrown.place, roots))).join('\n');
  return { status, text: `${text}\n` };
}

function statusOf(error: BenchError): number {
  if (error instanceof Refused) return error.status;
  if (error instanceof RequestError) return refusalStatuses[error.refusal];
  return statusesByCode.find(([prefix]) => error.code.startsWith(prefix))?.[1] ?? 500;
}

/** Paths outside the folders a client may see are nobody's business: their last part has to do. */
function withoutForeignPaths(line: string, place: string | undefined, roots: readonly string[]): string {
  const isForeign = (path: string): boolean => isAbsolute(path) && !roots.some((root) => contains(root, path));
  const known = place !== undefined && isForeign(place) ? line.replaceAll(place, lastPart(place)) : line;
  return known.replaceAll(/(?<![\w.~-])(?:[a-z]:)?[/\\][^\s"'`,;:()<>]+/gi, (path) =>
    isForeign(path) ? lastPart(path) : path,
  );
}

function lastPart(path: string): string {
  return `…${sep}${path.split(/[/\\]/).at(-1) ?? ''}`;
}

function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Control characters of a name must not garble a terminal, nor make a second line. */
function oneLine(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ').slice(0, 2000);
}
