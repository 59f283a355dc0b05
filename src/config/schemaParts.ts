// Pieces of JSON Schema for dictionary entries and parameter types, shared by the schemas of all configuration files.
import type { DictionaryEntry, ParameterType } from '../dictionary/entry';

/** JSON Schema (draft 07) as plain data. */
export type Schema = Readonly<Record<string, unknown>>;

/** What a schema allows, or null; without a level of its own for the choice where none is needed. */
export function orNull(schema: Schema): Schema {
  const { type, anyOf } = schema;
  if (Array.isArray(schema['enum'])) return { ...schema, enum: [...(schema['enum'] as unknown[]), null] };
  if (typeof type === 'string') return { ...schema, type: [type, 'null'] };
  if (Array.isArray(type)) return { ...schema, type: [...(type as unknown[]), 'null'] };
  if (Array.isArray(anyOf)) return { ...schema, anyOf: [...(anyOf as unknown[]), { type: 'null' }] };
  return Object.keys(schema).length === 0 ? schema : { anyOf: [schema, { type: 'null' }] };
}

/** Exactly one of the entries. */
export function oneOf(entries: readonly DictionaryEntry[]): Schema[] {
  return [{ ...entryMap(entries), minProperties: 1, maxProperties: 1 }, ...bareName(entries)];
}

/** Entries by name, each with its parameters. */
export function entryMap(entries: readonly DictionaryEntry[]): Schema {
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map((entry) => [entry.name, entrySchema(entry)])),
    additionalProperties: false,
  };
}

/** Only the name, for entries whose parameters can all be left out. */
export function bareName(entries: readonly DictionaryEntry[]): Schema[] {
  const names = entries.filter(({ parameters }) => !parameters.some(isRequired)).map(({ name }) => name);
  return names.length === 0 ? [] : [{ enum: names }];
}

/** Parameters by name; a scalar or list for the first of them; null where none is required. */
function entrySchema({ name, help, parameters, openParameters }: DictionaryEntry): Schema {
  const [first, ...others] = parameters;
  const required = parameters.filter(isRequired).map(({ name }) => name);
  const byName: Schema = {
    type: 'object',
    properties: Object.fromEntries(parameters.map((parameter) => [parameter.name, parameterSchema(parameter)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: openParameters === true,
  };
  const alone = first === undefined ? [{ const: true }] : others.some(isRequired) ? [] : [parameterSchema(first)];
  return {
    title: name,
    description: help,
    anyOf: [byName, ...alone, ...(required.length === 0 ? [{ type: 'null' }] : [])],
  };
}

type ParameterEntry = DictionaryEntry['parameters'][number];

function isRequired(parameter: ParameterEntry): boolean {
  return parameter.required === true;
}

function parameterSchema(parameter: ParameterEntry): Schema {
  const type = parameter.refusedWhenTrue === undefined ? typeSchema(parameter.type) : { const: false };
  return {
    ...(isRequired(parameter) ? type : orNull(type)),
    title: titleOf(parameter.name),
    description: parameter.help,
    ...(parameter.default === undefined ? {} : { default: parameter.default }),
  };
}

/** `mean_value` as a heading: `Mean value`. */
function titleOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a checked value may look like in YAML. */
export function typeSchema(type: ParameterType): Schema {
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
    case 'integers': {
      const of = { type: 'integer', ...(type.minimum === undefined ? {} : { minimum: type.minimum }) };
      return {
        type: 'object',
        properties: Object.fromEntries(
          type.keys.map((key) => [key, { ...of, title: titleOf(key), description: `The whole number of ${key}.` }]),
        ),
        required: type.keys,
        additionalProperties: false,
      };
    }
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
