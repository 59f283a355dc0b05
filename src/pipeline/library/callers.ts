// Looks at what a script gives to the library's functions, so that a mistake is told by what came and what was expected.
import type { CompressedModel } from './compressedModel';
import type { Engine } from './engine';
import { kindOf } from './items';
import { pipelineErrors } from './pipelineErrors';
import type { Sampler } from './samplers';

/** What a function expects, and how a script comes by one. Recognized by its members: a script may have another copy. */
interface Expectation {
  readonly what: string;
  readonly nextStep: string;
  readonly functions: readonly PropertyKey[];
  readonly lists?: readonly string[];
}

const expectations = {
  engine: {
    what: 'an engine',
    nextStep: 'Make one: new OrtEngine(config, loader, metric).',
    functions: ['setModel', 'predict', 'getMetricsAttributes'],
  },
  model: {
    what: 'a model',
    nextStep: 'Open it: loadModel({modelName, model}).',
    functions: [],
    lists: ['models'],
  },
  sampler: {
    what: 'a sampler that gives batches of samples',
    nextStep: 'Make one: createSampler(engine, samples), or new BatchSampler(loader, {subsetIndices}).',
    functions: [Symbol.asyncIterator],
    lists: ['indexes'],
  },
  algorithm: {
    what: 'an algorithm {name, changesOriginalModel, run}',
    nextStep: 'Make one: new DefaultQuantization(parameters), or write one with an asynchronous run(model, work).',
    functions: ['run'],
  },
} as const satisfies Readonly<Record<string, Expectation>>;

interface Expected {
  readonly engine: Engine;
  readonly model: CompressedModel;
  readonly sampler: Sampler;
}

type Kind = keyof typeof expectations;

/**
 * Throws `pipeline-argument` for a value that is not of this kind.
 *
 * @param place for the sentence, such as `The model for run`
 */
export function demand(kind: Kind, came: unknown, place: string): void {
  const { what, nextStep, functions, lists = [] }: Expectation = expectations[kind];
  if (has(came, functions, lists)) return;
  throw pipelineErrors.argument(place, kindOf(came), what, nextStep);
}

/** Whether a value is of a kind, for functions that take several. */
export function isOfKind<Name extends keyof Expected>(kind: Name, came: unknown): came is Expected[Name] {
  const { functions, lists = [] }: Expectation = expectations[kind];
  return has(came, functions, lists);
}

/** Throws `pipeline-argument` for a value that cannot be called. */
export function demandFunction(came: unknown, place: string, example: string): void {
  if (typeof came !== 'function') {
    throw pipelineErrors.argument(place, kindOf(came), 'a function', `Give one, such as ${example}.`);
  }
}

/** Throws `pipeline-argument` for anything but a text that is not empty. */
export function demandText(came: unknown, place: string, nextStep: string): void {
  if (typeof came !== 'string' || came === '') {
    throw pipelineErrors.argument(place, kindOf(came), 'a text', nextStep);
  }
}

function has(came: unknown, functions: readonly PropertyKey[], lists: readonly string[]): boolean {
  if (typeof came !== 'object' || came === null) return false;
  const members = came as Readonly<Record<PropertyKey, unknown>>;
  return (
    functions.every((name) => typeof members[name] === 'function') &&
    lists.every((name) => Array.isArray(members[name]))
  );
}
