// Completion: what is offered at a cursor, and the text that comes of it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completionAt } from '../../src/languageServer/completion/completion';
import { temporaryFolder } from '../support/temporaryFolder';
import { completed, labelsAt, marked, smallModel } from './marked';

describe('keys', () => {
  it('of the whole file are offered in an empty one, after a text to begin with', () => {
    expect(labelsAt('▮')).toEqual([
      'tuning config',
      'version',
      'model',
      'device',
      'quantization',
      ...['graph_optimization', 'mixed_precision', 'tuning', 'evaluation', 'reduce_range'],
    ]);
    expect(labelsAt('# compressor-bench: dataset\n▮', { kind: 'dataset' })).toEqual([
      'data set',
      'dataset',
      'transform',
      'batch_size',
      'last_batch',
      'shuffle',
      'metric',
      'postprocess',
      'filter',
    ]);
  });

  it('that are there are not offered again, and refused ones never', () => {
    const labels = labelsAt('model:\n  path: a\nquantization:\n  approach: static\n  ▮\n');
    expect(labels).toContain('calibration');
    expect(labels).not.toContain('approach');
    expect(labels).not.toContain('train');
  });

  it.each([
    ['on an empty line below', 'tuning:\n  ▮', 'strategy'],
    ['half typed', 'tuning:\n  exit▮\nevaluation:\n  accuracy:\n', 'exit_policy'],
    ['deeper than its neighbours', 'tuning:\n  random_seed: 1\n      ▮', 'exit_policy'],
    ['in brackets', 'tuning: {random_seed: 1, ▮}', 'exit_policy'],
    ['in brackets over lines', 'tuning: {\n  random_seed: 1,\n  ex▮', 'exit_policy'],
    ['below a key with Windows line ends', 'tuning:\r\n  ▮\r\nevaluation:\r\n', 'exit_policy'],
    ['in place of another', 'tuning:\n  rando▮m_seed: 3', 'exit_policy'],
    ['below a key in quotes', '"tuning":\n  ▮', 'exit_policy'],
    ['below a key with an anchor', 'tuning: &t\n  ▮', 'exit_policy'],
    ['above the children of the key before', 'tuning:\n▮\n  random_seed: 1\n', 'exit_policy'],
    ['after a text that looks like keys', 'model:\n  name: |\n    a: b\n  ▮', 'path'],
  ])('%s', (_, text, label) => {
    expect(labelsAt(text)).toContain(label);
  });

  it('that are taken between a key and its children become one of these', () => {
    expect(completed('tuning:\n▮\n  random_seed: 1\n', 'exit_policy')).toMatch(/^tuning:\n  exit_policy:/);
    expect(labelsAt('model:\n  path: a\n▮\ntuning:\n  random_seed: 1\n')).toContain('quantization');
  });

  it.each([
    ['in a comment', 'tuning:\n  # ▮'],
    ['behind a comment sign', 'tuning:\n  random_seed: 1 # ▮'],
    ['in a text of lines', 'model:\n  name: |\n    some ▮'],
    ['below a key that does not exist', 'tunning:\n  ▮'],
    ['in a quote over lines', 'model:\n  name: "a\n    b▮'],
  ])('are not offered %s', (_, text) => {
    expect(labelsAt(text)).toEqual([]);
  });

  it('are written with what has to follow them', () => {
    expect(completed('▮', 'quantization')).toBe('quantization:\n  ‹0›');
    expect(completed('tuning:\n  ▮', 'random_seed')).toBe('tuning:\n  random_seed: ');
    expect(completed('tuning:\n  exit▮\n', 'exit_policy')).toBe('tuning:\n  exit_policy:\n    ‹0›\n');
    expect(completed('tuning: {▮}', 'exit_policy')).toBe('tuning: {exit_policy: {‹0›}}');
    expect(completed('tuning:\n  rando▮m_seed: 3', 'exit_policy')).toBe('tuning:\n  exit_policy: 3');
  });

  it('take the column of their neighbours, and their step', () => {
    expect(completed('tuning:\n    random_seed: 1\n  ▮', 'exit_policy')).toBe(
      'tuning:\n    random_seed: 1\n    exit_policy:\n        ‹0›',
    );
    expect(completed('tuning:\n  random_seed: 1\n      ▮', 'exit_policy')).toBe(
      'tuning:\n  random_seed: 1\n  exit_policy:\n    ‹0›',
    );
  });

  it('begin a line below a key whose value they are', () => {
    expect(completed('tuning: ▮', 'exit_policy')).toBe('tuning:\n  exit_policy:\n    ‹0›');
    expect(completed('tuning:\n  exit_policy: ▮', 'max_trials')).toBe('tuning:\n  exit_policy:\n    max_trials: ');
  });
});

describe('loaders, transforms and metrics', () => {
  it('are offered with the parameters they need', () => {
    expect(completed('transform:\n  ▮', 'Resize', { kind: 'dataset' })).toBe('transform:\n  Resize:\n    size: [‹1›]');
    expect(completed('transform:\n  ▮', 'Rescale', { kind: 'dataset' })).toBe('transform:\n  Rescale: {}');
    expect(completed('transform: {▮}', 'ResizeCropImagenet', { kind: 'dataset' })).toBe(
      'transform: {ResizeCropImagenet: {height: ‹1›, width: ‹2›‹0›}}',
    );
    expect(completed('dataset:\n  ▮', 'ImageFolder', { kind: 'dataset' })).toBe(
      'dataset:\n  ImageFolder:\n    root: ‹1›',
    );
  });

  it('are one where there can only be one', () => {
    expect(labelsAt('dataset:\n  MNIST: {root: a}\n  ▮', { kind: 'dataset' })).toEqual([]);
    expect(labelsAt('dataset:\n  MNI▮: {root: a}', { kind: 'dataset' })).toContain('MNIST');
  });

  it('stand by name alone where no parameter is needed', () => {
    const labels = labelsAt('metric: ▮', { kind: 'dataset' });
    expect(labels).toContain('topk');
    expect(labels).toContain('topk:');
    expect(completed('metric: to▮', 'topk', { kind: 'dataset' })).toBe('metric: topk');
    expect(completed('metric: ▮', 'topk:', { kind: 'dataset' })).toBe('metric:\n  topk:\n    ‹0›');
  });

  it('have their parameters completed, also inside a tuning config', () => {
    const text = 'evaluation:\n  accuracy:\n    dataloader:\n      transform:\n        Resize:\n          ▮';
    expect(labelsAt(text)).toEqual(['size', 'interpolation']);
    expect(labelsAt('evaluation:\n  accuracy:\n    metric:\n      F1: {mode: ▮}')).toEqual([
      'token',
      'binary',
      'macro',
    ]);
  });
});

describe('values', () => {
  it.each([
    ['a strategy', 'tuning:\n  strategy: ▮', 'bayesian'],
    ['a strategy by its key', 'tuning:\n  strategy:\n    name: ba▮', 'basic'],
    ['a strategy below its key', 'tuning:\n  strategy:\n    ▮', 'tpe'],
    ['an objective in a list', 'tuning:\n  multi_objectives:\n    objective: [performance, ▮]', 'modelsize'],
    ['an objective behind a dash', 'tuning:\n  objective:\n    - performance\n    - ▮', 'footprint'],
    ['an objective behind a dash at the column of its key', 'tuning:\n  objective:\n  - ▮', 'footprint'],
    ['a yes or no', 'tuning:\n  exit_policy:\n    performance_only: ▮', 'true'],
    ['a name of digits', 'tuning:\n  quant_level: ▮', '0'],
    ['right behind the colon', 'quantization:\n  approach:▮', 'dynamic'],
    ['on the line below', 'quantization:\n  approach:\n    ▮', 'dynamic'],
    ['in quotes', "quantization:\n  approach: 'dy▮'", 'dynamic'],
  ])('are offered for %s', (_, text, label) => {
    expect(labelsAt(text)).toContain(label);
  });

  it('are written with a blank behind the colon, in place of the word', () => {
    expect(completed('quantization:\n  approach:▮', 'dynamic')).toBe('quantization:\n  approach: dynamic');
    expect(completed('quantization:\n  approach: st▮atic', 'dynamic')).toBe('quantization:\n  approach: dynamic');
    expect(completed("quantization:\n  approach: 'st▮'", 'dynamic')).toBe('quantization:\n  approach: dynamic');
    expect(completed('tuning:\n  quant_level: ▮', '0')).toBe('tuning:\n  quant_level: 0');
  });
});

describe('names of the model', () => {
  it('are its op types, with how many there are', () => {
    const { offset, ...open } = marked('quantization:\n  optype_wise:\n    ▮', { names: smallModel });
    const { items } = completionAt(open, offset, { offersSchema: false });
    expect(items.map(({ label, detail }) => `${label} ${detail ?? ''}`)).toEqual(['Conv 2 nodes', 'Gemm 1 node']);
  });

  it('are those that can be quantized while there is no model', () => {
    expect(labelsAt('quantization:\n  optype_wise:\n    ▮')).toContain('MatMul');
  });

  it('are its nodes, written so that the expression means just that node and stays good YAML', () => {
    const text = 'quantization:\n  op_wise:\n    ▮';
    expect(completed(text, '/layer1/conv.0/Conv', { names: smallModel })).toBe(
      'quantization:\n  op_wise:\n    /layer1/conv\\.0/Conv:\n      ‹0›',
    );
    expect(completed(text, 'fc: "out" #1', { names: smallModel })).toContain(`'fc: "out" #1':\n`);
  });

  it('are fitting ones while somebody types, also with a quote before', () => {
    expect(labelsAt('quantization:\n  op_wise:\n    conv.1▮', { names: smallModel })).toEqual(['/layer1/conv.1/Conv']);
    expect(labelsAt("quantization: {op_wise: {'fc▮'}}", { names: smallModel })).toEqual(['fc: "out" #1']);
  });

  it('are inputs and outputs', () => {
    expect(labelsAt('model:\n  inputs: [▮]', { names: smallModel })).toEqual(['input']);
    expect(
      labelsAt('evaluation:\n  accuracy:\n    metric:\n      topk:\n        output: ▮', { names: smallModel }),
    ).toEqual(['logits']);
  });
});

describe('files', () => {
  const folder = temporaryFolder();

  it('are offered where a path is written: models, data set files, folders', () => {
    folder.write('net.onnx', '');
    folder.write('eval.yaml', '');
    folder.write('photo.png', '');
    mkdirSync(join(folder.path, 'data'), { recursive: true });
    const path = join(folder.path, 'a.bench.yaml');
    expect(labelsAt('model:\n  path: ▮', { path })).toEqual(['data', 'net.onnx']);
    expect(labelsAt('quantization:\n  calibration:\n    dataloader: ▮', { path })).toEqual(
      expect.arrayContaining(['data', 'eval.yaml']),
    );
    expect(labelsAt('model:\n  path: missing/▮', { path })).toEqual([]);
  });
});
