// The JSON Schema of config.yaml, built from the dictionary, for editors that check and complete YAML.
import { metricEntries } from '../dictionary/metrics';
import { configKeys } from '../dictionary/tuningKeys/configKeys';
import type {
  ConfigKey,
  ConfigKeys,
  ConfigValueType,
  MetricsKey,
  NamedKey,
  SectionKey,
  ValueKey,
} from '../dictionary/tuningKeys/configKey';
import { opOptionsKey } from '../dictionary/tuningKeys/opOptionKeys';
import { datasetProperties, stepsSchema } from './datasetSchema';
import { entryMap, oneOf, orNull, typeSchema } from './schemaParts';
import type { Schema } from './schemaParts';
import { withReferences } from './schemaReferences';
import { tuningExamples } from './tuningExamples';

/** JSON Schema (draft 07) of the whole file. What several keys share stands once, under `definitions`. */
export function tuningSchema(): Schema {
  return withReferences({
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Tuning config of Compressor Bench',
    description:
      'A model, how it may be quantized, the accuracy goal, and how accuracy and performance are measured: the config.yaml of Neural Compressor, as far as it concerns ONNX models.',
    type: 'object',
    properties: propertiesOf(configKeys),
    additionalProperties: false,
    definitions: {
      dataloader: dataloaderSchema(),
      opOptions: keySchema(opOptionsKey),
      metric: { title: 'Metric', description: 'A metric with its parameters.', anyOf: oneOf(metricEntries) },
    },
    examples: tuningExamples,
  });
}

function propertiesOf(keys: ConfigKeys): Record<string, Schema> {
  return Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, keySchema(key)]));
}

function keySchema(key: ConfigKey): Schema {
  const text = { title: key.title, description: key.help };
  switch (key.kind) {
    case 'value':
      return valueSchema(key);
    case 'section':
      return { ...text, anyOf: [sectionSchema(key), ...scalarOf(key), { type: 'null' }] };
    case 'named':
      return { ...text, type: ['object', 'null'], additionalProperties: optionsOf(key) };
    case 'data':
      return { ...text, anyOf: [{ $ref: '#/definitions/dataloader' }, { type: 'null' }] };
    case 'metric':
      return { ...text, anyOf: [{ $ref: '#/definitions/metric' }, { type: 'null' }] };
    case 'metrics':
      return { ...text, anyOf: [metricsSchema(key), { type: 'null' }] };
    case 'postprocess':
      return { ...text, anyOf: [stepsSchema(), { type: 'null' }] };
    case 'refused':
      return { ...text, enum: [null, ...(key.accepted ?? [])] };
  }
}

/** Options of ops stand under several keys and are long. */
function optionsOf({ of }: NamedKey): Schema {
  return of.keys === opOptionsKey.keys ? { $ref: '#/definitions/opOptions' } : keySchema(of);
}

function valueSchema({ title, help, type, default: value, unit }: ValueKey): Schema {
  return {
    title,
    description: unit === undefined ? help : `${help} Unit: ${unit}.`,
    ...orNull(configTypeSchema(type)),
    ...(value === undefined ? {} : { default: value }),
  };
}

function sectionSchema({ keys }: SectionKey): Schema {
  return { type: 'object', properties: propertiesOf(keys), additionalProperties: false };
}

function scalarOf({ keys, scalarKey }: SectionKey): Schema[] {
  const key = scalarKey === undefined ? undefined : keys[scalarKey];
  return key?.kind === 'value' ? [configTypeSchema(key.type)] : [];
}

function metricsSchema({ keys }: MetricsKey): Schema {
  const { properties } = entryMap(metricEntries);
  return {
    type: 'object',
    properties: { ...(properties as Record<string, Schema>), ...propertiesOf(keys) },
    additionalProperties: false,
  };
}

function dataloaderSchema(): Schema {
  const properties: Partial<ReturnType<typeof datasetProperties>> = datasetProperties();
  delete properties.metric;
  delete properties.postprocess;
  return {
    title: 'Data',
    description: 'A data set, as in a DATASET.yaml without its metric, or the path of such a file.',
    anyOf: [{ type: 'object', properties, required: ['dataset'], additionalProperties: false }, { type: 'string' }],
  };
}

/** As the types of parameters, but lists may also be text with blanks, and numbers percentages. */
function configTypeSchema(type: ConfigValueType): Schema {
  switch (type.kind) {
    case 'percent': {
      const number = {
        type: 'number',
        ...(type.above === undefined ? {} : { exclusiveMinimum: type.above }),
        ...(type.below === undefined ? {} : { exclusiveMaximum: type.below }),
      };
      return { anyOf: [number, { type: 'string', pattern: '^\\s*[-+]?[0-9.]+(e[-+]?[0-9]+)?\\s*%?\\s*$' }] };
    }
    case 'list':
      return { anyOf: [typeSchema(type), { type: 'string', pattern: '\\s' }] };
    case 'either':
      return { anyOf: type.of.map(configTypeSchema) };
    case 'string': {
      // A name of digits is a number to YAML: `quant_level: 1`.
      const digits = (type.choices ?? []).filter((choice) => /^\d+$/.test(choice)).map(Number);
      return type.choices === undefined ? typeSchema(type) : { enum: [...type.choices, ...digits] };
    }
    default:
      return typeSchema(type);
  }
}
