// Runs of bytes that lie in memory or still on disk, read alike.
import type { Bytes } from './messages';
import { ModelError, modelErrors } from './modelErrors';

/** The bytes in memory: a view where they already are, otherwise read from disk. Throws a ModelError when that fails. */
export function readBytes(bytes: Bytes): Uint8Array {
  return bytes instanceof Uint8Array ? bytes : readSlice(bytes, 0, bytes.length);
}

/** A part of the bytes, `offset` counted from their start. */
export function readSlice(bytes: Bytes, offset: number, length: number): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes.subarray(offset, offset + length);
  try {
    return bytes.source.read(bytes.offset + offset, length);
  } catch (thrown) {
    if (thrown instanceof ModelError) throw thrown;
    throw modelErrors.sourceFailed(thrown instanceof Error ? thrown.message : String(thrown), thrown);
  }
}
