// Fitting data to the inputs of a model: by name, by order, and what is said when it does not fit.
import { describe, expect, it } from 'vitest';
import type { Tensor, TensorType } from '../../src/onnx/tensor';
import { bindInputs } from '../../src/runtime/feeds';
import { RuntimeFailure } from '../../src/runtime/runtimeErrors';
import type { PortInfo } from '../../src/runtime/session';

function port(name: string, dims: PortInfo['dims'], type = 'float32'): PortInfo {
  return { name, type, dims };
}

/** A tensor without elements: binding looks at type and shape only. */
function tensor(dims: readonly number[], type: TensorType = 'float32'): Tensor {
  return { type, dims, data: new Float32Array(0) };
}

function failureOf(inputs: Record<string, Tensor>, ports: readonly PortInfo[]): RuntimeFailure {
  try {
    bindInputs(inputs, ports);
  } catch (thrown) {
    if (thrown instanceof RuntimeFailure) return thrown;
    throw thrown;
  }
  throw new Error('it was expected to fail');
}

describe('bindInputs', () => {
  const ids = port('input_ids', ['batch', 'seq'], 'int64');
  const mask = port('mask', ['batch', 'seq'], 'int64');

  it('goes by name in any order and leaves out what the model has no input for', () => {
    const a = tensor([1, 8], 'int64');
    const b = tensor([1, 8], 'int64');
    const bound = bindInputs({ mask: b, extra: tensor([3]), input_ids: a }, [ids, mask]);
    expect(Object.keys(bound)).toEqual(['input_ids', 'mask']);
    expect(bound['input_ids']).toBe(a);
    expect(bound['mask']).toBe(b);
  });

  it('knows the inputs of language models by the names of other exporters', () => {
    const given = { input_ids: tensor([1, 8], 'int64'), attention_mask: tensor([1, 8], 'int64') };
    const types = { token_type_ids: tensor([1, 8], 'int64') };
    const ports = ['segment_ids:0', 'input_mask:0', 'input_ids:0'].map((name) => port(name, ['batch', 'seq'], 'int64'));
    const bound = bindInputs({ ...given, ...types }, ports);
    expect(Object.values(bound)).toEqual([types.token_type_ids, given.attention_mask, given.input_ids]);
    expect(bindInputs({ ...given, ...types }, [ids, mask])).toEqual({
      input_ids: given.input_ids,
      mask: given.attention_mask,
    });
    expect(failureOf(given, ports).message).toContain('segment_ids:0');
  });

  it('goes by order when no name is an input of the model and the count fits', () => {
    const image = tensor([1, 3, 8, 8]);
    expect(bindInputs({ image }, [port('data_0', [1, 3, 8, 8])])).toEqual({ data_0: image });
  });

  it('takes names that are also names of Object for what they are', () => {
    const value = tensor([1]);
    const bound = bindInputs({ x: value }, [port('__proto__', [1])]);
    expect(Object.entries(bound)).toEqual([['__proto__', value]]);
  });

  it('says which inputs are missing', () => {
    expect(failureOf({ input_ids: tensor([1, 8], 'int64') }, [ids, mask])).toMatchObject({
      code: 'engine-input-missing',
      message: 'The data gives "input_ids", but the model also needs "mask".',
    });
    expect(failureOf({ a: tensor([1]) }, [ids, mask]).code).toBe('engine-input-count');
  });

  it('says which type is wanted', () => {
    expect(failureOf({ x: tensor([1], 'uint8') }, [port('x', [1])])).toMatchObject({
      code: 'engine-input-type',
      message: 'The model\'s input "x" takes float32, the data gives uint8.',
      nextStep: expect.stringContaining('Cast: {dtype: float32}') as string,
    });
    expect(failureOf({ x: tensor([1]) }, [port('x', [], 'sequence')]).code).toBe('engine-input-kind');
  });

  it('rounds float32 data to half precision for a float16 input, so that an ordinary data set suits a model in half', () => {
    const values = Float32Array.of(1, -2.5, 0.1, 65504, 1e9, 2049, -0);
    const given: Tensor = { type: 'float32', dims: [1, 7], data: values };
    const { x: half } = bindInputs({ x: given }, [port('x', ['N', 7], 'float16')]);
    expect(half).toEqual({
      type: 'float16',
      dims: [1, 7],
      data: Uint16Array.of(0x3c00, 0xc100, 0x2e66, 0x7bff, 0x7c00, 0x6800, 0x8000),
    });
    expect(given.data).toBe(values);
    const ready: Tensor = { type: 'float16', dims: [1, 7], data: new Uint16Array(7) };
    expect(bindInputs({ x: ready }, [port('x', ['N', 7], 'float16')])['x']).toBe(ready);
  });

  it.each([
    ['float64', 'float32'],
    ['float32', 'float64'],
    ['float64', 'float16'],
    ['uint8', 'float16'],
    ['float16', 'float32'],
    ['int32', 'int64'],
  ] as const)('refuses %s data for a %s input', (given, wanted) => {
    expect(failureOf({ x: tensor([1], given) }, [port('x', [1], wanted)])).toMatchObject({
      code: 'engine-input-type',
      message: `The model's input "x" takes ${wanted}, the data gives ${given}.`,
    });
  });

  it('names the model where its name is known', () => {
    const named = { ...port('x', [1]), model: 'm.onnx' };
    expect(failureOf({ x: tensor([1], 'uint8') }, [named]).message).toMatch(/^The input "x" of m\.onnx takes float32/);
    expect(failureOf({ x: tensor([1]) }, [named, { ...mask, model: 'm.onnx' }]).message).toContain('m.onnx also needs');
    expect(failureOf({ a: tensor([1]) }, [named, { ...mask, model: 'm.onnx' }]).message).toMatch(
      /^m\.onnx has 2 inputs/,
    );
  });

  it('leaves a scalar or unknown rank to the engine', () => {
    expect(Object.keys(bindInputs({ x: tensor([2, 3]) }, [port('x', [])]))).toEqual(['x']);
  });

  it.each([
    [['N', 3, 224, 224], [1, 224, 224, 3], 'Transpose: {perm: [2, 0, 1]}'],
    [['N', 224, 224, 3], [1, 3, 224, 224], 'Transpose: {perm: [1, 2, 0]}'],
    [['N', 3, 224, 224], [1, 3, 256, 256], 'Resize: {size: [224, 224]}'],
    [['N', 224, 224, 3], [1, 256, 256, 3], 'Resize: {size: [224, 224]}'],
    [['N', 1, 28, 28], [1, 28, 28], 'ExpandDims: {axis: 0}'],
    [['N', 28, 28, 1], [1, 28, 28], 'ExpandDims: {axis: 2}'],
    [[1, 3, 8, 8], [4, 3, 8, 8], 'batch of 1'],
    [[null, 10], [1, 11, 2, 3], 'Add a transform'],
  ])('shape %j with data %j: %s', (expected, given, advice) => {
    const failure = failureOf({ x: tensor(given) }, [port('x', expected)]);
    expect(failure.code).toBe('engine-input-shape');
    expect(failure.message).toContain(`the data gives [${given.join(', ')}]`);
    expect(failure.nextStep).toContain(advice);
  });
});
