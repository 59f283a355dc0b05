// A TFRecord file: records one after the other, each with its length and two checksums. Layout:
// https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
import type { FileSource } from '../../../onnx/byteSource';
import { dataErrors } from '../../dataErrors';
import { openDataFile } from '../dataFile';
import { maskedCrc32c } from './crc32c';

/** Length and its checksum. */
const headerBytes = 12;
/** The checksum after the data. */
const footerBytes = 4;
/** A record holds a picture; more is damage or an attack. */
const mostRecordBytes = 256 * 2 ** 20;

/** A record, and where it stands. */
export interface FoundRecord {
  readonly file: string;
  /** From 0. */
  readonly index: number;
  /** Where its header begins. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Knows where each record begins. It is opened for each that is read: large sets have more files than a process may hold. */
export class RecordFile {
  private constructor(
    readonly path: string,
    /** Where the headers begin. */
    private readonly offsets: readonly number[],
  ) {}

  /** Goes from header to header without reading what is between. Throws a DataError where they do not fit. */
  static open(path: string): RecordFile {
    return new RecordFile(
      path,
      withFile(path, (source) => recordOffsets(source, path)),
    );
  }

  get length(): number {
    return this.offsets.length;
  }

  /** Reads a record and checks its sum. */
  read(index: number): FoundRecord {
    const offset = this.offsets[index];
    if (offset === undefined) throw dataErrors.end(index);
    const end = this.offsets[index + 1];
    const framed = withFile(this.path, (source) => {
      const start = offset + headerBytes;
      return source.read(start, (end ?? source.sizeBytes) - start);
    });
    const bytes = framed.subarray(0, framed.length - footerBytes);
    if (viewOf(framed).getUint32(bytes.length, true) !== maskedCrc32c(bytes)) {
      throw dataErrors.badRecord(this.path, index, offset, 'its data does not fit its checksum');
    }
    return { file: this.path, index, offset, bytes };
  }
}

function withFile<Answer>(path: string, work: (source: FileSource) => Answer): Answer {
  const source = openDataFile(path);
  try {
    return work(source);
  } finally {
    source.close();
  }
}

function recordOffsets(source: FileSource, path: string): number[] {
  const offsets: number[] = [];
  let offset = 0;
  while (offset < source.sizeBytes) {
    const record = offsets.length;
    if (source.sizeBytes - offset < headerBytes + footerBytes) {
      throw dataErrors.badRecord(path, record, offset, 'the file ends within it');
    }
    const header = source.read(offset, headerBytes);
    if (viewOf(header).getUint32(8, true) !== maskedCrc32c(header.subarray(0, 8))) {
      if (record === 0) throw noRecords(path, header);
      throw dataErrors.badRecord(path, record, offset, 'its length does not fit its checksum');
    }
    const length = viewOf(header).getBigUint64(0, true);
    if (length > BigInt(mostRecordBytes)) {
      throw dataErrors.badRecord(path, record, offset, `it claims ${length} bytes, more than ${mostRecordBytes}`);
    }
    const end = offset + headerBytes + Number(length) + footerBytes;
    if (end > source.sizeBytes) throw dataErrors.badRecord(path, record, offset, 'the file ends within it');
    offsets.push(offset);
    offset = end;
  }
  return offsets;
}

function noRecords(path: string, header: Uint8Array): Error {
  const isGzip = header[0] === 0x1f && header[1] === 0x8b;
  return isGzip
    ? dataErrors.unsupported(path, 'it is compressed', `Unpack it first: gunzip -k ${path}.`)
    : dataErrors.malformed(path, 'it is no TFRecord file, for its first checksum is wrong');
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
