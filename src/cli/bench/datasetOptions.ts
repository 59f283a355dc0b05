// A data set as the words of a command line describe it, or a DATASET.yaml, as the parameters of `dataset/add`.
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { datasetFileRequest } from '../../bench/dataset/datasetFileRequest';
import type { ChosenEntry, DictionaryEntry } from '../../dictionary/entry';
import { loaderEntries } from '../../dictionary/loaders';
import { metricEntries } from '../../dictionary/metrics';
import { transformEntries } from '../../dictionary/transforms';
import type { OptionSpec, ParsedCommand } from '../options';
import { printNote } from '../terminal';
import { usageError } from '../usageError';

const loaders: readonly DictionaryEntry[] = loaderEntries;

export const datasetOptions: readonly OptionSpec[] = [
  { name: 'file', type: 'text', value: 'DATASET.yaml', help: 'take all of it from a data set file' },
  { name: 'loader', type: 'text', choices: loaders.map(({ name }) => name), help: 'what reads the data' },
  { name: 'path', type: 'text', value: 'PATH', help: 'where the data lies' },
  { name: 'param', type: 'text', value: 'NAME=VALUE', repeatable: true, help: 'another parameter of the loader' },
  {
    name: 'transform',
    type: 'text',
    value: 'STEP',
    repeatable: true,
    help: "in the order they are applied: Rescale, 'ResizeShortSide: 256', 'Normalize: {mean: [0.5], std: [0.5]}'",
  },
  { name: 'metric', type: 'text', value: 'METRIC', help: "what accuracy is: 'topk: 1'" },
];

type Parameters = Readonly<Record<string, unknown>>;

/** The description of the data, without project and name. */
export function datasetParameters(parsed: ParsedCommand): Parameters {
  const file = parsed.text('file');
  const described = ['loader', 'path', 'param', 'transform', 'metric'].find((name) => parsed.flag(name));
  if (file === undefined) return fromOptions(parsed);
  if (described === undefined) return fromFile(resolve(file));
  throw usageError(`--file describes all of the data; --${described} cannot stand beside it.`, parsed.spec.name);
}

function fromFile(path: string): Parameters {
  const { parameters, unkept } = datasetFileRequest(path);
  if (unkept.length > 0) printNote(`note: ${unkept.join(' and ')} of ${path} is not part of a data set of the bench.`);
  return parameters;
}

function fromOptions(parsed: ParsedCommand): Parameters {
  const loader = parsed.text('loader');
  if (loader === undefined)
    throw usageError('Describe the data: --file DATASET.yaml, or --loader NAME.', parsed.spec.name);
  const path = parsed.text('path');
  const metric = parsed.text('metric');
  const named = metric === undefined ? undefined : namedIn(metric, 'metric', metricEntries, parsed);
  return {
    ...(path === undefined ? {} : { dataset_path: resolve(path) }),
    dataloader: { name: loader, params: loaderParameters(loader, parsed) },
    transform: parsed
      .texts('transform')
      .map((text) => namedIn(text, 'transform', transformEntries, parsed))
      .map(({ name, parameters }) => ({ name, params: parameters })),
    metric: named?.name ?? '',
    ...(named === undefined ? {} : { metric_param: named.parameters }),
  };
}

/** Paths are those of the person's current folder. */
function loaderParameters(loader: string, parsed: ParsedCommand): Parameters {
  const entry = loaders.find(({ name }) => name === loader);
  return Object.fromEntries(
    parsed.texts('param').map((text): [string, unknown] => {
      const at = text.indexOf('=');
      if (at < 1) throw usageError(`--param is NAME=VALUE, not "${text}".`, parsed.spec.name);
      const [name, value] = [text.slice(0, at), text.slice(at + 1)];
      const isPath = entry?.parameters.find((parameter) => parameter.name === name)?.type.kind === 'path';
      return [name, isPath ? resolve(value) : valueIn(value, 'param', parsed)];
    }),
  );
}

/** `NAME`, `NAME: VALUE` for the first parameter, or `NAME: {parameter: VALUE}`; as a line of a DATASET.yaml. */
function namedIn(
  text: string,
  option: string,
  entries: readonly DictionaryEntry[],
  parsed: ParsedCommand,
): ChosenEntry {
  const value = valueIn(text, option, parsed);
  if (typeof value === 'string') return { name: value, parameters: {} };
  const pairs = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const [pair] = pairs;
  if (pair === undefined || pairs.length > 1) {
    throw usageError(`--${option} is NAME or 'NAME: VALUE', not "${text}".`, parsed.spec.name);
  }
  const [name, given] = pair as [string, unknown];
  if (given === null) return { name, parameters: {} };
  if (typeof given === 'object' && !Array.isArray(given)) return { name, parameters: { ...given } };
  const first = entries.find((entry) => entry.name === name)?.parameters[0]?.name ?? 'value';
  return { name, parameters: { [first]: given } };
}

function valueIn(text: string, option: string, parsed: ParsedCommand): unknown {
  try {
    return parse(text, { maxAliasCount: 0 }) as unknown;
  } catch {
    throw usageError(`--${option} cannot be read: "${text}". Values are written as in YAML.`, parsed.spec.name);
  }
}
