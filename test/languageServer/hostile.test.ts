// Text that nobody wrote by hand: every feature answers it soon, and none of them throws.
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completionAt } from '../../src/languageServer/completion/completion';
import { checkFile } from '../../src/languageServer/findings';
import { quickFixesOf } from '../../src/languageServer/fixes/quickFixes';
import { hoverAt } from '../../src/languageServer/hover';
import { lensesOf } from '../../src/languageServer/lenses';
import { linksIn } from '../../src/languageServer/links';
import { temporaryFolder } from '../support/temporaryFolder';
import { findings, marked, smallModel } from './marked';
import type { Options } from './marked';

/** Asks all features; what takes minutes where it should take a moment runs into the limit of the runner. */
function everything(text: string, offset: number, options: Options = {}): void {
  const { file } = marked(text, options);
  const open = { file, names: smallModel };
  completionAt(open, offset, { offersSchema: true });
  hoverAt(open, offset);
  for (const finding of checkFile(file, { reportsYaml: true }).findings) quickFixesOf(open, finding);
  lensesOf(file);
  linksIn(file);
}

const bomb = [
  'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
  ...Array.from({ length: 20 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`),
].join('\n');

describe('hostile text', () => {
  it.each([
    ['a megabyte of letters', 'x'.repeat(1_000_000)],
    ['a megabyte of keys', 'key: 1\n'.repeat(140_000)],
    ['thousands of keys of a section', `model:\n${Array.from({ length: 9000 }, (_, i) => `  k${i}: 1`).join('\n')}`],
    ['open brackets', '['.repeat(100_000)],
    ['open braces with keys', '{a: '.repeat(60)],
    ['dashes', '- '.repeat(50_000)],
    ['levels of blanks', Array.from({ length: 400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['aliases of aliases', bomb],
    ['quotes that never end', `a: "${'b\n'.repeat(50_000)}`],
    ['colons', ':'.repeat(100_000)],
    ['backslashes', `"${'\\'.repeat(100_000)}`],
    ['tabs', '\t'.repeat(100_000)],
    ['zeros', '\0'.repeat(10_000)],
    ['blanks before a colon', `a${' '.repeat(100_000)}b`],
  ])('%s', (_, text) => {
    expect(() => everything(text, text.length)).not.toThrow();
    expect(() => everything(text, Math.floor(text.length / 2))).not.toThrow();
  });

  it('of every kind', () => {
    const word = fc.constantFrom(
      ...[
        'model',
        'path',
        'tuning',
        'quantization',
        'op_wise',
        'dataset',
        ':',
        ': ',
        '\n',
        '\n  ',
        '- ',
        '{',
        '}',
        '[',
        ']',
        '"',
        "'",
        '|',
        '#',
        '&a ',
        '*a',
        '\t',
        '\r\n',
        ',',
        '? ',
        '---\n',
        '!x ',
        'é😀',
      ],
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), fc.nat(), (words, at) => {
        const text = words.join('');
        everything(text, at % (text.length + 1));
        everything(text, at % (text.length + 1), { kind: 'dataset' });
      }),
      { numRuns: 500 },
    );
  });
});

describe('hostile files', () => {
  const folder = temporaryFolder();

  it.skipIf(process.platform === 'win32')('that are named: a pipe, a device, a folder', () => {
    const path = join(folder.path, 'a.bench.yaml');
    execFileSync('mkfifo', [join(folder.path, 'pipe')]);
    for (const name of ['pipe', '/dev/zero', '/dev/stdin', '.', '/proc/self/mem']) {
      const found = findings(`quantization: {calibration: {dataloader: ${name}}}\n`, { path });
      expect(found, name).not.toEqual([]);
    }
  });
});
