// Operations get_possible_values, get_default_path and list_model_zoo: what forms offer to choose from (SYSTEMS §1.3).
import { domains, precisions } from '../../dictionary/benchTerms';
import type { FrameworkName, NamedTerm } from '../../dictionary/benchTerms';
import { objectiveEntries } from '../../dictionary/objectives';
import { strategyEntries } from '../../dictionary/strategies';
import { quantizationKeys } from '../../dictionary/tuningKeys/quantizationKeys';
import { transformsFor } from './dictionary';
import { loaderViews, metricViews } from './dictionaryViews';
import type { ExampleModel } from '../example/exampleModel';
import { frameworkNamed } from './frameworkNames';
import { termNamed } from './namedTerm';
import type { Operation } from '../operation';
import { answeringNow } from '../operation';
import { requestErrors } from '../requestErrors';
import { RequestReader } from '../requestReader';

/** Something that can be chosen; some lists tell more of it. */
interface PossibleValue {
  readonly name: string;
  readonly help: string | null;
}

/** What narrows the choice. */
interface Narrowing {
  readonly isOnnx: boolean;
  /** `''`: no narrowing by domain. */
  readonly domain: string;
}

const onnxName: FrameworkName = 'ONNXRT';

type Choices = (narrowing: Narrowing, examples: readonly ExampleModel[]) => readonly PossibleValue[];

/** Parameters whose values can be asked for. Nothing can be chosen for frameworks that are not run here. */
const choices: ReadonlyMap<string, Choices> = new Map<string, Choices>([
  ['framework', () => [{ name: onnxName, help: 'ONNX models, run by ONNX Runtime.' }]],
  ['domain', () => named(domains)],
  ['model', ({ isOnnx, domain }, examples) => (isOnnx ? exampleChoices(examples, domain) : [])],
  ['dataloader', ({ isOnnx }) => (isOnnx ? loaderViews() : [])],
  ['transform', ({ isOnnx, domain }) => (isOnnx ? transformsFor(domain) : [])],
  ['objective', () => objectiveEntries.map(({ name, help }) => ({ name, help }))],
  ['strategy', () => strategyEntries.map(({ name, help }) => ({ name, help }))],
  ['quantization_approach', ({ isOnnx }) => (isOnnx ? approaches() : [])],
  ['metric', ({ isOnnx }) => (isOnnx ? metricViews() : [])],
  ['precision', () => named(precisions)],
]);

interface PossibleValuesRequest extends Narrowing {
  readonly param: string;
}

export const possibleValues: Operation<PossibleValuesRequest, object> = {
  path: 'get_possible_values',
  summary: 'List what a parameter may be, narrowed by framework and domain.',
  read: (parameters) => {
    const param = parameters.text('param', 100);
    if (!choices.has(param)) {
      throw requestErrors.valueIncorrect('param', `one of ${[...choices.keys()].join(', ')}`);
    }
    return { param, ...narrowingOf(parameters) };
  },
  run: ({ examples }, { param, ...narrowing }) =>
    Promise.resolve({ [param]: choices.get(param)?.(narrowing, examples) ?? [] }),
};

/** `config` may come as the text of its JSON, from a query. */
function narrowingOf(parameters: RequestReader): Narrowing {
  const value = parameters.value('config');
  const config = typeof value === 'string' && value !== '' ? parsedConfig(value) : parameters.optionalObject('config');
  const has = (key: string): boolean => config?.has(key) === true && config.value(key) !== '';
  return {
    isOnnx: config === undefined || !has('framework') || frameworkNamed(config, 'framework') === 'ONNXRT',
    domain: config === undefined || !has('domain') ? '' : termNamed(config, 'domain', domains),
  };
}

function parsedConfig(text: string): RequestReader {
  try {
    return RequestReader.of(text.length > 10_000 ? null : JSON.parse(text));
  } catch {
    throw requestErrors.valueIncorrect('config', 'an object such as {"framework": "ONNXRT", "domain": ""}');
  }
}

function named(terms: readonly NamedTerm[]): PossibleValue[] {
  return terms.filter(({ name }) => name !== '').map(({ name }) => ({ name, help: null }));
}

/** The long names alone, which every client knows; the key explains them together. */
function approaches(): PossibleValue[] {
  const { type, help } = quantizationKeys.approach;
  return type.choices.filter((name) => name.startsWith('post_training_')).map((name) => ({ name, help }));
}

function exampleChoices(examples: readonly ExampleModel[], domain: string): PossibleValue[] {
  return examples
    .filter((example) => domain === '' || example.domain === domain)
    .map(({ model, licence }) => ({ name: model, help: `Licence: ${licence}.` }));
}

export const defaultPath: Operation<null, object> = {
  path: 'get_default_path',
  summary: 'Tell where the workspace is.',
  read: () => null,
  run: (bench) => Promise.resolve({ path: bench.workspace }),
};

export const modelZoo: Operation<null, object> = {
  path: 'list_model_zoo',
  summary: 'List the example models a project can begin with.',
  read: () => null,
  run: ({ examples }) =>
    Promise.resolve(
      examples.map(({ model, domain, sizeBytes, licence }) => ({
        domain,
        model,
        framework: onnxName,
        size_bytes: sizeBytes,
        licence,
      })),
    ),
};

export const possibleValuesOperations = [
  answeringNow(possibleValues),
  answeringNow(defaultPath),
  answeringNow(modelZoo),
];
