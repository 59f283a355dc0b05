// Diagnostics: which part of the text they are about, and what is said about names the model does not have.
import { describe, expect, it } from 'vitest';
import { checkFile, missingDataFindings } from '../../src/languageServer/findings';
import { nodesMatching } from '../../src/languageServer/modelFindings';
import { findings, marked, smallModel } from './marked';

const dynamic = 'quantization:\n  approach: dynamic\n';

/** `underlined text: sentence`. */
function shown(text: string, options = {}): string[] {
  const plain = text.replace('▮', '');
  return findings(text, options).map(({ start, end, message }) => `${plain.slice(start, end)}: ${message}`);
}

describe('findings', () => {
  it.each([
    ['a key', 'tunning:\n  random_seed: 1\n', 'tunning: There is no key "tunning". Did you mean tuning?'],
    ['a value', 'quantization:\n  approach: sttic\n', 'sttic: approach cannot be sttic.'],
    ['a value in quotes', 'quantization:\n  approach: "sttic" # why\n', '"sttic": approach cannot be sttic.'],
    ['a value in brackets', 'quantization: {approach: sttic, quant_format: qdq}\n', 'sttic: approach cannot be sttic.'],
    [
      'a loader',
      `${dynamic}evaluation: {accuracy: {dataloader: {dataset: {MNITS: {root: .}}}}}\n`,
      'MNITS: There is no dataset loader',
    ],
    ['a line that is no YAML', 'model:\n\tname: a\n', '\tname: a: A tab'],
    [
      'a key behind Windows line ends',
      'model:\r\n  nam: a\r\n',
      'nam: There is no key of model "nam". Did you mean name?',
    ],
    ['a key after letters of two code units', 'model:\n  name: "😀"\n  nam: "😀"\n', 'nam: There is no key of model'],
  ])('are about %s', (_, text, sentence) => {
    expect(
      shown(text).some((one) => one.startsWith(sentence)),
      shown(text).join('\n'),
    ).toBe(true);
  });

  it('are about a data set file, too', () => {
    expect(shown('dataset: {images: p}\nbatchsize: 2\n', { kind: 'dataset' })).toEqual([
      'batchsize: There is no key "batchsize". Did you mean batch_size?',
    ]);
  });

  it('are none for an empty file and one of comments', () => {
    expect(shown('')).toEqual([]);
    expect(shown('# compressor-bench: tuning\n\n')).toEqual([]);
    expect(shown('', { kind: 'dataset' })).toEqual([]);
  });

  it('leave out what is no good YAML where another extension says it', () => {
    const { file } = marked('model: {name: a\n');
    expect(checkFile(file, { reportsYaml: true }).findings).not.toEqual([]);
    expect(checkFile(file, { reportsYaml: false }).findings).toEqual([]);
    const twice = marked(`${dynamic}model: {name: a}\nmodel: {name: a}\n`).file;
    expect(checkFile(twice, { reportsYaml: false }).findings).toEqual([]);
    const deep = marked('['.repeat(2000)).file;
    expect(checkFile(deep, { reportsYaml: false }).findings).toHaveLength(1);
  });
});

describe('data to measure with', () => {
  function missing(text: string): string[] {
    const { file } = marked(text);
    const { config } = checkFile(file, { reportsYaml: true });
    return missingDataFindings(file, config).map(({ start, end }) => text.slice(start, end));
  }

  it('is missed in a config that changes a model', () => {
    expect(missing(dynamic)).toEqual(['quantization']);
    expect(missing('mixed_precision: {precisions: fp16}\n')).toEqual(['mixed_precision']);
  });

  it('is not missed where it is there, where nothing is changed, and where something else is wrong', () => {
    const data = 'dataloader: {dataset: {dummy_v2: {input_shape: [1]}}}';
    expect(missing(`${dynamic}evaluation: {accuracy: {${data}}}\n`)).toEqual([]);
    expect(missing(`quantization: {calibration: {${data}}}\n`)).toEqual([]);
    expect(missing('evaluation: {performance: {warmup: 2}}\n')).toEqual([]);
    expect(missing(`${dynamic}foo: 1\n`)).toEqual([]);
  });
});

describe('what the model does not bear out', () => {
  it.each([
    [
      'an op type',
      'optype_wise: {Cnv: {weight: {dtype: fp32}}}',
      'Cnv: ONNX Runtime has no op type "Cnv". Did you mean Conv?',
    ],
    [
      'an op type it does not have',
      'optype_wise: {MatMul: {weight: {dtype: fp32}}}',
      'MatMul: The model has no op of the type MatMul.',
    ],
    [
      'a node',
      "op_wise: {'layer9/.*': {weight: {dtype: fp32}}}",
      "'layer9/.*': No node of the model has a name that matches.",
    ],
    [
      'a node that is nearly right',
      'op_wise: {/layer1/conv0/Conv: {weight: {dtype: fp32}}}',
      '/layer1/conv0/Conv: No node of the model has a name that matches. Did you mean /layer1/conv.0/Conv?',
    ],
  ])('%s', (_, text, sentence) => {
    expect(shown(`${dynamic}  ${text}\n`, { names: smallModel })).toContain(sentence);
  });

  it('inputs and outputs', () => {
    expect(shown(`${dynamic}model:\n  inputs: [inputt]\n  outputs: logits\n`, { names: smallModel })).toEqual([
      'inputt: inputt is none of the inputs of the model. Did you mean input?',
    ]);
  });

  it('nothing while the model is not known, and nothing for what matches', () => {
    const text = `${dynamic}  optype_wise: {Conv: {weight: {dtype: fp32}}}\n  op_wise: {'.*conv.*': {weight: {dtype: fp32}}}\n`;
    expect(shown(text, { names: smallModel })).toEqual([]);
    expect(shown(`${dynamic}  optype_wise: {MatMul: {weight: {dtype: fp32}}}\n`)).toEqual([]);
  });

  it('an expression that would take for ever is given up', () => {
    const names = { ...smallModel, nodes: [{ name: `${'a'.repeat(60)}!`, opType: 'Conv' }] };
    const start = performance.now();
    expect(nodesMatching('(a+)+$', names)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
