// YAML as a tree with places, and hostile YAML as problems.
import { describe, expect, it } from 'vitest';
import { parseYamlTree, plainValue } from '../../src/config/yamlTree';

const problemsOf = (text: string): string[] =>
  parseYamlTree(text).problems.map(({ line, column, path, message }) => `${line}:${column} ${path} ${message}`);

describe('parseYamlTree', () => {
  it('keeps the order, the values and the places of everything', () => {
    const { tree } = parseYamlTree('b: 1\na:\n  - x\n  - {y: true}\n');
    expect(tree).toMatchObject({
      kind: 'map',
      entries: [{ key: 'b' }, { key: 'a', keyPosition: { line: 2, column: 1 } }],
    });
    expect(tree === undefined ? undefined : plainValue(tree)).toEqual({ b: 1, a: ['x', { y: true }] });
    const list = tree?.kind === 'map' ? tree.entries[1]?.value : undefined;
    expect(list?.kind === 'list' ? list.items[1]?.position : undefined).toEqual({ line: 4, column: 5 });
  });

  it('reads an alias as what its anchor names, at the place of the alias', () => {
    const { tree } = parseYamlTree('a: &x [1, 2]\nb: *x\n');
    expect(tree === undefined ? undefined : plainValue(tree)).toEqual({ a: [1, 2], b: [1, 2] });
    expect(tree?.kind === 'map' ? tree.entries[1]?.value.position : undefined).toEqual({ line: 2, column: 4 });
  });

  it('keeps a key named __proto__ an ordinary key', () => {
    const { tree } = parseYamlTree('__proto__: {polluted: true}');
    const value = tree === undefined ? {} : plainValue(tree);
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each([
    ['a tab as indentation', 'dataset:\n\tdummy: 1', '2:1  A tab'],
    ['a tag that would build an object', 'a: !!js/function "() => 1"', '1:4  The tag !!js/function is not allowed'],
    ['a tag of YAML 1.1', 'a: !!binary aGk=', '1:4  The tag !!binary'],
    ['a key that is there twice', 'a: 1\nb: 2\na: 3', '3:1 a The key "a" is there twice'],
    ['a list without an end', 'a: [', '1:5  A list that begins with [ has no ] at its end'],
    ['an anchor that holds itself', 'a: &x [*x]', '1:8 a[0] The alias *x stands inside what it names'],
    ['a second document', 'a: 1\n---\nb: 2', 'There is a second document'],
    ['an open quote', 'a: "x', 'closing quote'],
    ['a map as a key', '{a: 1}: 2', 'A key must be a single word'],
    ['brackets nested 100,000 deep', '['.repeat(100_000), 'nests deeper than 64'],
    ['dashes nested 100,000 deep', '- '.repeat(100_000), 'nests deeper than 64'],
    ['indentation nested 500 deep', Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), 'nests'],
  ])('refuses %s', (_name, text, sentence) => {
    expect(problemsOf(text).join('\n')).toContain(sentence);
  });

  it('refuses aliases that multiply to a billion values, at once', () => {
    const lines = ['a: &a [1,1,1,1,1,1,1,1,1,1]'];
    for (let index = 1; index < 9; index++) {
      const name = 'abcdefghi'.charAt(index);
      const before = 'abcdefghi'.charAt(index - 1);
      lines.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(', ')}]`);
    }
    expect(problemsOf(lines.join('\n'))).toEqual([expect.stringContaining('more than 100000 values')]);
  });
});
