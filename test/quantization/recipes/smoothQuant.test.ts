// SmoothQuant: the factors, where the division goes, and that the model computes what it computed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intAttribute } from '../../../src/onnx/makeMessages';
import type { OnnxModel } from '../../../src/onnx/readModel';
import type { Tensor } from '../../../src/onnx/tensor';
import { smoothQuant } from '../../../src/quantization/recipes/smoothQuant';
import type { SmoothedModel, SmoothingOptions } from '../../../src/quantization/recipes/smoothQuant';
import { smoothingFactors } from '../../../src/quantization/recipes/smoothingFactors';
import { collectSmoothingStatistics } from '../../../src/quantization/recipes/smoothingStatistics';
import { floatInput, floatTensor, histogram, node, run, smallModel, spread } from '../rewritingModels';
import type { SmallModelParts } from '../rewritingModels';
import { constantOf, context, difference, sourceOf } from './recipeModels';

describe('the factors', () => {
  const ranges = { min: Float32Array.of(-16, 0, 0), max: Float32Array.of(4, 9, 0) };

  it('weigh activation against weights by alpha', () => {
    // √16 / √4, √9 / √1; a channel of zeros stays
    expect([...smoothingFactors(ranges, Float32Array.of(4, 1, 1), 0.5)]).toEqual([2, 3, 1]);
    expect([...smoothingFactors(ranges, Float32Array.of(4, 1, 1), 1)]).toEqual([16, 9, 1]);
    expect([...smoothingFactors(ranges, Float32Array.of(4, 1, 1), 0)]).toEqual([0.25, 1, 1]);
  });

  it('take alpha as 0..1 and tiny weights for 1e-5', () => {
    expect(smoothingFactors(ranges, Float32Array.of(1, 1, 1), 7)).toEqual(
      smoothingFactors(ranges, Float32Array.of(1, 1, 1), 1),
    );
    expect(smoothingFactors(ranges, Float32Array.of(0, 1, 1), 0)[0]).toBeCloseTo(1e5);
  });
});

const outliers = (input: Tensor): Tensor => ({
  ...input,
  data: (input.data as Float32Array).map((value, index) => (index % 4 === 2 ? 300 * value : value)),
});
const inputs = [floatInput([2, 3, 4], 1), floatInput([2, 3, 4], 2), floatInput([2, 3, 4], 3)].map(outliers);

async function smoothed(
  model: OnnxModel,
  alpha: number | 'auto',
  options: SmoothingOptions = {},
  samples: readonly Tensor[] = inputs,
): Promise<SmoothedModel> {
  const source = { ...sourceOf(model, samples), withRows: alpha === 'auto' };
  return smoothQuant(model, await collectSmoothingStatistics({ ...source, ...options }, context), alpha, options);
}

/** Smooths with alpha 0.5 after checking that nothing changes in what the model computes. */
async function sameAfter(parts: SmallModelParts, options: SmoothingOptions = {}): Promise<SmoothedModel> {
  const model = smallModel(parts);
  const result = await smoothed(model, 0.5, options);
  const [x] = inputs;
  if (x === undefined) throw new Error('no input');
  const [before, after] = [await run(model.proto, { x }), await run(result.proto, { x })];
  for (const output of parts.outputs) expect(difference(before[output], after[output])).toBeLessThan(1e-5);
  return result;
}

const base = { inputs: { x: [2, 3, 4] }, outputs: ['y'] } as const;
const weight = floatTensor('w', [4, 5], 3);

describe('statistics', () => {
  it('hold the range of every channel over all samples, and rows when asked for', async () => {
    const model = smallModel({ ...base, nodes: [node('MatMul', ['x', 'w'], 'y')], initializers: [weight] });
    const { ranges, rows } = await collectSmoothingStatistics({ ...sourceOf(model, inputs), withRows: true }, context);
    const values = inputs.flatMap(({ data }) => [...(data as Float32Array)]);
    for (let channel = 0; channel < 4; channel++) {
      const own = values.filter((_, index) => index % 4 === channel);
      expect(ranges.get('x')?.min[channel]).toBe(Math.min(...own));
      expect(ranges.get('x')?.max[channel]).toBe(Math.max(...own));
    }
    expect([...(rows.get('x') ?? [])]).toEqual(values);
  });

  it('work on operator set 18, where axes are inputs', async () => {
    const model = smallModel({ ...base, opset: 18, nodes: [node('MatMul', ['x', 'w'], 'y')], initializers: [weight] });
    const { ranges } = await collectSmoothingStatistics({ ...sourceOf(model, inputs), withRows: false }, context);
    expect(ranges.get('x')?.max).toHaveLength(4);
  });

  it('fail on an empty data set', async () => {
    const model = smallModel({ ...base, nodes: [node('MatMul', ['x', 'w'], 'y')], initializers: [weight] });
    const request = { ...sourceOf(model, []), withRows: false };
    await expect(collectSmoothingStatistics(request, context)).rejects.toMatchObject({ code: 'quantize-no-samples' });
  });
});

describe('the division', () => {
  it('becomes one Mul for all products that read a graph input', async () => {
    const result = await sameAfter({
      ...base,
      nodes: [node('MatMul', ['x', 'w'], 'y'), node('MatMul', ['x', 'v'], 'z')],
      outputs: ['y', 'z'],
      initializers: [weight, floatTensor('v', [4, 2], 9)],
    });
    expect(histogram(result.proto)).toEqual({ Mul: 1, MatMul: 2 });
    expect(result.proto.graph?.node.find(({ opType }) => opType === 'Mul')?.name).toBe('x_smooth_mul');
    expect([result.inserted, result.folded]).toEqual([1, 0]);
    expect(result.notes).toEqual(['1 activation smoothed, 1 of them by a Mul of their own.']);
  });

  it('is left out there when only folding is wanted', async () => {
    const parts = { ...base, nodes: [node('MatMul', ['x', 'w'], 'y')], initializers: [weight] };
    const result = await sameAfter(parts, { foldOnly: true });
    expect(histogram(result.proto)).toEqual({ MatMul: 1 });
    expect(result.alphas.size).toBe(0);
  });

  it('goes into LayerNormalization', async () => {
    const result = await sameAfter({
      ...base,
      opset: 17,
      nodes: [node('LayerNormalization', ['x', 'gamma', 'beta'], 'n'), node('MatMul', ['n', 'w'], 'y')],
      initializers: [weight, floatTensor('gamma', [4], 4), floatTensor('beta', [4], 5)],
    });
    expect([result.inserted, result.folded]).toEqual([0, 1]);
    expect(histogram(result.proto)).toEqual({ LayerNormalization: 1, MatMul: 1 });
  });

  it('goes through Relu and a bias Add into the product before, from Gemm to Gemm too', async () => {
    const matrices = await sameAfter({
      ...base,
      nodes: [
        node('MatMul', ['x', 'w'], 'm'),
        node('Add', ['b', 'm'], 'a'),
        node('Relu', ['a'], 'r'),
        node('MatMul', ['r', 'v'], 'y'),
      ],
      initializers: [weight, floatTensor('b', [], Float32Array.of(0.3)), floatTensor('v', [5, 2], 9)],
    });
    expect([matrices.inserted, matrices.folded]).toEqual([1, 1]);
    const model = smallModel({
      nodes: [
        node('Gemm', ['x', 'w', 'b'], 'g', [intAttribute('transB', 1)]),
        node('Gemm', ['g', 'v'], 'y', [intAttribute('transB', 1)]),
      ],
      inputs: { x: [6, 4] },
      outputs: ['y'],
      initializers: [floatTensor('w', [5, 4], 3), floatTensor('b', [1, 5], 4), floatTensor('v', [2, 5], 9)],
    });
    const flat = inputs.map(({ type, data }): Tensor => ({ type, dims: [6, 4], data }));
    const gemms = await smoothed(model, 0.5, {}, flat);
    expect([gemms.inserted, gemms.folded]).toEqual([1, 1]);
    const [x] = flat;
    if (x === undefined) throw new Error('no input');
    expect(difference((await run(model.proto, { x }))['y'], (await run(gemms.proto, { x }))['y'])).toBeLessThan(1e-5);
  });

  it('goes into the factor of a Mul, but not into the ½ of a Gelu', async () => {
    const withFactor = (factor: ReturnType<typeof floatTensor>): SmallModelParts => ({
      ...base,
      nodes: [node('Mul', ['x', 'factor'], 'm'), node('MatMul', ['m', 'w'], 'y')],
      initializers: [weight, factor],
    });
    const vector = await sameAfter(withFactor(floatTensor('factor', [4])));
    expect([vector.inserted, vector.folded]).toEqual([0, 1]);
    const half = await sameAfter(withFactor(floatTensor('factor', [], Float32Array.of(0.5))));
    expect([half.inserted, half.folded]).toEqual([1, 0]);
  });

  it('is not seen by others who read the activation or a shared constant', async () => {
    const result = await sameAfter({
      ...base,
      nodes: [
        node('Mul', ['x', 'gamma'], 'm'),
        node('MatMul', ['m', 'w'], 'y'),
        node('Mul', ['x', 'gamma'], 'n'),
        node('MatMul', ['n', 'w'], 'z'),
        node('Relu', ['n'], 'r'),
      ],
      outputs: ['y', 'z', 'r'],
      initializers: [weight, floatTensor('gamma', [4], 8)],
    });
    expect([result.inserted, result.folded]).toEqual([1, 1]);
  });
});

describe('alpha', () => {
  const wide = spread(16 * 8, 5);
  const parts = {
    nodes: [node('MatMul', ['x', 'w'], 'y')],
    inputs: { x: ['rows', 16] },
    outputs: ['y'],
    initializers: [floatTensor('w', [16, 8], wide)],
  };
  const rows = (factor: number): Tensor[] =>
    [1, 2].map((seed) => {
      const { data } = floatInput([32, 16], seed);
      const values = (data as Float32Array).map((value, index) => (index % 16 === 3 ? factor * value : value));
      return { type: 'float32', dims: [32, 16], data: values };
    });

  it('is searched for where a channel stands out', async () => {
    const { alphas } = await smoothed(smallModel(parts), 'auto', {}, rows(200));
    expect(alphas.get('x')).toBeGreaterThanOrEqual(0.3);
    expect(alphas.get('x')).toBeLessThan(0.7);
  });

  it('is that with the smallest error, and activations that smoothing does not help are left alone', async () => {
    const model = smallModel({
      ...parts,
      // Weights of one size and channels of one size: there is nothing to move, and 8 bits hold the weights exactly.
      initializers: [
        floatTensor(
          'w',
          [16, 8],
          wide.map((value) => Math.sign(value)),
        ),
      ],
    });
    const exact = rows(1).map((one): Tensor => ({
      ...one,
      data: (one.data as Float32Array).map((value) => Math.round(127 * value)),
    }));
    const { alphas, proto } = await smoothed(model, 'auto', {}, exact);
    expect(alphas.size).toBe(0);
    expect(proto).toBe(model.proto);
  });

  it('is looked for only where nodes are asked for', async () => {
    expect((await smoothed(smallModel(parts), 0.5, { nodes: new Set() }, rows(9))).alphas.size).toBe(0);
    expect((await smoothed(smallModel(parts), 0.5, { nodes: new Set(['make y']) }, rows(9))).alphas.size).toBe(1);
  });
});

it('products compute the same for every alpha, size and spread of channels', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 4, maxLength: 4 }),
      fc.integer({ min: 1, max: 500 }),
      async (alpha, outputs, exponents, seed) => {
        const gamma = floatTensor(
          'gamma',
          [4],
          Float32Array.from(exponents, (exponent) => 2 ** exponent),
        );
        const model = smallModel({
          ...base,
          nodes: [node('Mul', ['x', 'gamma'], 'm'), node('MatMul', ['m', 'w'], 'y')],
          initializers: [gamma, floatTensor('w', [4, outputs], seed)],
        });
        const { proto } = await smoothed(model, alpha);
        expect(constantOf(model, proto, 'gamma')).not.toEqual(constantOf(model, model.proto, 'gamma'));
        const [x] = inputs;
        if (x === undefined) throw new Error('no input');
        expect(difference((await run(model.proto, { x }))['y'], (await run(proto, { x }))['y'])).toBeLessThan(1e-4);
      },
    ),
    { numRuns: 20 },
  );
});
