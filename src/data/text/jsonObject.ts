// JSON files of a data set whose content is an object.
import { dataErrors } from '../dataErrors';
import { readDataText } from '../loaders/dataText';

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * @throws DataError when the file holds something else, or is larger than `mostBytes`; FileError when it cannot be read
 */
export async function readJsonObject(path: string, mostBytes: number): Promise<JsonObject> {
  const text = await readDataText(path, mostBytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw dataErrors.malformed(path, `it is no JSON: ${thrown instanceof Error ? thrown.message : ''}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw dataErrors.malformed(path, 'it holds no JSON object');
  }
  return value as JsonObject;
}

/** The value where it is an object, else an empty one. */
export function jsonObjectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
