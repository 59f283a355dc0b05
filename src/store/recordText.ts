// Records as the text of their files, and back: a file is whatever somebody made of it until it has been checked here.
import { isUtf8 } from 'node:buffer';
import type { RecordKind, RecordsByKind } from './records';
import { faultOfRecord } from './recordFields';

/** A record is written by hand or by a form; what is larger is something else. */
export const mostRecordBytes = 4 * 1024 * 1024;

/** What a file holds, or why it holds no record (`is not JSON`, …; fits behind the name of the file). */
export type ReadRecord<Kind extends RecordKind> =
  | { readonly record: RecordsByKind[Kind]; readonly fault?: undefined }
  | { readonly record?: undefined; readonly fault: string };

/** Deep enough for the parameters of any loader. */
const mostLevels = 50;

export function textOfRecord(record: RecordsByKind[RecordKind]): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

export function readRecord<Kind extends RecordKind>(kind: Kind, bytes: Uint8Array): ReadRecord<Kind> {
  if (bytes.length > mostRecordBytes) return { fault: `is too large for a record (${bytes.length} bytes)` };
  if (!isUtf8(bytes)) return { fault: 'is not text in UTF-8' };
  // Some editors put a byte order mark in front.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: /^(?:<{7}|>{7}) /m.test(text) ? 'holds an unresolved conflict of git' : 'is not JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { fault: 'is not a JSON object' };
  const fault = faultOfTree(value, mostLevels) ?? faultOfRecord(kind, value as Readonly<Record<string, unknown>>);
  // Every field has been checked against the type.
  return fault === undefined ? { record: value as RecordsByKind[Kind] } : { fault: `is no ${kind}: ${fault}` };
}

/** Keys that would change what an object is when it is copied, and depths at which a walk of it would end the process. */
function faultOfTree(value: object, levels: number): string | undefined {
  if (levels === 0) return `it is nested more than ${mostLevels} levels deep`;
  for (const key of Object.keys(value)) {
    if (key === '__proto__') return 'it has a key "__proto__"';
    const inner: unknown = (value as Record<string, unknown>)[key];
    const fault = typeof inner === 'object' && inner !== null ? faultOfTree(inner, levels - 1) : undefined;
    if (fault !== undefined) return fault;
  }
  return undefined;
}
