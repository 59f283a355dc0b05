// What goes wrong between the words of a command line and the bench, in sentences.
import { BenchError } from '../../protocol/benchError';
import type { Answer } from './answer';

/** One factory per failure. `noun` is a kind such as `project`. */
export const doorErrors = {
  noSuchName: (noun: string, name: string, near: string | undefined): BenchError =>
    new BenchError({
      code: 'bench-name-unknown',
      message: `There is no ${words(noun)} called ${JSON.stringify(name)}.${near === undefined ? '' : ` Did you mean ${JSON.stringify(near)}?`}`,
      nextStep: listing(noun),
    }),
  nameNotUnique: (noun: string, name: string, ids: readonly number[]): BenchError =>
    new BenchError({
      code: 'bench-name-not-unique',
      message: `${ids.length} ${manyWords(noun)} are called ${JSON.stringify(name)}: ${ids.join(', ')}.`,
      nextStep: 'Name the one you mean by its id.',
    }),
  chooseDataset: (names: readonly string[]): BenchError =>
    new BenchError({
      code: 'bench-choose',
      message:
        names.length === 0
          ? 'The project has no data set.'
          : `The project has ${names.length} data sets: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}.`,
      nextStep: names.length === 0 ? 'Add one with "compressor-bench datasets add".' : 'Say which one with --dataset.',
    }),
  notDeleted: (noun: string, id: number, name: string): BenchError =>
    new BenchError({
      code: 'bench-not-deleted',
      message: `Nothing was deleted: ${words(noun)} ${id} is not called ${JSON.stringify(name)}.`,
      nextStep: listing(noun),
    }),
  noSuchExample: (name: string, near: string | undefined): BenchError =>
    new BenchError({
      code: 'bench-example-unknown',
      message: `There is no example ${JSON.stringify(name)}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
      nextStep: 'See "compressor-bench examples list".',
    }),
  nothingRuns: (thing: string): BenchError =>
    new BenchError({
      code: 'bench-nothing-runs',
      message: `No run of ${thing} waits or is under way.`,
      nextStep: 'See "compressor-bench queue list".',
    }),
  fileExists: (path: string): BenchError =>
    new BenchError({
      code: 'bench-file-exists',
      message: `${path} is there already and was left alone.`,
      nextStep: 'Name another file with -o FILE.',
    }),
  /** @param data of the message that told of it */
  failed: (path: string, data: Answer): BenchError =>
    new BenchError({
      code: typeof data.at('code').value === 'string' ? data.at('code').text() : 'bench-request-failed',
      message: data.at('message').text(`${path} failed.`),
      nextStep: data.at('next_step').text('Run the command again with --verbose to see what was asked of the bench.'),
    }),
} as const;

/** A kind as people write it. */
export function words(kind: string): string {
  return moreWords.get(kind)?.[0] ?? kind;
}

/** The same for several of them. */
export function manyWords(kind: string): string {
  return moreWords.get(kind)?.[1] ?? `${kind}s`;
}

const moreWords: ReadonlyMap<string, readonly [one: string, many: string]> = new Map([
  ['dataset', ['data set', 'data sets']],
  ['sensitivity', ['sensitivity analysis', 'sensitivity analyses']],
]);

/** The group of commands about a kind, and what its lists are called in answers. */
export function groupOf(kind: string): string {
  return kind === 'sensitivity' ? 'sensitivities' : `${kind}s`;
}

function listing(noun: string): string {
  return noun === 'project'
    ? 'See "compressor-bench projects list".'
    : `See "compressor-bench ${groupOf(noun)} list PROJECT" for what there is.`;
}
