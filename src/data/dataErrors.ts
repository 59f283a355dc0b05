// Every failure of reading a data set, decoding its pictures or shaping its samples, made in one place.
import { BenchError } from '../protocol/benchError';

/** An error about a data set. `code` starts with `data-`. */
export class DataError extends BenchError {
  override readonly name = 'DataError';
}

/** One factory per failure. `problem` completes the sentence and has no full stop. */
export const dataErrors = {
  pictureUnreadable: (path: string, reason: string, cause?: unknown): DataError =>
    new DataError(
      {
        code: 'data-picture-unreadable',
        message: `The picture ${path} could not be read: ${reason}.`,
        place: path,
        nextStep: 'Replace the picture or take it out of the data set.',
      },
      { cause },
    ),
  pictureTooLarge: (path: string, width: number, height: number, limit: number): DataError =>
    new DataError({
      code: 'data-picture-too-large',
      message: `The picture ${path} has ${width} × ${height} pixels, more than the ${limit} that are read.`,
      place: path,
      nextStep: 'Make the picture smaller, or take it out of the data set.',
    }),
  /** The failure of a picture, at the place of the list that names it: the sentence names the picture already. */
  listed: (failure: DataError, place: string): DataError =>
    new DataError({ ...failure.toRecord(), place }, { cause: failure }),
  decoderMissing: (cause: unknown): DataError =>
    new DataError(
      {
        code: 'data-decoder-missing',
        message: 'The picture decoder (the package sharp) could not be loaded on this machine.',
        nextStep: 'Install the packages again on this machine with "npm ci --include=optional".',
      },
      { cause },
    ),
  /** `problem` completes "The transform Resize cannot be applied to cat/3.jpg: …". */
  transformFailed: (transform: string, sample: string, problem: string, nextStep: string, cause?: unknown): DataError =>
    new DataError(
      {
        code: 'data-transform',
        message: `The transform ${transform} cannot be applied to ${sample}: ${problem}.`,
        place: `transform.${transform}`,
        nextStep,
      },
      { cause },
    ),
  transformParameters: (transform: string, problem: string, nextStep: string, cause?: unknown): DataError =>
    new DataError(
      {
        code: 'data-transform-parameters',
        message: `The transform ${transform} cannot be set up: ${problem}.`,
        place: `transform.${transform}`,
        nextStep,
      },
      { cause },
    ),
  transformUnknown: (name: string, suggestion: string | undefined): DataError =>
    new DataError({
      code: 'data-transform-unknown',
      message: `There is no transform "${name}".`,
      place: `transform.${name}`,
      nextStep: suggestion === undefined ? 'Name one of the transforms in the README.' : `Did you mean ${suggestion}?`,
    }),
  transformsOnSeveralInputs: (file: string, line: number, names: readonly string[]): DataError =>
    new DataError({
      code: 'data-transform-inputs',
      message: `Transforms work on samples with one input; the loader gives ${names.length}: ${names.join(', ')}.`,
      place: `${file}:${line}`,
      nextStep: 'Take out the section "transform" and prepare the arrays beforehand.',
    }),
  noSamples: (path: string, problem: string, nextStep: string): DataError =>
    new DataError({ code: 'data-empty', message: `There is no data in ${path}: ${problem}.`, place: path, nextStep }),
  badLine: (file: string, line: number, problem: string): DataError =>
    new DataError({
      code: 'data-label-line',
      message: `Line ${line} of ${file} cannot be used: ${problem}.`,
      place: `${file}:${line}`,
      nextStep: 'Correct the line; each is "<relative image> <integer label>".',
    }),
  /** A line of a table of text; `nextStep` says what it has to hold. */
  badRow: (file: string, line: number, problem: string, nextStep: string): DataError =>
    new DataError({
      code: 'data-row',
      message: `Line ${line} of ${file} cannot be used: ${problem}.`,
      place: `${file}:${line}`,
      nextStep,
    }),
  noRoomForPassage: (file: string, question: string, tokens: number, longest: number): DataError =>
    new DataError({
      code: 'data-no-room',
      message: `The question ${question.slice(0, 64)} of ${file} leaves no room for its passage: it has ${tokens} tokens, and max_seq_length is ${longest}.`,
      place: file,
      nextStep: 'Set max_seq_length higher, or max_query_length lower.',
    }),
  /** `problem` completes "the folder …". */
  tokenizerMissing: (folder: string, problem: string): DataError =>
    new DataError({
      code: 'data-tokenizer-missing',
      message: `There is no tokenizer at ${folder}: it ${problem}.`,
      place: folder,
      nextStep:
        'Nothing is fetched from the network: put tokenizer.json (or vocab.txt, or vocab.json and merges.txt) of the model into a folder, and name it with model_name_or_path.',
    }),
  tokenizerDamaged: (path: string, cause: unknown): DataError =>
    new DataError(
      {
        code: 'data-tokenizer-damaged',
        message: `The tokenizer ${path} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}.`,
        place: path,
        nextStep: 'Fetch the file again, or use the vocab.txt or vocab.json and merges.txt of the same model.',
      },
      { cause },
    ),
  tokenUnknown: (path: string, token: string): DataError =>
    new DataError({
      code: 'data-token-unknown',
      message: `The tokenizer ${path} has no number for "${token.slice(0, 64)}", and no token for unknown words.`,
      place: path,
      nextStep: 'Take all files of the tokenizer from the same model.',
    }),
  /** `record` counts from 0, `offset` is where it begins. */
  badRecord: (file: string, record: number, offset: number, problem: string): DataError =>
    new DataError({
      code: 'data-record',
      message: `Record ${record} of ${file} cannot be used: ${problem}.`,
      place: `${file}, byte ${offset}`,
      nextStep: 'Write or fetch the file again, or take it out of the data set.',
    }),
  /** `place` names the element of the file: `annotations[3]`. */
  badAnnotation: (file: string, place: string, problem: string): DataError =>
    new DataError({
      code: 'data-annotation',
      message: `${place} of ${file} cannot be used: ${problem}.`,
      place: `${file}: ${place}`,
      nextStep: 'Correct it, or take it out of the file.',
    }),
  notText: (file: string): DataError =>
    new DataError({
      code: 'data-encoding',
      message: `${file} is not UTF-8 text.`,
      place: file,
      nextStep: 'Save the list as UTF-8 text.',
    }),
  imagesAllMissing: (list: string, folder: string, count: number, first: string, parameter: string): DataError =>
    new DataError({
      code: 'data-images-missing',
      message: `None of the ${count} images named in ${list} is in ${folder}; the first is ${first}.`,
      place: list,
      nextStep: `Set ${parameter} to the folder the names in the list are relative to.`,
    }),
  malformed: (file: string, problem: string): DataError =>
    new DataError({
      code: 'data-file-malformed',
      message: `${file} cannot be read: ${problem}.`,
      place: file,
      nextStep: 'Fetch or write the file again; it is damaged or of another format.',
    }),
  notJson: (file: string, line: number | undefined, problem: string): DataError =>
    new DataError({
      code: 'data-file-malformed',
      message: `${file} is no JSON: ${problem}.`,
      place: line === undefined ? file : `${file}:${line}`,
      nextStep: 'Fetch or write the file again; it is damaged or of another format.',
    }),
  unsupported: (file: string, problem: string, nextStep: string): DataError =>
    new DataError({
      code: 'data-file-unsupported',
      message: `${file} cannot be used: ${problem}.`,
      place: file,
      nextStep,
    }),
  arrayMissing: (file: string, name: string, names: readonly string[], suggestion: string | undefined): DataError =>
    new DataError({
      code: 'data-array-missing',
      message: `${file} has no array "${name}"; it has ${names.join(', ')}.`,
      place: file,
      nextStep: suggestion === undefined ? 'Name one of its arrays.' : `Did you mean ${suggestion}?`,
    }),
  sampleCounts: (file: string, counts: ReadonlyMap<string, number | undefined>, nextStep: string): DataError =>
    new DataError({
      code: 'data-sample-counts',
      message: `The arrays of ${file} have different numbers of samples: ${[...counts].map(([name, count]) => `${name} ${count ?? 'none'}`).join(', ')}.`,
      place: file,
      nextStep,
    }),
  parameters: (file: string, line: number, problem: string, nextStep: string): DataError =>
    new DataError({ code: 'data-parameters', message: `${problem}.`, place: `${file}:${line}`, nextStep }),
  /** A loader without a length was asked past its last item. */
  end: (index: number): DataError => new DataError({ code: endCode, message: `The data ends before item ${index}.` }),
  batchShapes: (key: string, first: { id: string; shape: string }, other: { id: string; shape: string }): DataError =>
    new DataError({
      code: 'data-batch-shapes',
      message: `Samples of different shapes cannot be put into one batch: "${key}" is ${first.shape} in ${first.id} and ${other.shape} in ${other.id}.`,
      place: other.id,
      nextStep: 'Add a transform that makes them equal, such as Resize or Pad, or set batch_size: 1.',
    }),
  batchNames: (first: string, other: string): DataError =>
    new DataError({
      code: 'data-batch-names',
      message: `Samples ${first} and ${other} give inputs of different names and cannot be put into one batch.`,
      place: other,
      nextStep: 'Let the loader give the same names for every sample.',
    }),
  moduleKind: (path: string, problem: string, nextStep: string): DataError =>
    new DataError({
      code: 'data-module-kind',
      message: `The module ${path} cannot be used: ${problem}.`,
      place: path,
      nextStep,
    }),
  moduleFailed: (path: string, doing: string, reason: string, place: string, cause: unknown): DataError =>
    new DataError(
      {
        code: 'data-module-failed',
        message: `The module ${path} failed while ${doing}: ${reason}`,
        place,
        // Node tells a syntax error's line only when it prints it.
        nextStep:
          place === path ? `Run "node --check ${path}", and correct the module.` : 'Correct the module at that line.',
      },
      { cause },
    ),
  moduleItem: (path: string, index: number, problem: string): DataError =>
    new DataError({
      code: 'data-module-item',
      message: `Item ${index} of the module ${path} is not a sample: ${problem}.`,
      place: path,
      nextStep: 'Return {id, inputs: {<name>: {type, dims, data}}, annotation}, without a batch axis.',
    }),
};

const endCode = 'data-end';

/** Whether this is how a loader without a length says that there are no more items. */
export function isEndOfData(thrown: unknown): boolean {
  return thrown instanceof DataError && thrown.code === endCode;
}
