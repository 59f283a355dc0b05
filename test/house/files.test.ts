// How files look: what each must begin with, how long it may be, what may stand at the root, and what must not be in any.
import { describe, expect, it } from 'vitest';
import { filesBelow, read } from './sources';

const all = filesBelow('');
const code = all.filter((path) => /\.(?:ts|mjs)$/.test(path));
const text = all.filter((path) => /(?:\.(?:ts|mjs|js|py|json|ya?ml|md|txt|sh)|\/run|^[^/.]+|^\.[^/]+)$/.test(path));

/** DESIGN §2: the user's card, and what tools and people look for at the root. */
const rootEntries = new Set([
  ...['src', 'webviews', 'media', 'schemas', 'test', '.ci'],
  ...[
    'package.json',
    'package-lock.json',
    'package.nls.json',
    'tsconfig.json',
    '.npmrc',
    '.gitignore',
    '.gitattributes',
  ],
  ...['eslint.config.mjs', '.vscodeignore'],
  ...['README.md', 'LICENSE', 'NOTICE', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'],
]);

/** The aim is 300; a table of test cases may be longer. */
const mostLines = (path: string): number => (path.startsWith('test/') ? 600 : 400);

function linesOf(path: string): string[] {
  return read(path).split('\n');
}

describe('files', () => {
  it('at the root are the ones that belong there', () => {
    expect([...new Set(all.map((path) => path.split('/')[0] ?? ''))].filter((name) => !rootEntries.has(name))).toEqual(
      [],
    );
  });

  it('of code begin with a comment that says what they are for', () => {
    expect(code.filter((path) => !/^(?:#!.*\n)?\/\/ \S.{20,}/.test(read(path)))).toEqual([]);
  });

  it('of code are short enough to be read at one sitting', () => {
    expect(code.filter((path) => linesOf(path).length > mostLines(path))).toEqual([]);
  });

  it('are named for what is in them', () => {
    const nondescript = /(?:^|\/)(?:index|utils?|helpers?|misc|common|shared)(?:\.[a-z]+)?$/i;
    expect(all.filter((path) => path.startsWith('src/') && nondescript.test(path))).toEqual([]);
    expect(
      code.filter(
        (path) => !/^[a-z][A-Za-z0-9]*(?:\.test|\.host|\.ui|\.config)?\.(?:ts|mjs)$/.test(path.split('/').at(-1) ?? ''),
      ),
    ).toEqual([]);
  });

  it('of src export by name, from the file that holds the thing', () => {
    const exporting = /^export\s+(?:default\b|\*)/m;
    expect(code.filter((path) => path.startsWith('src/') && exporting.test(read(path)))).toEqual([]);
  });

  it('of tests test something', () => {
    const tests = all.filter((path) => path.endsWith('.test.ts'));
    expect(tests.length).toBeGreaterThan(10);
    expect(tests.filter((path) => !read(path).includes('expect'))).toEqual([]);
    expect(tests.filter((path) => /\b(?:it|describe|test)\.only\b/.test(read(path)))).toEqual([]);
  });
});

describe('no file mentions', () => {
  // Put together here, so that this file does not contain them.
  const slash = '/';
  const forbidden: Readonly<Record<string, RegExp>> = {
    'a folder of one machine': new RegExp(`(?<![\\w.}*)-])${slash}(?:work|root|opt${slash}oracle)${slash}\\w`),
    'a package registry': new RegExp(`:${slash}{2}[^\\s/'"]*(?:registry|artifactory|nexus|verdaccio)`, 'i'),
    'an address of a private network': new RegExp(`:${slash}{2}(?:10|172\\.(?:1[6-9]|2\\d|3[01])|192\\.168)\\.\\d`),
  };

  it.each(Object.keys(forbidden))('%s', (name) => {
    const pattern = forbidden[name]!;
    const found = text.flatMap((path) =>
      linesOf(path).flatMap((line, index) =>
        pattern.test(line) ? [`${path}:${index + 1}: ${line.slice(0, 120)}`] : [],
      ),
    );
    expect(found).toEqual([]);
  });
});
