// A small reader of zip archives, as NumPy writes them (.npz). Format: PKWARE APPNOTE 6.3, with zip64.
import { inflateRawSync } from 'node:zlib';
import { MemorySource } from '../../onnx/byteSource';
import type { ByteSource } from '../../onnx/byteSource';
import { dataErrors } from '../dataErrors';
import { openDataFile } from './dataFile';

/** Caps for archives that lie about themselves (RELIABILITY P5). */
const limits = {
  entries: 10_000,
  directoryBytes: 16 * 2 ** 20,
  /** Compressed entries are unpacked into memory. */
  unpackedBytes: 2 ** 31 - 1,
  /** Deflate cannot pack tighter than this. */
  ratio: 1032,
} as const;

interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly headerOffset: number;
}

/** An open archive. Whoever opened it closes it, after the last read from its entries. */
export class ZipFile {
  private constructor(
    private readonly path: string,
    private readonly source: ByteSource,
    private readonly entries: ReadonlyMap<string, ZipEntry>,
  ) {}

  static open(path: string): ZipFile {
    const source = openDataFile(path);
    try {
      return new ZipFile(path, source, readDirectory(source, path));
    } catch (thrown) {
      source.close();
      throw thrown instanceof RangeError ? dataErrors.malformed(path, 'its zip directory is damaged') : thrown;
    }
  }

  get names(): string[] {
    return [...this.entries.keys()];
  }

  /** The content of an entry: a window of the file when it is stored, memory when it is compressed. */
  content(name: string): ByteSource {
    const entry = this.entries.get(name);
    if (entry === undefined) throw dataErrors.malformed(this.path, `it has no entry ${name}`);
    try {
      return this.contentOf(entry);
    } catch (thrown) {
      if (thrown instanceof RangeError)
        throw dataErrors.malformed(this.path, `its entry ${name} reaches beyond its end`);
      throw thrown;
    }
  }

  close(): void {
    this.source.close();
  }

  private contentOf(entry: ZipEntry): ByteSource {
    const { name, method, packedBytes, unpackedBytes } = entry;
    const start = this.dataOffset(entry);
    if (start + packedBytes > this.source.sizeBytes) throw new RangeError('entry');
    if (entry.isEncrypted)
      throw dataErrors.unsupported(this.path, `its entry ${name} is encrypted`, 'Save it without a password.');
    if (method === 0) return new WindowSource(this.source, start, packedBytes);
    if (method !== 8) {
      throw dataErrors.unsupported(
        this.path,
        `its entry ${name} is compressed by method ${method}`,
        'Save it with np.savez or np.savez_compressed.',
      );
    }
    if (unpackedBytes > Math.min(limits.unpackedBytes, packedBytes * limits.ratio + 1024)) {
      throw dataErrors.unsupported(
        this.path,
        `its entry ${name} says it unpacks to ${unpackedBytes} bytes`,
        'Save it uncompressed, with np.savez.',
      );
    }
    return new MemorySource(this.inflated(name, this.source.read(start, packedBytes), unpackedBytes));
  }

  private inflated(name: string, packed: Uint8Array, unpackedBytes: number): Uint8Array {
    try {
      const bytes = inflateRawSync(packed, { maxOutputLength: Math.max(1, unpackedBytes) });
      if (bytes.length === unpackedBytes) return bytes;
    } catch {
      // Said below: whatever zlib calls it, the entry does not hold what it says.
    }
    throw dataErrors.malformed(this.path, `its entry ${name} is damaged`);
  }

  /** The local header repeats the name and has extra fields of its own length. */
  private dataOffset({ headerOffset, name }: ZipEntry): number {
    const header = viewOf(this.source.read(headerOffset, 30));
    if (header.getUint32(0, true) !== 0x04034b50) throw dataErrors.malformed(this.path, `its entry ${name} is damaged`);
    return headerOffset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  }
}

/** Part of another source; closing it does nothing, the archive closes the file. */
class WindowSource implements ByteSource {
  constructor(
    private readonly source: ByteSource,
    private readonly start: number,
    readonly sizeBytes: number,
  ) {}

  read(offset: number, length: number): Uint8Array {
    if (offset < 0 || length < 0 || offset + length > this.sizeBytes) throw new RangeError('read outside the entry');
    return this.source.read(this.start + offset, length);
  }

  close(): void {
    // The archive holds the file.
  }
}

function readDirectory(source: ByteSource, path: string): Map<string, ZipEntry> {
  const { count, offset, sizeBytes } = findDirectory(source, path);
  if (count > limits.entries || sizeBytes > limits.directoryBytes) {
    throw dataErrors.unsupported(
      path,
      `it has ${count} entries, too many for arrays`,
      'Check that this is the file you meant.',
    );
  }
  const bytes = source.read(offset, sizeBytes);
  const view = viewOf(bytes);
  const entries = new Map<string, ZipEntry>();
  for (let index = 0, at = 0; index < count; index++) {
    if (view.getUint32(at, true) !== 0x02014b50) throw dataErrors.malformed(path, 'its zip directory is damaged');
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameBytes));
    const extra = viewOf(bytes.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes));
    entries.set(name, {
      name,
      method: view.getUint16(at + 10, true),
      isEncrypted: (view.getUint16(at + 8, true) & 1) === 1,
      ...sizesOf(view, at, extra),
    });
    at += 46 + nameBytes + extraBytes + view.getUint16(at + 32, true);
  }
  return entries;
}

/** Sizes and offset of an entry; 0xffffffff means that the zip64 extra field (0x0001) has the real one, in this order. */
function sizesOf(
  view: DataView,
  at: number,
  extra: DataView,
): Pick<ZipEntry, 'packedBytes' | 'unpackedBytes' | 'headerOffset'> {
  let wideAt = zip64FieldAt(extra);
  const wide = (narrow: number): number => {
    if (narrow !== 0xffffffff || wideAt === undefined) return narrow;
    wideAt += 8;
    return Number(extra.getBigUint64(wideAt - 8, true));
  };
  const unpackedBytes = wide(view.getUint32(at + 24, true));
  const packedBytes = wide(view.getUint32(at + 20, true));
  return { unpackedBytes, packedBytes, headerOffset: wide(view.getUint32(at + 42, true)) };
}

function zip64FieldAt(extra: DataView): number | undefined {
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    if (extra.getUint16(at, true) === 1) return at + 4;
  }
  return undefined;
}

/** The end record is the last thing in the file, before a comment of up to 65,535 bytes. */
function findDirectory(source: ByteSource, path: string): { count: number; offset: number; sizeBytes: number } {
  const tailBytes = Math.min(source.sizeBytes, 22 + 65535);
  const tailStart = source.sizeBytes - tailBytes;
  const tail = viewOf(source.read(tailStart, tailBytes));
  for (let at = tailBytes - 22; at >= 0; at--) {
    if (tail.getUint32(at, true) !== 0x06054b50) continue;
    const wide = zip64Directory(source, tailStart + at);
    return (
      wide ?? {
        count: tail.getUint16(at + 10, true),
        sizeBytes: tail.getUint32(at + 12, true),
        offset: tail.getUint32(at + 16, true),
      }
    );
  }
  throw dataErrors.malformed(path, 'it is no zip archive, or its end is missing');
}

/** The zip64 end record, if a locator for it stands before the plain one. */
function zip64Directory(
  source: ByteSource,
  endOffset: number,
): { count: number; offset: number; sizeBytes: number } | undefined {
  if (endOffset < 20) return undefined;
  const locator = viewOf(source.read(endOffset - 20, 20));
  if (locator.getUint32(0, true) !== 0x07064b50) return undefined;
  const record = viewOf(source.read(Number(locator.getBigUint64(8, true)), 56));
  if (record.getUint32(0, true) !== 0x06064b50) throw new RangeError('zip64 record');
  return {
    count: Number(record.getBigUint64(32, true)),
    sizeBytes: Number(record.getBigUint64(40, true)),
    offset: Number(record.getBigUint64(48, true)),
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
