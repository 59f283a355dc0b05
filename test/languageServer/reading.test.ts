// Hovers, links and lenses; the schema for another extension; which files are ours.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configFileKind, recordOfConfig } from '../../src/config/configFileKind';
import { describedSchema } from '../../src/languageServer/describedSchema';
import { hoverAt } from '../../src/languageServer/hover';
import { lensesOf } from '../../src/languageServer/lenses';
import { linksIn } from '../../src/languageServer/links';
import { temporaryFolder } from '../support/temporaryFolder';
import { marked, smallModel } from './marked';
import type { Options } from './marked';

function hover(text: string, options: Options = {}): string | undefined {
  const { offset, ...open } = marked(text, options);
  return hoverAt(open, offset)?.markdown;
}

describe('hover', () => {
  it('explains a key with default and unit', () => {
    const text = hover('tuning:\n  exit_policy:\n    time▮out: 3\n');
    expect(text).toContain('**Time limit**');
    expect(text).toContain('Default: `0`');
    expect(text).toContain('Unit: s');
  });

  it('explains a key that is refused, loaders, parameters, and chosen names', () => {
    expect(hover('pru▮ning: {}')).toContain('needs training');
    expect(hover('dataset: {Image▮Folder: {root: a}}', { kind: 'dataset' })).toContain(
      'One sub\\-folder'.replace('\\-', '-'),
    );
    expect(hover('dataset: {ImageFolder: {ro▮ot: a}}', { kind: 'dataset' })).toContain('Has to be there');
    expect(hover('tuning:\n  strategy: bay▮esian\n')).toContain('Gaussian process');
    expect(hover('metric: top▮k', { kind: 'dataset' })).toContain('highest scores');
    expect(hover('tuning:\n  objective: [accuracy, model▮size]\n')).toContain('Size of the model file');
  });

  it('shows signs in help as they are', () => {
    expect(hover('dataset: {Imagenet▮Raw: {data_path: a}}', { kind: 'dataset' })).toContain('\\<relative image\\>');
  });

  it('tells of the model', () => {
    const options = { names: smallModel };
    expect(hover('quantization: {optype_wise: {Co▮nv: {}}}', options)).toBe('`Conv`: 2 nodes of the model.');
    expect(hover("quantization: {op_wise: {'.*con▮v.*': {}}}", options)).toContain('Matches 2 nodes of the model.');
    expect(hover('quantization: {op_wise: {/layer1/conv.▮0/Conv: {}}}', options)).toContain(
      'is a node of the type `Conv`',
    );
  });

  it('says nothing elsewhere', () => {
    expect(hover('model:\n  name: a▮b\n')).toBeUndefined();
    expect(hover('# com▮ment\nmodel: {name: a}')).toBeUndefined();
    expect(hover('foo▮: 1')).toBeUndefined();
  });

  it('shows hostile names as text', () => {
    const names = { ...smallModel, nodes: [{ name: '<img src=x onerror=alert(1)>`', opType: '`<b>`\n# x' }] };
    const text = hover("quantization: {op_wise: {'<img src=x on▮error=alert(1)>`': {}}}", { names });
    expect(text).toBe("`<img src=x onerror=alert(1)>'` is a node of the type `'<b>' # x`.");
  });
});

describe('links and lenses', () => {
  const folder = temporaryFolder();

  it('lead to models, data and folders that are there', () => {
    folder.write('net.onnx', '');
    folder.write('eval.yaml', '');
    mkdirSync(join(folder.path, 'pics'));
    const path = join(folder.path, 'a.bench.yaml');
    const { file } = marked(
      'model: {path: ./net.onnx}\nquantization: {calibration: {dataloader: eval.yaml}}\nevaluation: {accuracy: {dataloader: {dataset: {images: pics}}}}\ntuning: {workspace: {path: none}}\n',
      { path },
    );
    expect(linksIn(file).map(({ target, isFolder }) => [target, isFolder])).toEqual([
      [join(folder.path, 'net.onnx'), false],
      [join(folder.path, 'eval.yaml'), false],
      [join(folder.path, 'pics'), true],
    ]);
  });

  it('say what can be done with a file', () => {
    const lenses = (path: string, text = '# a\n\nmodel: {name: a}\n'): unknown => lensesOf(marked(text, { path }).file);
    expect(lenses('/w/a.bench.yaml')).toEqual({ line: 2, lenses: ['run', 'validate', 'openHistory'] });
    const bench = '/w/.compressor-bench/projects/1-a';
    expect(lenses(`${bench}/optimizations/3-b/config.yaml`)).toMatchObject({
      lenses: ['run', 'validate', 'openHistory'],
    });
    expect(lenses(`${bench}/benchmarks/3-b/config.yaml`)).toMatchObject({ lenses: ['validate'] });
    const data = marked('dataset: {}\n', { kind: 'dataset', path: '/w/a.dataset.bench.yaml' });
    expect(lensesOf(data.file).lenses).toEqual(['preview', 'validate']);
    expect(lenses('/w/a.bench.yaml', '')).toEqual({ line: 0, lenses: ['run', 'validate', 'openHistory'] });
  });
});

describe('which files are ours', () => {
  it.each([
    ['/w/net.bench.yaml', '', 'tuning'],
    ['/w/digits.dataset.bench.yaml', '', 'dataset'],
    ['C:\\w\\.compressor-bench\\projects\\1-a\\optimizations\\2-b\\config.yaml', '', 'tuning'],
    ['/w/.compressor-bench/runs/x/dataset.yaml', '', 'dataset'],
    ['/w/any.yaml', '# compressor-bench: tuning\n', 'tuning'],
    ['/w/any.yaml', '# A set\n#compressor-bench: dataset \n', 'dataset'],
    ['/w/net.bench.yaml', '# compressor-bench: dataset\n', 'dataset'],
    ['/w/config.yaml', 'model: {}\n', undefined],
    ['/w/docker-compose.yaml', 'a: "# compressor-bench: tuning"\n', undefined],
    ['/w/any.yaml', `${'\n'.repeat(6)}# compressor-bench: tuning\n`, undefined],
    ['/w/any.yaml', 'x'.repeat(10_000_000), undefined],
  ])('%s', (path, text, kind) => {
    expect(configFileKind(path, text)).toBe(kind);
  });

  it('and which record a config belongs to', () => {
    const path = '/w/.compressor-bench/projects/12-a-b/optimizations/3-c/config.yaml';
    expect(recordOfConfig(path)).toEqual({ kind: 'optimization', id: 3, projectId: 12 });
    expect(recordOfConfig('/w/.compressor-bench/projects/12-a/optimizations/3-c/runs/x/config.yaml')).toBeUndefined();
  });
});

describe('the schema for another extension', () => {
  it.each(['tuning', 'dataset'] as const)('describes a %s file and refuses nothing', (kind) => {
    const text = JSON.stringify(describedSchema(kind));
    expect(text.length).toBeLessThan(300_000);
    for (const word of [
      '"enum":',
      '"const":',
      '"required":[',
      '"additionalProperties":false',
      '"minimum":',
      '"pattern":',
    ]) {
      expect(text).not.toContain(word);
    }
    expect(text).toContain('"ImageFolder"');
  });
});
