// Nothing is listed that does not work, and nothing works that is not listed.
import { describe, expect, it } from 'vitest';
import { loaderNames } from '../../src/data/loaders/registry';
import { transformNames } from '../../src/data/transforms/registry';
import type { DictionaryEntry, ParameterType } from '../../src/dictionary/entry';
import { loaderEntries } from '../../src/dictionary/loaders';
import { metricEntries } from '../../src/dictionary/metrics';
import { transformEntries } from '../../src/dictionary/transforms';
import { valueOf } from '../../src/config/checkParameters';
import { parseYamlTree } from '../../src/config/yamlTree';
import { createMetric, metricNames } from '../../src/metrics/registry';

const all: readonly DictionaryEntry[] = [...loaderEntries, ...transformEntries, ...metricEntries];

describe('the dictionary', () => {
  it.each([
    ['loaders', loaderEntries, loaderNames],
    ['transforms', transformEntries, transformNames],
    ['metrics', metricEntries, metricNames],
  ])('lists exactly the %s that have code', (_name, entries, names) => {
    expect([...names].sort()).toEqual(entries.map(({ name }) => name).sort());
  });

  it.each(metricEntries.map(({ name }) => name))('makes the metric %s from its defaults', (name) => {
    const { parameters }: DictionaryEntry = metricEntries.find((entry) => entry.name === name)!;
    const metric = createMetric(name, Object.fromEntries(parameters.map((each) => [each.name, each.default])));
    // A metric may have further figures after its own.
    expect(Object.keys(metric.attributes)[0]).toBe(name);
  });

  it('explains every entry and parameter in a sentence', () => {
    for (const { name, help, parameters } of all) {
      expect(help, name).toMatch(/^\S.{10,}\.$/);
      for (const parameter of parameters) expect(parameter.help, `${name}.${parameter.name}`).toMatch(/^\S.{5,}\.$/);
    }
  });

  it('has defaults that fit their own types, and none for what is required', () => {
    for (const { name, parameters } of all) {
      for (const parameter of parameters) {
        expect(parameter.required === true && parameter.default !== undefined, `${name}.${parameter.name}`).toBe(false);
        if (parameter.default === undefined) continue;
        expect(checked(parameter.default, parameter.type), `${name}.${parameter.name}`).toEqual(parameter.default);
      }
    }
  });
});

function checked(value: unknown, type: ParameterType): unknown {
  const { tree } = parseYamlTree(JSON.stringify(value));
  return tree === undefined ? undefined : valueOf(tree, type, '/');
}
