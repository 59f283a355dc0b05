// Data of samples against the inputs of a model: which names pass, and what a tensor has to be.
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../src/pipeline/library/contracts';
import { readSamples } from '../../../src/pipeline/library/items';
import { boundSamples, refuseUnknownInputs, stackedInputs } from '../../../src/pipeline/library/sampleInputs';
import type { Tensor } from '../../../src/onnx/tensor';
import type { PortInfo } from '../../../src/runtime/session';
import { failureOf } from '../../support/failureOf';

const tensor: Tensor = { type: 'float32', dims: [2], data: Float32Array.of(1, 2) };
const port = (name: string): PortInfo => ({ name, type: 'float32', dims: ['n', 2], model: 'm.onnx' });
const sample = (data: Sample['data'], index = 3): Sample => ({
  index,
  id: 'a',
  data,
  annotation: undefined,
  metadata: undefined,
});

function bound(given: Sample, ports: readonly PortInfo[]): Record<string, Tensor> {
  refuseUnknownInputs([given], ports);
  return boundSamples([given], stackedInputs([given], ports), ports);
}

describe('data of samples', () => {
  it('goes to inputs by name, in any order; a tensor alone to the first', () => {
    const [a, b] = [port('a'), port('b')];
    expect(Object.keys(bound(sample({ b: tensor, a: tensor }), [a, b]))).toEqual(['a', 'b']);
    expect(bound(sample(tensor), [a])).toEqual({ a: { ...tensor, dims: [1, 2] } });
  });

  it('goes to inputs of language models by their usual names', () => {
    expect(Object.keys(bound(sample({ attention_mask: tensor }), [port('input_mask')]))).toEqual(['input_mask']);
  });

  it.each([
    ['one input', { imagee: tensor }, ['image'], '"imagee"; the model takes "image".', 'Did you mean "image"?'],
    [
      'one too many',
      { image: tensor, foo: tensor },
      ['image'],
      '"foo"; the model takes "image".',
      'leave the tensor out',
    ],
    ['several inputs', { ids: tensor, mask: tensor }, ['a', 'b'], '"ids"; the model takes "a", "b".', 'Name an input'],
  ])('is refused with another name for %s', async (_what, data, names, message, nextStep) => {
    const failure = await failureOf((async () => await Promise.resolve(bound(sample(data), names.map(port))))());
    expect(failure).toMatchObject({
      code: 'pipeline-unknown-input',
      place: expect.stringContaining('input') as string,
    });
    expect(failure.message).toBe(`Sample 3 of the data loader has a tensor ${message}`);
    expect(failure.nextStep).toContain(nextStep);
  });

  it.each([
    ['a name', { a: tensor }, 'Let get give a tensor called "b" as well.'],
    ['a tensor alone', tensor, '[{a: …, b: …}, annotation]'],
  ])('is refused where an input is missing beside %s', async (_what, data, nextStep) => {
    const failure = await failureOf((async () => await Promise.resolve(bound(sample(data), [port('a'), port('b')])))());
    expect(failure.message).toBe('Nothing is given for the input "b" of m.onnx at sample 3; there is "a".');
    expect(failure.nextStep).toContain(nextStep);
  });
});

describe('readSamples', () => {
  it.each([
    [
      'another array',
      { ...tensor, data: Uint8Array.of(1, 2) },
      'has the type float32, but its data is a Uint8Array, not a Float32Array',
    ],
    ['too few values', { ...tensor, dims: [2, 3] }, 'has 2 values for the shape [2, 3]'],
    [
      'a plain array',
      { ...tensor, data: [1, 2] },
      'has the type float32, but its data is a plain array, not a Float32Array',
    ],
    ['integers of 64 bits in a plain array', { ...tensor, type: 'int64', data: [1, 2] }, 'not a BigInt64Array'],
    ['a misspelt type', { ...tensor, type: 'float' }, 'has the type float, which is none, and data of float32'],
    ['no shape', { type: 'float32', data: tensor.data }, 'has no "dims" of whole numbers'],
  ])('names the sample whose tensor has %s', async (_what, given, problem) => {
    const loader = (data: unknown): never => ({ length: 1, get: () => [data, 1] }) as never;
    const alone = await failureOf(readSamples(loader(given), [5]));
    expect(alone).toMatchObject({ code: 'pipeline-tensor', message: expect.stringContaining(problem) as string });
    expect(alone.message).toMatch(/^The tensor of sample 5 has /);
    const named = await failureOf(readSamples(loader({ x: tensor, y: given }), [5]));
    expect(named.message).toMatch(/^The tensor "y" of sample 5 has /);
  });

  it('takes bits of float16, bytes of bool, and a Buffer for bytes', async () => {
    const data = {
      half: { type: 'float16', dims: [1], data: Uint16Array.of(15_360) },
      flag: { type: 'bool', dims: [1], data: Uint8Array.of(1) },
      bytes: { type: 'uint8', dims: [2], data: Buffer.from('ab') },
    } as const;
    const [read] = await readSamples({ length: 1, get: () => [data, 1] }, [0]);
    expect(read?.data).toEqual({ ...data, bytes: { ...data.bytes, data: Uint8Array.from(Buffer.from('ab')) } });
  });
});
