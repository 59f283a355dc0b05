// The README names what there is: every loader, transform and metric with its parameters, and no option that is not there.
import { describe, expect, it } from 'vitest';
import type { DictionaryEntry } from '../../src/dictionary/entry';
import { loaderEntries } from '../../src/dictionary/loaders';
import { metricEntries } from '../../src/dictionary/metrics';
import { transformEntries } from '../../src/dictionary/transforms';
import { filesBelow, read } from './sources';

const readme = read('README.md');
const wordsOf = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);

/** The row of the table of such entries whose first cell names the entry. */
function rowOf(noun: string, name: string): string | undefined {
  const lines = readme.split('\n');
  const table = lines.slice(lines.findIndex((line) => line.startsWith(`| ${noun} | parameters |`)));
  const end = table.findIndex((line) => !line.startsWith('|'));
  return table.slice(0, end).find((row) => wordsOf(row.split('|')[1] ?? '').includes(name));
}

/** `output` is explained for all metrics at once; `download` does nothing and is known only so that old files can be read. */
const explainedOnce = new Set(['output', 'download']);

describe.each<[string, readonly DictionaryEntry[]]>([
  ['loader', loaderEntries],
  ['transform', transformEntries],
  ['metric', metricEntries],
])('the README describes the %s', (noun, entries) => {
  it.each(entries.map((entry) => [entry.name, entry] as const))('%s with all its parameters', (name, entry) => {
    const row = rowOf(noun, name);
    expect(row).toBeDefined();
    const named = new Set(wordsOf(row?.split('|')[2] ?? ''));
    const parameters = entry.parameters.map((parameter) => parameter.name);
    expect(parameters.filter((parameter) => !explainedOnce.has(parameter)).sort()).toEqual([...named].sort());
  });
});

describe('the README', () => {
  it('shows no option of the command line that does not exist', () => {
    const sources = filesBelow('src/cli').map(read).join('\n');
    const shown = new Set([...readme.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map(([, option = '']) => option));
    expect(shown.size).toBeGreaterThan(10);
    expect([...shown].filter((option) => !new RegExp(`['-]${option}\\b`).test(sources))).toEqual([]);
  });
});

describe('the README, of the extension,', () => {
  const manifest = JSON.parse(read('package.json')) as {
    readonly contributes: {
      readonly commands: readonly { readonly title: string }[];
      readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
    };
  };
  const texts = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;

  it('names every setting', () => {
    const settings = Object.keys(manifest.contributes.configuration.properties);
    expect(settings.filter((setting) => !readme.includes(`\`${setting}\``))).toEqual([]);
  });

  it('names every command', () => {
    const titles = manifest.contributes.commands.map(({ title }) => texts[title.slice(1, -1)] ?? title);
    expect(titles.filter((title) => !readme.includes(`*${title.replace('…', '')}*`))).toEqual([]);
  });

  it('shows pictures that are there', () => {
    const pictures = [...readme.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path = '']) => path);
    expect(pictures.length).toBeGreaterThan(3);
    expect(pictures.filter((path) => !filesBelow('media').includes(path))).toEqual([]);
  });
});
