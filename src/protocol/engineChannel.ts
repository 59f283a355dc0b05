// What the library of pipelines and its engine process say to each other: models are opened, run and closed.
import { method, textIn } from './methods';
import { recordOf } from './rpcMessages';

/** A tensor on its way between processes. */
export interface SentTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: ArrayBufferView | readonly string[];
}

/** An input or output of a model, as the engine has it. */
export interface SentPort {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly (number | string | null)[];
}

export interface OpenModel {
  readonly path: string;
  readonly threads: number;
  /** What the engine may do to the graph: `disabled`, `basic`, `extended`, `all` (all). */
  readonly graphOptimization?: string;
  /** Where the graph is written as the engine optimized it. */
  readonly optimizedModelPath?: string;
  /** The file that the model was made from, for sentences. */
  readonly label?: string;
}

export interface OpenedModel {
  readonly id: number;
  readonly inputs: readonly SentPort[];
  readonly outputs: readonly SentPort[];
}

export interface RunModel {
  readonly id: number;
  readonly feeds: Readonly<Record<string, SentTensor>>;
}

export const openModelMethod = method<OpenModel, OpenedModel>('engine/open', (value) => {
  const fields = recordOf(value, 'the model');
  const optional = (['graphOptimization', 'optimizedModelPath', 'label'] as const).flatMap((key) =>
    fields[key] === undefined ? [] : [[key, textIn(fields, key)] as const],
  );
  return { path: textIn(fields, 'path'), threads: countIn(fields, 'threads'), ...Object.fromEntries(optional) };
});

export const runModelMethod = method<RunModel, Readonly<Record<string, SentTensor>>>('engine/run', (value) => {
  const fields = recordOf(value, 'the run');
  // Tensors are checked against the model's ports before they reach the engine.
  return { id: countIn(fields, 'id'), feeds: recordOf(fields['feeds'], 'the inputs') as RunModel['feeds'] };
});

export const closeModelMethod = method<{ readonly id: number }, null>('engine/close', (value) => ({
  id: countIn(recordOf(value, 'the model'), 'id'),
}));

function countIn(fields: Readonly<Record<string, unknown>>, key: string): number {
  const count = fields[key];
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 1) throw new Error(`"${key}" is 1 or more`);
  return count;
}
