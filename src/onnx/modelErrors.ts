// Every failure of reading, checking or writing a model file, made in one place.
import { BenchError } from '../protocol/benchError';
import type { FailureRecord } from '../protocol/benchError';

/** An error about a model file. `code` starts with `model-`. */
export class ModelError extends BenchError {
  override readonly name = 'ModelError';
}

/** The same error, its sentence starting with the file it is about unless it names it already. */
export function inFile(path: string, error: ModelError): ModelError {
  if (error.message.includes(path)) return error;
  return new ModelError({ ...error.toRecord(), message: `${path}: ${error.message}` }, { cause: error.cause });
}

/** Models of other tools that can be looked at but not run; `model-` and one of these is the code of the refusal. */
export type ForeignFormat = 'tensorflow-graph' | 'openvino-ir';

const foreignFormats: Readonly<Record<ForeignFormat, { readonly title: string; readonly conversion: string }>> = {
  'tensorflow-graph': {
    title: 'a frozen graph of TensorFlow',
    conversion:
      'Convert it: `python -m tf2onnx.convert --graphdef FILE --inputs NAME:0 --outputs NAME:0 --output model.onnx`;',
  },
  'openvino-ir': {
    title: 'a model of OpenVINO (IR)',
    conversion: 'Take the ONNX model it was made from, or export that again from where it was trained;',
  },
};

const exportAgain = 'Get the model again from where it came, or export it again.';

function make(code: string, message: string, place: string | undefined, nextStep: string, cause?: unknown): ModelError {
  const record: FailureRecord = { code: `model-${code}`, message, nextStep, ...(place === undefined ? {} : { place }) };
  return new ModelError(record, cause === undefined ? undefined : { cause });
}

/** A name from a model as it may be shown: on one line, in quotes, cut to 100 characters. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}

/** One factory per failure; the reader adds the file's name with `inFile`. */
export const modelErrors = {
  // — the file —
  missing: (path: string): ModelError =>
    make(
      'missing',
      `There is no model file ${path}.`,
      path,
      'Check the path; relative paths start at the current folder.',
    ),
  notAFile: (path: string, kind: string): ModelError =>
    make('not-a-file', `${path} is ${kind}, not a model file.`, path, 'Name the .onnx file itself.'),
  unreadable: (path: string, systemCode: string, cause: unknown): ModelError =>
    make(
      'unreadable',
      `The model file ${path} cannot be read: the system reported ${systemCode}.`,
      path,
      'Check the permissions of the file and its folder.',
      cause,
    ),
  unwritable: (path: string, record: FailureRecord, cause: unknown): ModelError =>
    make(
      'unwritable',
      `The model ${path} was not written, and nothing of it was left behind: ${record.message}`,
      record.place ?? path,
      record.nextStep ?? 'Check the disk, or name another place.',
      cause,
    ),
  empty: (): ModelError => make('empty', 'The file is empty.', 'byte 0', exportAgain),
  gitLfsPointer: (): ModelError =>
    make(
      'git-lfs-pointer',
      'This is a Git LFS pointer, not the model it points to.',
      undefined,
      'Run `git lfs pull` in the repository it came from.',
    ),
  notOnnx: (what: string): ModelError =>
    make('not-onnx', `This is ${what}, not an ONNX model.`, undefined, 'Take a file that was exported as ONNX.'),
  foreignFormat: (format: ForeignFormat): ModelError =>
    make(
      format,
      `This is ${foreignFormats[format].title}; models run here as ONNX only.`,
      undefined,
      `${foreignFormats[format].conversion} \`inspect\` and \`graph\` show it as it is.`,
    ),
  savedModel: (): ModelError =>
    make(
      'not-onnx',
      'This is a SavedModel of TensorFlow, not an ONNX model.',
      undefined,
      'Convert its folder: `python -m tf2onnx.convert --saved-model FOLDER --output model.onnx`.',
    ),
  fileTooLarge: (sizeBytes: number, limitBytes: number): ModelError =>
    make(
      'too-large',
      `The file has ${sizeBytes} bytes, and an ONNX file can have at most ${limitBytes}.`,
      undefined,
      'Export the model with external data: the weights then lie in a second file.',
    ),

  // — the bytes —
  truncated: (offset: number): ModelError =>
    make(
      'truncated',
      'The file ends in the middle of the model: it is cut off or damaged.',
      `byte ${offset}`,
      exportAgain,
    ),
  malformed: (what: string, offset: number): ModelError =>
    make('malformed', `The file is not valid ONNX: ${what}.`, `byte ${offset}`, exportAgain),
  tooMany: (what: string, limit: number): ModelError =>
    make(
      'limit',
      `The model has more than ${limit} ${what}; that many are not read.`,
      undefined,
      'If the model is honest, split it or simplify it where it is exported.',
    ),
  tooDeep: (limit: number, offset: number): ModelError =>
    make(
      'nesting',
      `Graphs and types are nested more than ${limit} levels deep; such a model is not read, it could crash the engine.`,
      `byte ${offset}`,
      'Export the model again without so many nested If, Loop or Scan nodes.',
    ),
  sourceFailed: (reason: string, cause: unknown): ModelError =>
    make(
      'io',
      `Reading the model's bytes failed: ${reason}.`,
      undefined,
      'Check the disk and run the command again.',
      cause,
    ),

  // — the graph —
  noGraph: (): ModelError =>
    make('no-graph', 'The file holds no graph, so it is not an ONNX model or an empty one.', undefined, exportAgain),
  cycle: (node: string, opType: string): ModelError =>
    make(
      'cycle',
      'The graph feeds itself: its nodes cannot be put in an order in which each runs after what it reads.',
      `node ${quoted(node)} (${opType})`,
      'Export the model again; a graph with a cycle is not valid ONNX.',
    ),
  duplicateOutput: (tensor: string, place: string): ModelError =>
    make(
      'duplicate-output',
      `The tensor ${quoted(tensor)} is made twice.`,
      place,
      'Export the model again; names must be unique.',
    ),
  duplicateInitializer: (tensor: string, place: string): ModelError =>
    make(
      'duplicate-initializer',
      `The initializer ${quoted(tensor)} is there twice.`,
      place,
      'Export the model again; names must be unique.',
    ),
  missingProducer: (tensor: string, place: string): ModelError =>
    make(
      'missing-input',
      `The tensor ${quoted(tensor)} is read, but nothing makes it: no node, input or initializer has this name.`,
      place,
      'Export the model again; a part of the graph is missing.',
    ),
  duplicateFunction: (name: string): ModelError =>
    make(
      'duplicate-function',
      `The model-local function ${quoted(name)} is there twice.`,
      `function ${quoted(name)}`,
      exportAgain,
    ),
  functionCycle: (name: string): ModelError =>
    make(
      'function-cycle',
      'A model-local function calls itself, directly or through others.',
      `function ${quoted(name)}`,
      exportAgain,
    ),
  functionGrowth: (limit: number): ModelError =>
    make(
      'limit',
      `With its model-local functions put in, the model has more than ${limit} nodes; that many are not read.`,
      undefined,
      'If the model is honest, split it or simplify it where it is exported.',
    ),
  functionDepth: (name: string, limit: number): ModelError =>
    make(
      'function-depth',
      `Model-local functions call each other more than ${limit} deep; such a model can crash the engine.`,
      `function ${quoted(name)}`,
      'Inline the functions (onnx.inliner) and use the result.',
    ),

  noNode: (name: string): ModelError =>
    make(
      'no-node',
      `The model has no node ${quoted(name)}.`,
      `node ${quoted(name)}`,
      'Names are those `compressor-bench graph MODEL --json` shows as ids.',
    ),

  // — tensors —
  badDims: (tensor: string, dims: readonly number[], why: string): ModelError =>
    make(
      'tensor-shape',
      `The tensor ${quoted(tensor)} has the shape [${shownDims(dims)}], ${why}.`,
      `tensor ${quoted(tensor)}`,
      exportAgain,
    ),
  dataLength: (tensor: string, dims: readonly number[], expected: string, found: number): ModelError =>
    make(
      'tensor-data',
      `The tensor ${quoted(tensor)} of shape [${shownDims(dims)}] needs ${expected} of data and holds ${found}.`,
      `tensor ${quoted(tensor)}`,
      exportAgain,
    ),
  unsuitableType: (tensor: string, typeName: string, wanted: string): ModelError =>
    make(
      'tensor-type',
      `The tensor ${quoted(tensor)} holds ${typeName} and cannot be read as ${wanted}.`,
      `tensor ${quoted(tensor)}`,
      'Look at the node that uses it: it is not what this step expects.',
    ),
  unsafeInteger: (tensor: string, value: bigint): ModelError =>
    make(
      'tensor-integer',
      `The tensor ${quoted(tensor)} holds ${value.toString()}, which is too large to count with.`,
      `tensor ${quoted(tensor)}`,
      exportAgain,
    ),
  sparse: (tensor: string, why: string): ModelError =>
    make(
      'sparse-tensor',
      `The sparse tensor ${quoted(tensor)} is not valid: ${why}.`,
      `tensor ${quoted(tensor)}`,
      exportAgain,
    ),

  // — external data —
  external: (tensor: string, reason: FailureRecord, cause: unknown): ModelError =>
    make(
      'external-data',
      `The data of tensor ${quoted(tensor)} lies in another file: ${reason.message}`,
      `tensor ${quoted(tensor)}`,
      reason.nextStep ?? exportAgain,
      cause,
    ),
  externalEntry: (tensor: string, what: string): ModelError =>
    make(
      'external-data',
      `The tensor ${quoted(tensor)} names external data wrongly: ${what}.`,
      `tensor ${quoted(tensor)}`,
      exportAgain,
    ),
  externalWithoutFolder: (tensor: string): ModelError =>
    make(
      'external-data',
      `The data of tensor ${quoted(tensor)} lies in another file, and a model given as bytes has no folder to look in.`,
      `tensor ${quoted(tensor)}`,
      'Open the model by its path.',
    ),
  messageTooLarge: (sizeBytes: number, limitBytes: number): ModelError =>
    make(
      'too-large',
      `The model would have ${sizeBytes} bytes, and an ONNX file can have at most ${limitBytes}.`,
      undefined,
      'Write it with external data.',
    ),
};

function shownDims(dims: readonly number[]): string {
  return dims.length > 10 ? `${dims.slice(0, 10).join(', ')}, …` : dims.join(', ');
}
