// The JSON Schema of DATASET.yaml, built from the dictionary, for editors that check and complete YAML.
import type { DictionaryEntry, ParameterType, ParameterValue } from '../dictionary/entry';
import { loaderEntries } from '../dictionary/loaders';
import { metricEntries } from '../dictionary/metrics';
import { transformEntries } from '../dictionary/transforms';
import { datasetKeys } from './datasetKeys';

type Schema = Readonly<Record<string, unknown>>;

/** Data sets as people write them; a test reads each through the checker of the product. */
export const datasetExamples: readonly ParameterValue[] = [
  {
    dataset: { MNIST: { root: 'mnist' } },
    transform: { Rescale: {}, Transpose: { perm: [2, 0, 1] } },
    batch_size: 32,
    metric: { topk: 1 },
  },
  {
    dataset: { ImagenetRaw: { data_path: 'imagenet/val', image_list: 'imagenet/val.txt' } },
    transform: {
      ResizeCropImagenet: {
        height: 224,
        width: 224,
        mean_value: [0.485, 0.456, 0.406],
        std_value: [0.229, 0.224, 0.225],
      },
    },
    metric: { topk: { k: 5 } },
  },
  { dataset: { images: 'pictures' }, transform: { Resize: { size: [224, 224] } }, metric: { agreement: {} } },
  { dataset: { npz: { path: 'eval.npz', labels: 'labels' } }, batch_size: 8, metric: 'Accuracy' },
  { dataset: { dummy_v2: { input_shape: [3, 224, 224], low: 0, high: 1 } } },
  { dataset: { custom: { path: 'loader.mjs', split: 'test' } }, metric: { F1: { mode: 'macro' } } },
];

/** JSON Schema (draft 07, which editors know) of the whole file. */
export function datasetSchema(): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Data set of Compressor Bench',
    description:
      'Which data is read, how it is prepared and what is measured: the "dataloader" section of a tuning config.',
    type: 'object',
    properties: {
      dataset: chosenEntry(datasetKeys.dataset.help, loaderEntries),
      transform: {
        description: datasetKeys.transform.help,
        anyOf: [entryMap(transformEntries), ...bareName(transformEntries), { type: 'null' }],
      },
      batch_size: simpleKey(datasetKeys.batch_size),
      last_batch: simpleKey(datasetKeys.last_batch),
      shuffle: simpleKey(datasetKeys.shuffle),
      metric: {
        description: datasetKeys.metric.help,
        anyOf: [...oneOf(metricEntries), { type: 'null' }],
      },
      filter: { description: datasetKeys.filter.help, type: 'null' },
      distributed: { description: datasetKeys.distributed.help, const: false },
    },
    required: ['dataset'],
    additionalProperties: false,
    examples: datasetExamples,
  };
}

function simpleKey(key: { help: string; type: ParameterType; default: ParameterValue }): Schema {
  return { description: key.help, anyOf: [typeSchema(key.type), { type: 'null' }], default: key.default };
}

function chosenEntry(description: string, entries: readonly DictionaryEntry[]): Schema {
  return { description, anyOf: oneOf(entries) };
}

function oneOf(entries: readonly DictionaryEntry[]): Schema[] {
  return [{ ...entryMap(entries), minProperties: 1, maxProperties: 1 }, ...bareName(entries)];
}

function entryMap(entries: readonly DictionaryEntry[]): Schema {
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map((entry) => [entry.name, entrySchema(entry)])),
    additionalProperties: false,
  };
}

/** Only the name, for entries whose parameters can all be left out. */
function bareName(entries: readonly DictionaryEntry[]): Schema[] {
  const names = entries.filter(({ parameters }) => !parameters.some(isRequired)).map(({ name }) => name);
  return names.length === 0 ? [] : [{ enum: names }];
}

/** Parameters by name; a scalar or list for the first of them; null where none is required. */
function entrySchema({ help, parameters, openParameters }: DictionaryEntry): Schema {
  const [first, ...others] = parameters;
  const required = parameters.filter(isRequired).map(({ name }) => name);
  const byName: Schema = {
    type: 'object',
    properties: Object.fromEntries(parameters.map((parameter) => [parameter.name, parameterSchema(parameter)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: openParameters === true,
  };
  const alone = first === undefined ? [{ const: true }] : others.some(isRequired) ? [] : [parameterSchema(first)];
  return { description: help, anyOf: [byName, ...alone, ...(required.length === 0 ? [{ type: 'null' }] : [])] };
}

type ParameterEntry = DictionaryEntry['parameters'][number];

function isRequired(parameter: ParameterEntry): boolean {
  return parameter.required === true;
}

function parameterSchema(parameter: ParameterEntry): Schema {
  const type = parameter.refusedWhenTrue === undefined ? typeSchema(parameter.type) : { const: false };
  const orNull = isRequired(parameter) ? type : { anyOf: [type, { type: 'null' }] };
  return {
    ...orNull,
    description: parameter.help,
    ...(parameter.default === undefined ? {} : { default: parameter.default }),
  };
}

function typeSchema(type: ParameterType): Schema {
  switch (type.kind) {
    case 'integer':
    case 'number':
      return {
        type: type.kind,
        ...(type.minimum === undefined ? {} : { minimum: type.minimum }),
        ...(type.maximum === undefined ? {} : { maximum: type.maximum }),
      };
    case 'boolean':
      return { type: 'boolean' };
    case 'string':
      return type.choices === undefined ? { type: ['string', 'number', 'boolean'] } : { enum: type.choices };
    case 'path':
      return { type: ['string', 'number'] };
    case 'list':
      return listSchema(type);
    case 'either':
      return { anyOf: type.of.map(typeSchema) };
    case 'any':
      return {};
  }
}

/** One element alone is allowed where one is enough, and text with commas always. */
function listSchema({ of, minItems, maxItems }: Extract<ParameterType, { kind: 'list' }>): Schema {
  const list = {
    type: 'array',
    items: typeSchema(of),
    ...(minItems === undefined ? {} : { minItems }),
    ...(maxItems === undefined ? {} : { maxItems }),
  };
  const alone = (minItems ?? 0) <= 1 ? [typeSchema(of)] : [];
  return { anyOf: [list, ...alone, { type: 'string', pattern: ',' }] };
}
