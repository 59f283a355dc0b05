// Starting and stopping runs, and data sets as texts: what the commands of the editor ask beside the operations of the API.
import { byId, method, textIn } from './methods';
import { recordOf } from './rpcMessages';

/** Takes a run out of the queue or stops it, by its folder; resolves when it has ended. False: it had ended before. */
export const cancelRunMethod = method<{ readonly folder: string }, boolean>('run/cancel', (value) => ({
  folder: textIn(recordOf(value, 'the parameters'), 'folder'),
}));

/** A data set as the text of a DATASET.yaml, every default written out. */
export const datasetTextMethod = method<{ readonly id: number }, string>('dataset/text', byId);

/** What `dataset/add` needs besides project and name, read from a DATASET.yaml. Fails where that has a mistake. */
export const datasetFileMethod = method<{ readonly path: string }, Readonly<Record<string, unknown>>>(
  'dataset/file',
  (value) => ({ path: textIn(recordOf(value, 'the parameters'), 'path') }),
);

/** What is wrong with the parameters of a `dataset/add`, in a sentence; null where nothing is. */
export const datasetProblemMethod = method<Readonly<Record<string, unknown>>, string | null>(
  'dataset/problem',
  (value) => recordOf(value, 'the parameters'),
);

/** Puts the tuning of a config that belongs to no optimization at the end of the queue. Fails where the config has mistakes. */
export const tuneConfigMethod = method<{ readonly path: string; readonly requestId: string }, null>(
  'config/tune',
  (value) => {
    const fields = recordOf(value, 'the parameters');
    return { path: textIn(fields, 'path'), requestId: textIn(fields, 'requestId', 100) };
  },
);

/** What an optimization has that its next successful run takes away. */
export interface ReplacedFacts {
  /** Of the optimization. */
  readonly name: string;
  /** Whether it has an optimized model. */
  readonly hasModel: boolean;
  /** What was measured of that model, or is to be. */
  readonly parts: readonly { readonly kind: 'benchmark' | 'profiling' | 'sensitivity'; readonly name: string }[];
}

/** What the next successful run of an optimization takes away, by its id. Fails with `request-not-found`. */
export const replacedMethod = method<{ readonly id: number }, ReplacedFacts>('optimization/replaced', byId);

/** More names than these fill a dialog. */
const mostNames = 10;

/** `benchmark "int8 speed", profiling "int8 profile" and 3 more`; empty for nothing. */
export function replacedNames({ parts }: ReplacedFacts): string {
  const shown = parts.slice(0, mostNames).map(({ kind, name }) => `${kind} "${name}"`);
  const more = parts.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
