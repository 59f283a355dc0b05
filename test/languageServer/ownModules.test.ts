// Modules of a person's own that a file names: missing ones, the template of a quick fix, and the way to the code.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quickFixesOf } from '../../src/languageServer/fixes/quickFixes';
import { definitionAt } from '../../src/languageServer/ownModules';
import { temporaryFolder } from '../support/temporaryFolder';
import { findings, marked } from './marked';
import type { Options } from './marked';

const folder = temporaryFolder();
const dataset = { kind: 'dataset', path: join(folder.path, 'a.dataset.bench.yaml') } as const;

function missing(text: string, options: Options = dataset): string[] {
  const { file } = marked(text, options);
  return findings(text, options).map(({ start, end, message }) => `${file.text.slice(start, end)}: ${message}`);
}

const fixesOf = (text: string) => {
  const { file, names } = marked(text, dataset);
  return findings(text, dataset).flatMap((finding) => quickFixesOf({ file, names }, finding));
};

describe('a module that is missing', () => {
  it('is reported where it is named, in every form', () => {
    const text = 'dataset:\n  custom:\n    path: gone.ts\nmetric: {custom: none.mjs}\n';
    expect(missing(text)).toEqual([
      'gone.ts: The module gone.ts does not exist. Write it, or begin with a template (quick fix).',
      'none.mjs: The module none.mjs does not exist. Write it, or begin with a template (quick fix).',
    ]);
    folder.write('there.ts', '');
    expect(missing('dataset: {custom: {path: there.ts, root: gone.ts}}\n')).toEqual([]);
    expect(missing('dataset: {custom: {path: gone.ts}}\n', { kind: 'dataset' })).toEqual([]);
  });

  it('is reported in a config, once', () => {
    const config = `quantization: {approach: dynamic}
evaluation:
  accuracy:
    dataloader: {dataset: {custom: {path: gone.ts}}}
    metric: {custom: {path: none.ts}}
`;
    const found = missing(config, { kind: 'tuning', path: join(folder.path, 'a.bench.yaml') });
    expect(found.map((line) => line.replace(/:.*/, ''))).toEqual(['gone.ts', 'none.ts']);
  });

  it('is made from the template, with all that the file wants of it', () => {
    const [fix] = fixesOf('dataset: {custom: {path: sub/gone.mts}}\nmetric: {custom: {path: sub/gone.mts}}\n');
    expect(fix).toMatchObject({
      title: 'Create gone.mts from a template',
      changes: [],
      newFile: { path: join(folder.path, 'sub/gone.mts') },
    });
    expect(fix?.newFile?.text).toMatch(/interface Sample[^]*export default class Loader[^]*export class Metric/);
    const [script] = fixesOf('metric: {custom: {path: gone.mjs}}\ndataset: {dummy: {shape: [1, 2]}}\n');
    expect(script?.newFile?.text).toContain('@param {readonly unknown[]} annotations');
    expect(script?.newFile?.text).not.toContain('class Loader');
    expect(fixesOf('dataset: {custom: {path: gone.py}}\n')).toEqual([]);
  });
});

describe('the definition', () => {
  it('of a module is where its code begins', () => {
    const code = '// mine\n\nexport class Metric {}\n\nexport default class Loader {}\n';
    const target = folder.write('code.ts', code);
    const at = (text: string): unknown => {
      const { file, offset } = marked(text, dataset);
      return definitionAt(file, offset);
    };
    expect(at('dataset: {custom: {path: co▮de.ts}}\n')).toEqual({ target, line: 4 });
    expect(at('metric: {custom: ▮code.ts}\ndataset: {dummy: {shape: [1]}}\n')).toEqual({ target, line: 2 });
    expect(at('dataset: {custom: {path: gone▮.ts}}\n')).toBeUndefined();
    expect(at('dataset: {npy: {path: code▮.ts}}\n')).toEqual({ target, line: 0 });
    expect(at('datas▮et: {custom: {path: code.ts}}\n')).toBeUndefined();
  });
});
