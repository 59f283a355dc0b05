// Opens models: decodes, applies the limits, checks what the model is made of, and says what is doubtful about it.
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { systemErrorCode } from '../files/fileErrors';
import { FileSource, MemorySource } from './byteSource';
import type { ByteSource } from './byteSource';
import { decodeModel } from './decode';
import { foreignFileError, sniffedBytes } from './foreignFiles';
import { defaultLimits } from './limits';
import type { ModelLimits } from './limits';
import type { GraphProto, ModelProto } from './messages';
import { ModelError, inFile, modelErrors } from './modelErrors';
import { problemsOf } from './modelProblems';
import type { ModelProblem } from './modelProblems';
import { checkStructure } from './structureChecks';
import { TensorReader } from './tensorReader';

/** A model that was read. Its tensors are still in the file: whoever read it closes it when done with them. */
export interface OnnxModel {
  readonly proto: ModelProto;
  readonly graph: GraphProto;
  /** Absolute; undefined for a model given as bytes. */
  readonly path: string | undefined;
  /** The file and its external data together. */
  readonly sizeBytes: number;
  /** Real absolute paths of the files with external data, all let through by the path gate. */
  readonly externalFiles: readonly string[];
  readonly tensors: TensorReader;
  /** What may keep it from running; empty for a model in order. */
  readonly problems: readonly ModelProblem[];
  close(): void;
}

/**
 * Opens a model file without reading its weights (1 GB takes milliseconds). Throws a ModelError naming the file, with
 * everything closed, when it is missing, damaged, not ONNX, beyond the limits, broken in its structure, or names external
 * data that is missing, too short or outside its folder. Old or unknown versions are `problems`, not errors.
 */
export function readModel(path: string, limits: ModelLimits = defaultLimits): OnnxModel {
  const absolute = resolve(path);
  try {
    const source = openModelFile(path);
    return modelFrom(source, absolute, dirname(absolute), limits);
  } catch (thrown) {
    throw thrown instanceof ModelError ? inFile(path, thrown) : thrown;
  }
}

/** A model from memory; `folder` is where its external data lies, and without one it may have none. */
export function readModelBytes(bytes: Uint8Array, folder?: string, limits: ModelLimits = defaultLimits): OnnxModel {
  return modelFrom(new MemorySource(bytes), undefined, folder, limits);
}

/** Takes over `source`. */
function modelFrom(
  source: ByteSource,
  path: string | undefined,
  folder: string | undefined,
  limits: ModelLimits,
): OnnxModel {
  const tensors = new TensorReader(folder);
  const close = (): void => {
    tensors.close();
    source.close();
  };
  try {
    const proto = decodeChecked(source, limits);
    checkStructure(proto, tensors, limits);
    const { graph } = proto;
    if (graph === undefined) throw modelErrors.noGraph();
    const sizeBytes = source.sizeBytes + tensors.externalBytes;
    return {
      proto,
      graph,
      path,
      sizeBytes,
      externalFiles: tensors.externalFiles,
      tensors,
      problems: problemsOf(proto),
      close,
    };
  } catch (thrown) {
    close();
    throw thrown;
  }
}

function decodeChecked(source: ByteSource, limits: ModelLimits): ModelProto {
  if (source.sizeBytes === 0) throw modelErrors.empty();
  if (source.sizeBytes > limits.fileBytes) throw modelErrors.fileTooLarge(source.sizeBytes, limits.fileBytes);
  try {
    const proto = decodeModel(source, limits);
    if (proto.graph === undefined) throw modelErrors.noGraph();
    return proto;
  } catch (thrown) {
    const start = source.read(0, Math.min(sniffedBytes, source.sizeBytes));
    throw foreignFileError(start) ?? thrown;
  }
}

/** Opens a file that may hold a model. Throws a ModelError when it is missing, unreadable or no plain file. */
export function openModelFile(path: string): FileSource {
  let fd: number;
  try {
    // Without the flag, opening a named pipe would wait for somebody to write to it.
    const flags: Partial<typeof constants> = constants;
    fd = openSync(path, constants.O_RDONLY | (flags.O_NONBLOCK ?? 0));
  } catch (thrown) {
    throw openFailure(path, thrown);
  }
  const stats = fstatSync(fd);
  if (stats.isFile()) return new FileSource(fd);
  closeSync(fd);
  throw modelErrors.notAFile(path, stats.isDirectory() ? 'a folder' : 'a device or pipe');
}

function openFailure(path: string, thrown: unknown): ModelError {
  const systemCode = systemErrorCode(thrown);
  if (systemCode === 'ENOENT' || systemCode === 'ENOTDIR') return modelErrors.missing(path);
  if (systemCode === 'EISDIR') return modelErrors.notAFile(path, 'a folder');
  return modelErrors.unreadable(path, systemCode ?? 'an unknown error', thrown);
}
