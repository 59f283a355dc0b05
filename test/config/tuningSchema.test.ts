// The committed schema is the one the dictionary makes, explains every key, and has examples the product accepts.
// After a change of the dictionary: npx vitest run test/config/tuningSchema.test.ts -u
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { tuningExamples } from '../../src/config/tuningExamples';
import type { Schema } from '../../src/config/schemaParts';
import { checkTuningText } from '../../src/config/tuningFile';
import { tuningSchema } from '../../src/config/tuningSchema';
import { configKeys } from '../../src/dictionary/tuningKeys/configKeys';
import type { ConfigKey, ConfigKeys } from '../../src/dictionary/tuningKeys/configKey';

describe('schemas/tuning-config.schema.json', () => {
  it('is what tuningSchema() builds', async () => {
    const text = `${JSON.stringify(tuningSchema(), undefined, 2)}\n`;
    await expect(text).toMatchFileSnapshot('../../schemas/tuning-config.schema.json');
  });

  it('has a title and a description for every key, at every depth', () => {
    const keys = describedKeys(tuningSchema());
    expect(keys.length).toBeGreaterThan(200);
    expect(keys.filter(({ title, description }) => title === undefined || description === undefined)).toEqual([]);
  });

  it.each(tuningExamples.map((example) => [JSON.stringify(example), example]))(
    'has the valid example %s',
    (json, example) => {
      expect(checkTuningText(json, '/w/config.yaml').problems).toEqual([]);
      expect(checkTuningText(stringify(example), '/w/config.yaml').problems).toEqual([]);
    },
  );
});

describe('the keys of config.yaml', () => {
  it('have a help text that is a sentence, and refusals that are one too', () => {
    for (const [path, key] of everyKey(configKeys)) {
      expect(key.title, path).toMatch(/^[A-Z]\S*( \S+)*$/);
      expect(key.help, path).toMatch(/^\S.{3,}\.$/s);
      if (key.kind === 'refused') expect(key.reason, path).toMatch(/^\S.{10,}\.$/);
      for (const reason of Object.values(key.kind === 'value' ? (key.refusedValues ?? {}) : {})) {
        expect(reason, path).toMatch(/^\S.{10,}\.$/);
      }
    }
  });
});

interface Described {
  readonly key: string;
  readonly title: unknown;
  readonly description: unknown;
}

const definitions = tuningSchema()['definitions'] as Readonly<Record<string, Schema>>;

/** What a reference refers to; any other schema as it is. */
function resolved(schema: Schema): Schema {
  const { $ref } = schema;
  return typeof $ref === 'string' ? (definitions[$ref.replace('#/definitions/', '')] ?? {}) : schema;
}

/** Every member of every `properties` in a schema. */
function describedKeys(schema: unknown, inside = ''): Described[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema as Record<string, unknown>).flatMap(([name, value]) => {
    if (name === 'examples' || name === 'default') return [];
    const below = describedKeys(value, name);
    if (inside !== 'properties') return below;
    const { title, description } = resolved(value as Schema);
    return [{ key: name, title, description }, ...below];
  });
}

function everyKey(keys: ConfigKeys, path = ''): [string, ConfigKey][] {
  return Object.entries(keys).flatMap(([name, key]): [string, ConfigKey][] => {
    const below =
      key.kind === 'section' ? key.keys : key.kind === 'named' ? key.of.keys : key.kind === 'metrics' ? key.keys : {};
    return [[`${path}.${name}`, key], ...everyKey(below, `${path}.${name}`)];
  });
}
