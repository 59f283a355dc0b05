// External data of tensors: which file and which bytes of it a tensor names, and that file opened through the gate.
import { openInside } from '../files/pathGate';
import { PathError } from '../files/pathErrors';
import { FileSource } from './byteSource';
import type { ByteSource } from './byteSource';
import type { ByteSlice, StringEntry, TensorProto } from './messages';
import { modelErrors } from './modelErrors';

/** A value of TensorProto.DataLocation. */
export const externalLocation = 1;

/** What `external_data` says; an absent length means up to the end of the file. */
export interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
  readonly length: number | undefined;
}

/** Whether the elements lie in another file. */
export function isExternal(tensor: TensorProto): boolean {
  return tensor.dataLocation === externalLocation;
}

/**
 * The place a tensor names. A checksum is not looked at; unknown keys are not either (onnx, ExternalData.md).
 * Throws a ModelError when the location is missing, a key is there twice, or a number is not a whole, non-negative one.
 */
export function externalPlaceOf(tensor: TensorProto): ExternalPlace {
  const location = entryValue(tensor, 'location');
  if (location === undefined || location === '') throw modelErrors.externalEntry(tensor.name, 'it gives no location');
  return { location, offset: wholeNumber(tensor, 'offset') ?? 0, length: wholeNumber(tensor, 'length') };
}

function entryValue(tensor: TensorProto, key: string): string | undefined {
  const entries = tensor.externalData.filter((entry: StringEntry) => entry.key === key);
  // Readers disagree on which of two counts; one that was checked and another that is used would be a hole.
  if (entries.length > 1) throw modelErrors.externalEntry(tensor.name, `it gives its ${key} twice`);
  return entries[0]?.value;
}

function wholeNumber(tensor: TensorProto, key: string): number | undefined {
  const text = entryValue(tensor, key);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^[0-9]{1,16}$/.test(text) || !Number.isSafeInteger(value)) {
    throw modelErrors.externalEntry(tensor.name, `its ${key} is not a whole number of bytes`);
  }
  return value;
}

/** Models with a file for each tensor have thousands of them, and a process may hold about a thousand open. */
const mostOpenFiles = 64;

/** The external files of one model, opened when they are read. Whoever makes it closes it. */
export class ExternalFiles {
  private readonly known = new Map<string, ExternalFile>();
  private readonly open = new Set<ExternalFile>();
  private closed = false;

  constructor(private readonly folder: string | undefined) {}

  /**
   * The bytes a tensor names, still on disk. Throws a ModelError naming the tensor when the gate refuses the path, or
   * offset and length do not lie within the file.
   */
  locate(tensor: TensorProto): ByteSlice {
    const place = externalPlaceOf(tensor);
    const source = this.fileOf(tensor, place.location);
    const length = place.length ?? source.sizeBytes - place.offset;
    if (length < 0 || place.offset + length > source.sizeBytes) {
      const end = place.offset + Math.max(length, 0);
      const named = `bytes ${place.offset} to ${end} of ${JSON.stringify(place.location)}`;
      throw modelErrors.externalEntry(tensor.name, `it names ${named}, which has ${source.sizeBytes} bytes`);
    }
    return { source, offset: place.offset, length };
  }

  /** Real absolute paths of the files named so far, each once. */
  get paths(): readonly string[] {
    return [...this.sizes().keys()];
  }

  /** Bytes of the files named so far. */
  get sizeBytes(): number {
    return [...this.sizes().values()].reduce((sum, size) => sum + size, 0);
  }

  /** Closes every file; reads of slices made before then fail. */
  close(): void {
    this.closed = true;
    for (const file of this.open) file.close();
    this.open.clear();
  }

  private sizes(): Map<string, number> {
    return new Map([...this.known.values()].map((file) => [file.path, file.sizeBytes]));
  }

  private fileOf(tensor: TensorProto, location: string): ExternalFile {
    const known = this.known.get(location);
    if (known !== undefined) return known;
    if (this.folder === undefined) throw modelErrors.externalWithoutFolder(tensor.name);
    try {
      const file = new ExternalFile(this.folder, location, (opening) => this.makeRoom(opening));
      this.known.set(location, file);
      return file;
    } catch (thrown) {
      if (!(thrown instanceof PathError)) throw thrown;
      throw modelErrors.external(tensor.name, thrown.toRecord(), thrown);
    }
  }

  private makeRoom(opening: ExternalFile): void {
    if (this.closed) throw new RangeError('read from a closed file');
    const oldest = this.open.values().next();
    if (this.open.size >= mostOpenFiles && oldest.done !== true) {
      oldest.value.close();
      this.open.delete(oldest.value);
    }
    this.open.add(opening);
  }
}

/** A file the gate let through; may be closed and opened again (through the gate) behind its readers' backs. */
class ExternalFile implements ByteSource {
  readonly path: string;
  readonly sizeBytes: number;
  private source: FileSource | undefined;
  private identity: string | undefined;

  constructor(
    private readonly folder: string,
    private readonly location: string,
    private readonly beforeOpen: (file: ExternalFile) => void,
  ) {
    const { source, path } = this.reopen();
    this.path = path;
    this.sizeBytes = source.sizeBytes;
  }

  read(offset: number, length: number): Uint8Array {
    const source = this.source ?? this.reopen().source;
    return source.read(offset, length);
  }

  close(): void {
    this.source?.close();
    this.source = undefined;
  }

  private reopen(): { source: FileSource; path: string } {
    this.beforeOpen(this);
    const { fd, path, identity } = openInside(this.folder, this.location);
    const source = new FileSource(fd);
    this.identity ??= identity;
    if (identity !== this.identity) {
      source.close();
      throw new RangeError(`${path} was replaced while it was read`);
    }
    this.source = source;
    return { source, path };
  }
}
