// Quick fixes: the text that comes of each, with every other line as it was.
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporaryFolder';
import { findings, fixTitles, fixed, smallModel } from './marked';

const dynamic = 'quantization:\n  approach: dynamic\n';

describe('names', () => {
  it('are changed to the nearest one', () => {
    expect(fixed(`${dynamic}tunning: # goal\n  random_seed: 1\n`, 'Change to tuning')).toBe(
      `${dynamic}tuning: # goal\n  random_seed: 1\n`,
    );
    expect(fixed(`${dynamic}"tunning":\n  random_seed: 1\n`, 'Change to tuning')).toBe(
      `${dynamic}"tuning":\n  random_seed: 1\n`,
    );
    expect(fixed('dataset: {MNITS: {root: .}}\n', 'Change to MNIST', { kind: 'dataset' })).toBe(
      'dataset: {MNIST: {root: .}}\n',
    );
    expect(fixed('dataset:\n  MNIST: {root: .}\nmetric: topkk\n', 'Change to topk', { kind: 'dataset' })).toContain(
      'metric: topk\n',
    );
  });

  it('are removed with all that is below them', () => {
    const text = `model:\n  name: a\nfoo: # of old\n  bar:\n    - 1\n    - 2\n\n# the way\n${dynamic}`;
    expect(fixed(text, 'Remove foo')).toBe(`model:\n  name: a\n\n# the way\n${dynamic}`);
    expect(fixed('quantization: {approach: dynamic, foo: [1, 2]}\n', 'Remove foo')).toBe(
      'quantization: {approach: dynamic}\n',
    );
    expect(fixed('quantization: {foo: 1, approach: dynamic}\n', 'Remove foo')).toBe(
      'quantization: {approach: dynamic}\n',
    );
    expect(fixed(`${dynamic}  foo:\n`, 'Remove foo')).toBe(dynamic);
    expect(fixed(`${dynamic}foo: 1`, 'Remove foo')).toBe(dynamic);
    expect(fixed(`${dynamic.replaceAll('\n', '\r\n')}foo: 1\r\nmodel: {name: a}\r\n`, 'Remove foo')).toBe(
      `${dynamic.replaceAll('\n', '\r\n')}model: {name: a}\r\n`,
    );
  });

  it('that are refused, or said twice, are removed', () => {
    expect(fixed(`${dynamic}pruning:\n  a: 1\n`, 'Remove pruning')).toBe(dynamic);
    expect(fixed(`${dynamic}  device: cpu\ndevice: cpu\n`, /Remove device/)).toMatch(/device/);
    expect(fixed(`${dynamic}model: {name: a}\nmodel: {name: b}\n`, 'Remove model')).toBe(
      `${dynamic}model: {name: a}\n`,
    );
  });

  it('of the model are changed to the nearest one', () => {
    const text = `${dynamic}  op_wise:\n    /layer1/conv0/Conv: {weight: {dtype: fp32}}\n`;
    expect(fixed(text, /^Change to/, { names: smallModel })).toContain('    /layer1/conv.0/Conv: {');
  });
});

describe('values', () => {
  it.each([
    ['a choice', 'quantization:\n  approach: dynamc\n', 'approach: dynamic'],
    ['a choice in quotes', 'quantization:\n  approach: "dynamc"\n', 'approach: dynamic'],
    ['a strategy', `${dynamic}tuning:\n  strategy: bayesain\n`, 'strategy: bayesian'],
    ['a yes', `${dynamic}tuning:\n  exit_policy:\n    performance_only: yes\n`, 'performance_only: true'],
    ['an off', `${dynamic}tuning:\n  exit_policy: {performance_only: Off}\n`, 'performance_only: false'],
    ['a number that is too small', `${dynamic}tuning:\n  exit_policy:\n    max_trials: 0\n`, 'max_trials: 1'],
    ['a number with a fraction', `${dynamic}tuning:\n  exit_policy:\n    timeout: 2.6\n`, 'timeout: 3'],
    ['a number in words', `${dynamic}tuning:\n  exit_policy:\n    max_trials: many\n`, 'max_trials: 100'],
    [
      'an element of a list',
      `${dynamic}tuning:\n  objective: [accuracy, modelsiz]\n`,
      'objective: [accuracy, modelsize]',
    ],
    ['a parameter', 'dataset: {MNIST: {root: ., download: true}}\n', 'download: false'],
    ['a choice of a parameter', 'dataset: {MNIST: {root: .}}\nmetric: {F1: {mode: makro}}\n', 'mode: macro'],
    ['a value of a data set', 'dataset: {MNIST: {root: .}}\nlast_batch: drop\n', 'last_batch: rollover'],
  ])('%s', (_, text, right) => {
    const kind = text.startsWith('dataset') ? 'dataset' : 'tuning';
    const after = fixed(text, /^Change to/, { kind });
    expect(after).toContain(right);
    expect(findings(after, { kind })).toEqual([]);
  });

  it('offers every choice', () => {
    expect(fixTitles(`${dynamic}  quant_format: xyz\n`)).toEqual(
      expect.arrayContaining(['Change to qdq', 'Change to qoperator']),
    );
  });
});

describe('missing keys', () => {
  it('are added to a loader, wherever it stands', () => {
    expect(fixed('dataset:\n  ImageFolder:\n', 'Add root', { kind: 'dataset' })).toBe(
      'dataset:\n  ImageFolder:\n    root: data\n',
    );
    expect(fixed('dataset: {ImageFolder: {}}\n', 'Add root', { kind: 'dataset' })).toBe(
      'dataset: {ImageFolder: {root: data}}\n',
    );
    const text = 'dataset: {MNIST: .}\ntransform:\n    ResizeCropImagenet:\n        height: 32\n';
    expect(fixed(text, 'Add width', { kind: 'dataset' })).toBe(
      'dataset: {MNIST: .}\ntransform:\n    ResizeCropImagenet:\n        width: 224\n        height: 32\n',
    );
  });

  it('are added to a data set', () => {
    expect(fixed('batch_size: 2\n', 'Add data: pictures of a folder', { kind: 'dataset' })).toBe(
      'dataset:\n  images:\n    path: pictures\nbatch_size: 2\n',
    );
  });

  it('are added with the sections around them, and what is random fits the model', () => {
    const after = fixed('model:\n  name: a\n', 'Add data: random values', { names: smallModel });
    expect(after).toBe(
      'quantization:\n  calibration:\n    dataloader:\n      dataset:\n        dummy_v2:\n          input_shape: [3, 32, 32]\nmodel:\n  name: a\n',
    );
    expect(findings(after)).toEqual([]);
    const beside = fixed('quantization:\n  calibration:\n    dataloader:\n', 'Add data: random values');
    expect(beside).toContain('    dataloader:\n      dataset:\n        dummy_v2:\n');
    expect(findings(beside)).toEqual([]);
    const inBrackets = fixed('quantization: {approach: static}\n', 'Add data: random values');
    expect(findings(inBrackets), inBrackets).toEqual([]);
  });

  it('are not needed when nothing is calibrated', () => {
    const title = 'Quantize dynamically, which needs no data';
    expect(fixed('model: {name: a}\n', title)).toBe(
      'quantization:\n  approach: post_training_dynamic_quant\nmodel: {name: a}\n',
    );
    expect(fixed('quantization:\n  approach: static # yet\n', title)).toBe(
      'quantization:\n  approach: post_training_dynamic_quant # yet\n',
    );
  });
});

describe('the rest', () => {
  const folder = temporaryFolder();

  it('changes a path to the file that is nearly called so', () => {
    folder.write('resnet.onnx', '');
    const path = `${folder.path}/a.bench.yaml`;
    expect(fixed(`model:\n  path: ./resnte.onnx\n${dynamic}`, 'Change to ./resnet.onnx', { path })).toContain(
      'path: ./resnet.onnx',
    );
  });

  it('indents with spaces', () => {
    expect(fixed('model:\n\tname: a\nquantization:\n\tapproach: dynamic\n', 'Indent with spaces')).toBe(
      `model:\n  name: a\n${dynamic}`,
    );
  });
});
