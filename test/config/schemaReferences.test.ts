// Parts of a schema that stand in it several times: written once, and the schema means what it meant.
import { describe, expect, it } from 'vitest';
import type { Schema } from '../../src/config/schemaParts';
import { datasetSchema } from '../../src/config/datasetSchema';
import { withReferences } from '../../src/config/schemaReferences';
import { tuningSchema } from '../../src/config/tuningSchema';

const options: Schema = {
  title: 'Options',
  description: 'What may be done, in a few words that are long enough to be worth a reference.',
  anyOf: [{ type: 'object', properties: { size: { title: 'Size', type: 'integer' } } }, { type: 'null' }],
};

describe('a part that stands in a schema twice', () => {
  const schema: Schema = { properties: { first: options, second: { anyOf: [options, { type: 'string' }] } } };

  it('is written once, and found from both places', () => {
    expect(withReferences(schema)).toEqual({
      properties: {
        first: { $ref: '#/definitions/first' },
        second: { anyOf: [{ $ref: '#/definitions/first' }, { type: 'string' }] },
      },
      definitions: { first: options },
    });
  });

  it('takes no name away from another', () => {
    const other = { ...options, title: 'Other options' };
    const both = { properties: { a: { properties: { x: options, y: options } }, x: other, z: other } };
    const made = withReferences({ ...both, definitions: { x: { type: 'null' } } });
    expect(Object.entries(made['definitions'] as object)).toEqual([
      ['x', { type: 'null' }],
      ['x_2', options],
      ['x_3', other],
    ]);
  });

  it('stays where it is when a reference would not be shorter', () => {
    const short = { title: 'T', type: 'integer' };
    expect(withReferences({ properties: { a: short, b: short } })).toEqual({
      properties: { a: short, b: short },
      definitions: {},
    });
  });
});

describe.each([
  ['tuning config', tuningSchema()],
  ['data set', datasetSchema()],
])('the schema of a %s', (_name, schema) => {
  const definitions = schema['definitions'] as Readonly<Record<string, Schema>>;
  const references = objectsOf(schema).flatMap((part) => ('$ref' in part ? [part] : []));

  it('has nothing beside a reference, which editors would leave out', () => {
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) expect(Object.keys(reference)).toEqual(['$ref']);
  });

  it('refers to definitions it has, and has none that nothing refers to', () => {
    const named = new Set(references.map(({ $ref }) => String($ref).replace('#/definitions/', '')));
    expect([...named].toSorted()).toEqual(Object.keys(definitions).toSorted());
  });

  it('writes no long explanation of options twice', () => {
    const seen = new Map<string, number>();
    for (const part of objectsOf(schema)) {
      if ('anyOf' in part || 'type' in part) {
        const text = JSON.stringify(part);
        seen.set(text, (seen.get(text) ?? 0) + 1);
      }
    }
    expect([...seen].filter(([text, times]) => times > 1 && text.length >= 80)).toEqual([]);
  });
});

/** Every object in a schema, itself included, but for what is not schema. */
function objectsOf(value: unknown): Schema[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([word, part]) =>
    word === 'examples' || word === 'default' ? [] : objectsOf(part),
  );
  return Array.isArray(value) ? inner : [value as Schema, ...inner];
}
