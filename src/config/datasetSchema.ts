// The JSON Schema of DATASET.yaml, built from the dictionary, for editors that check and complete YAML.
import type { ParameterType, ParameterValue } from '../dictionary/entry';
import { filterEntries } from '../dictionary/filters';
import { loaderEntries } from '../dictionary/loaders';
import { metricEntries } from '../dictionary/metrics';
import { postprocessEntries } from '../dictionary/postprocessing';
import { transformEntries } from '../dictionary/transforms';
import { datasetKeys } from './datasetKeys';
import { bareName, entryMap, oneOf, orNull, typeSchema } from './schemaParts';
import type { Schema } from './schemaParts';
import { withReferences } from './schemaReferences';

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
  {
    dataset: { COCORaw: { root: 'coco' } },
    transform: { Letterbox: { height: 416, width: 416 }, Transpose: { perm: [2, 0, 1] }, Cast: 'float32' },
    postprocess: { transform: { DecodeYolo: { head: 'yolox', input_size: 416 } } },
    metric: { COCOmAP: { class_numbers: 'index' } },
  },
  {
    dataset: { GLUE: { data_dir: 'glue/sst-2', model_name_or_path: 'distilbert', task: 'sst-2' } },
    batch_size: 32,
    metric: { GLUE: { task: 'sst-2' } },
  },
  { dataset: { images: 'pictures' }, transform: { Resize: { size: [224, 224] } }, metric: { agreement: {} } },
  { dataset: { npz: { path: 'eval.npz', labels: 'labels' } }, batch_size: 8, metric: 'Accuracy' },
  { dataset: { dummy_v2: { input_shape: [3, 224, 224], low: 0, high: 1 } } },
  { dataset: { custom: { path: 'loader.mjs', split: 'test' } }, metric: { F1: { mode: 'macro' } } },
];

/** JSON Schema (draft 07, which editors know) of the whole file. */
export function datasetSchema(): Schema {
  return withReferences({
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Data set of Compressor Bench',
    description:
      'Which data is read, how it is prepared and what is measured: the "dataloader" section of a tuning config.',
    type: 'object',
    properties: datasetProperties(),
    required: ['dataset'],
    additionalProperties: false,
    examples: datasetExamples,
  });
}

/** The keys of a data set by name. */
export function datasetProperties(): Record<keyof typeof datasetKeys, Schema> {
  const { dataset, transform, metric, postprocess, filter, distributed } = datasetKeys;
  return {
    dataset: { ...textOf(dataset), anyOf: oneOf(loaderEntries) },
    transform: {
      ...textOf(transform),
      anyOf: [entryMap(transformEntries), ...bareName(transformEntries), { type: 'null' }],
    },
    batch_size: simpleKey(datasetKeys.batch_size),
    last_batch: simpleKey(datasetKeys.last_batch),
    shuffle: simpleKey(datasetKeys.shuffle),
    metric: { ...textOf(metric), anyOf: [...oneOf(metricEntries), { type: 'null' }] },
    postprocess: {
      ...textOf(postprocess),
      type: ['object', 'null'],
      properties: { transform: stepsSchema() },
      additionalProperties: false,
    },
    filter: { ...textOf(filter), anyOf: [...oneOf(filterEntries), { type: 'null' }] },
    distributed: { ...textOf(distributed), const: false },
  };
}

/** Postprocessing steps by name. */
export function stepsSchema(): Schema {
  return entryMap(postprocessEntries);
}

function textOf({ title, help }: { title: string; help: string }): Schema {
  return { title, description: help };
}

function simpleKey(key: { title: string; help: string; type: ParameterType; default: ParameterValue }): Schema {
  return { ...textOf(key), ...orNull(typeSchema(key.type)), default: key.default };
}
