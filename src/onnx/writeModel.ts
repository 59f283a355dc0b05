// Writes models: complete or not at all, streamed, with large tensors in a second file where one file cannot hold them.
import { rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AtomicFile } from '../files/atomicWrite';
import { scratchDisk, systemDisk } from '../files/disk';
import { BenchError } from '../protocol/benchError';
import { readBytes, readSlice } from './bytes';
import { encodePieces, encodedSize } from './encode';
import { isExternal } from './externalData';
import { layOut } from './externalLayout';
import type { ExternalLayout } from './externalLayout';
import { defaultLimits } from './limits';
import type { Bytes, ModelProto, TensorProto } from './messages';
import { ModelError, inFile, modelErrors } from './modelErrors';
import { mapTensors } from './modelWalk';
import { TensorReader } from './tensorReader';

/** How to write a model. */
export interface WriteOptions {
  /**
   * `auto` (default) puts tensors of 1 KB or more into `<file name>.data` when one file cannot hold the model, `always`
   * does in any case, `never` refuses a model that is too large.
   */
  readonly externalData?: 'auto' | 'always' | 'never';
  /** The reader of the model the tensors come from; needed when some of them are external there. */
  readonly tensors?: TensorReader;
  /** Most bytes of the model file itself. */
  readonly limitBytes?: number;
  readonly signal?: AbortSignal;
  /** The files go with the job: they need not outlive a power cut (false). */
  readonly isScratch?: boolean;
}

/** What was written. */
export interface WrittenModel {
  /** All files together. */
  readonly sizeBytes: number;
  /** Absolute paths: the model, then its data file if there is one. */
  readonly files: string[];
}

/** A model as one array, untouched parts as they were read. May be a view of the bytes it was read from. */
export function encodeModel(model: ModelProto): Uint8Array {
  const pieces = encodePieces(model);
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return readBytes(only);
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    all.set(readBytes(piece), offset);
    offset += piece.length;
  }
  return all;
}

/**
 * Writes a model (temporary file, sync, rename), reading tensors that are on disk block by block. The model may be
 * written over the one it came from. External tensors of the original are put into the new file or its data file, never
 * left behind. Throws a ModelError naming the file, with nothing written, when the disk is full or cannot be written to,
 * tensors cannot be read, or the model is too large.
 */
export async function writeModel(path: string, model: ModelProto, options: WriteOptions = {}): Promise<WrittenModel> {
  const target = resolve(path);
  const reader = options.tensors ?? new TensorReader(undefined);
  try {
    await refuseFolder(target);
    return await writeFiles(target, planned(target, model, reader, options), reader, options);
  } catch (thrown) {
    if (thrown instanceof ModelError) throw inFile(path, thrown);
    if (thrown instanceof BenchError) throw modelErrors.unwritable(path, thrown.toRecord(), thrown);
    throw thrown;
  }
}

interface Plan {
  readonly proto: ModelProto;
  readonly layout: ExternalLayout | undefined;
}

/** Decides on one file or two. */
function planned(target: string, model: ModelProto, reader: TensorReader, options: WriteOptions): Plan {
  const limitBytes = options.limitBytes ?? defaultLimits.fileBytes;
  const mode = options.externalData ?? 'auto';
  const inline = mapTensors(model, (tensor) => inlined(tensor, reader));
  const sizeBytes = encodedSize(inline);
  if (mode !== 'always' && sizeBytes <= limitBytes) return { proto: inline, layout: undefined };
  if (mode === 'never') throw modelErrors.messageTooLarge(sizeBytes, limitBytes);
  const { proto, layout } = layOut(inline, `${basename(target)}.data`, reader);
  const smallerBytes = encodedSize(proto);
  if (smallerBytes > limitBytes) throw modelErrors.messageTooLarge(smallerBytes, limitBytes);
  return { proto, layout: layout.tensors.length === 0 ? undefined : layout };
}

/** The tensor with its elements in itself, which may still be on disk. */
function inlined(tensor: TensorProto, reader: TensorReader): TensorProto {
  if (!isExternal(tensor)) return tensor;
  const rawData = reader.rawBytes(tensor);
  const { dataLocation, ...rest } = tensor;
  return dataLocation === undefined ? tensor : { ...rest, externalData: [], rawData };
}

async function writeFiles(
  target: string,
  { proto, layout }: Plan,
  reader: TensorReader,
  { signal, isScratch = false }: WriteOptions,
): Promise<WrittenModel> {
  const disk = isScratch ? scratchDisk : systemDisk;
  const open: AtomicFile[] = [];
  try {
    const model = await AtomicFile.create(target, disk);
    open.push(model);
    let sizeBytes = 0;
    for (const piece of encodePieces(proto)) sizeBytes += await copyTo(model, piece, signal);
    if (layout === undefined) {
      await model.commit();
      return { sizeBytes, files: [target] };
    }
    const data = await AtomicFile.create(join(dirname(target), layout.fileName), disk);
    open.push(data);
    sizeBytes += await writeData(data, layout, reader, signal);
    // Both are complete on disk; the model comes last, so that it never names a file that is not there.
    await data.commit();
    await model.commit().catch(async (thrown: unknown) => {
      await rm(data.path, { force: true });
      throw thrown;
    });
    return { sizeBytes, files: [target, data.path] };
  } catch (thrown) {
    for (const file of open) await file.discard();
    throw thrown;
  }
}

async function writeData(
  file: AtomicFile,
  layout: ExternalLayout,
  reader: TensorReader,
  signal: AbortSignal | undefined,
): Promise<number> {
  let written = 0;
  for (const { tensor, offset } of layout.tensors) {
    if (offset > written) await file.write(new Uint8Array(offset - written));
    written = offset + (await copyTo(file, reader.rawBytes(tensor), signal));
  }
  return written;
}

/** Large enough for the speed of the disk, small beside the limit on memory. */
const copyBlockBytes = 4 * 1024 * 1024;

async function copyTo(file: AtomicFile, bytes: Bytes, signal: AbortSignal | undefined): Promise<number> {
  for (let offset = 0; offset < bytes.length; offset += copyBlockBytes) {
    signal?.throwIfAborted();
    await file.write(readSlice(bytes, offset, Math.min(copyBlockBytes, bytes.length - offset)));
  }
  return bytes.length;
}

/** A rename onto a folder would fail only after everything was written. */
async function refuseFolder(target: string): Promise<void> {
  const stats = await stat(target).catch(() => undefined);
  if (stats?.isDirectory() === true) throw modelErrors.notAFile(target, 'a folder');
}
