// Stopping runs, and data sets as texts: what the commands of the editor ask beside the operations of the API.
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

/** Puts the tuning of a config that belongs to no optimization at the end of the queue. Fails where the config has mistakes. */
export const tuneConfigMethod = method<{ readonly path: string }, null>('config/tune', (value) => ({
  path: textIn(recordOf(value, 'the parameters'), 'path'),
}));
