// JSON files of a data set whose content is an object.
import { dataErrors } from '../dataErrors';
import { readDataText } from '../loaders/dataText';

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * @throws DataError when the file holds something else, or is larger than `mostBytes`; FileError when it cannot be read
 */
export async function readJsonObject(path: string, mostBytes: number): Promise<JsonObject> {
  const value = parsedJson(await readDataText(path, mostBytes), path);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw dataErrors.malformed(path, 'it holds no JSON object');
  }
  return value as JsonObject;
}

/** Throws DataError naming the line of a mistake, where it can be found. */
export function parsedJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    const said = thrown instanceof Error ? thrown.message : '';
    if (said.includes('end of JSON input')) throw dataErrors.notJson(path, undefined, 'it ends too early');
    const position = mistakeAt(text, said);
    const line = position === undefined ? undefined : text.slice(0, position).split('\n').length;
    throw dataErrors.notJson(
      path,
      line,
      line === undefined ? 'it has a mistake, or is of another format' : `it has a mistake in line ${line}`,
    );
  }
}

/** Where the parser stopped: it tells the position, or quotes what stands around it. */
function mistakeAt(text: string, said: string): number | undefined {
  const [, position] = /at position (\d+)/.exec(said) ?? [];
  if (position !== undefined) return Number(position);
  const [, token = '', around = ''] =
    /Unexpected token '([^]+?)', (?:\.\.\.)?"([^]*?)"(?:\.\.\.)? is not valid/.exec(said) ?? [];
  const start = around === '' ? -1 : text.indexOf(around);
  if (start < 0 || start !== text.lastIndexOf(around)) return undefined;
  return start + Math.max(0, around.indexOf(token, Math.min(10, around.length - 1)));
}

/** The value where it is an object, else an empty one. */
export function jsonObjectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
