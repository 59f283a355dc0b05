// Bias and weight correction: what quantization takes from the outputs of layers on average comes back.
import { describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../../src/config/recipe';
import type { QuantizationRecipe } from '../../../src/config/recipe';
import { floatAttribute, intAttribute, intsAttribute } from '../../../src/onnx/makeMessages';
import type { Tensor } from '../../../src/onnx/tensor';
import { quantizedConstant } from '../../../src/quantization/constantParameters';
import { computeParts, quantizeModel } from '../../../src/quantization/quantizeModel';
import type { QuantizationAdjustments } from '../../../src/quantization/quantizeModel';
import { measureBiasShifts, measureWeightMeanShifts } from '../../../src/quantization/recipes/biasShifts';
import { correctBiases } from '../../../src/quantization/recipes/correctBiases';
import { dequantizedConstant } from '../../../src/quantization/recipes/dequantizedConstant';
import { withProto } from '../../../src/quantization/withProto';
import { floatInput, floatTensor, node, run, smallModel, spread } from '../rewritingModels';
import type { SmallModelParts } from '../rewritingModels';
import { constantOf, context, floatsOf, rangesOf, sourceOf } from './recipeModels';

/** Per tensor, outliers in the weight make rounding coarse enough to see. */
const perTensor: QuantizationRecipe = { ...defaultRecipe, perChannel: false };

/** Positive numbers, so that errors of the weights do not average out. */
const positive = (dims: readonly number[], seed: number): Tensor => {
  const { type, data } = floatInput(dims, seed);
  return { type, dims, data: (data as Float32Array).map((value) => value + 1) };
};

/** Mean of each channel over some outputs of shape [batch, channels, …]. */
function channelMeans(outputs: readonly (Tensor | undefined)[], channels: number, last: boolean): number[] {
  const sums = new Array<number>(channels).fill(0);
  let count = 0;
  for (const output of outputs) {
    const values = floatsOf(output);
    const inner = last ? 1 : values.length / channels / (output?.dims[0] ?? 1);
    values.forEach((value, index) => {
      const channel = Math.floor(index / inner) % channels;
      sums[channel] = (sums[channel] ?? 0) + value;
    });
    count += values.length / channels;
  }
  return sums.map((sum) => sum / count);
}

interface Case {
  readonly parts: SmallModelParts;
  readonly channels: number;
  readonly channelsLast: boolean;
  readonly inputs: readonly Tensor[];
}

/** Largest error of the mean of a channel of `y`, before and after correction. */
async function meanErrors({
  parts,
  channels,
  channelsLast,
  inputs,
}: Case): Promise<{ plain: number; corrected: number }> {
  const model = smallModel(parts);
  const ranges = await rangesOf(model, inputs, perTensor);
  const request = { ...sourceOf(model, inputs), parts: computeParts(model, perTensor, ranges) };
  const shifts = await measureBiasShifts(request, context);
  const corrected = correctBiases(model, shifts);
  expect(corrected.corrected).toBe(1);
  const forms = [
    model.proto,
    quantizeModel(model, perTensor, ranges).proto,
    quantizeModel(withProto(model, corrected.proto), perTensor, ranges).proto,
  ];
  const means: number[][] = [];
  for (const proto of forms) {
    const outputs: (Tensor | undefined)[] = [];
    for (const x of inputs) outputs.push((await run(proto, { x }))['y']);
    means.push(channelMeans(outputs, channels, channelsLast));
  }
  const errorOf = (form: number): number =>
    Math.max(...(means[0] ?? []).map((mean, channel) => Math.abs(mean - (means[form]?.[channel] ?? NaN))));
  return { plain: errorOf(1), corrected: errorOf(2) };
}

/** Weights with one outlier, which costs all others their precision. */
function coarse(name: string, dims: readonly number[], seed: number): ReturnType<typeof floatTensor> {
  const values = spread(
    dims.reduce((all, size) => all * size, 1),
    seed,
  );
  values[0] = 60;
  return floatTensor(name, dims, values);
}

const pictures = [1, 2, 3].map((seed) => positive([2, 3, 6, 6], seed));
const rows = [1, 2, 3].map((seed) => positive([5, 8], seed));
const layers: Record<string, Case> = {
  'a convolution with padding and no bias': {
    parts: {
      nodes: [node('Conv', ['x', 'w'], 'y', [intsAttribute('pads', [1, 1, 1, 1])])],
      inputs: { x: [2, 3, 6, 6] },
      outputs: ['y'],
      initializers: [coarse('w', [4, 3, 3, 3], 2)],
    },
    channels: 4,
    channelsLast: false,
    inputs: pictures,
  },
  'a grouped convolution with a bias': {
    parts: {
      nodes: [node('Conv', ['x', 'w', 'b'], 'y', [intAttribute('group', 3)])],
      inputs: { x: [2, 3, 6, 6] },
      outputs: ['y'],
      initializers: [coarse('w', [6, 1, 3, 3], 2), floatTensor('b', [6])],
    },
    channels: 6,
    channelsLast: false,
    inputs: pictures,
  },
  'a Gemm with factors': {
    parts: {
      nodes: [node('Gemm', ['x', 'w', 'b'], 'y', [floatAttribute('alpha', 0.5), floatAttribute('beta', 4)])],
      inputs: { x: [5, 8] },
      outputs: ['y'],
      initializers: [coarse('w', [8, 5], 2), floatTensor('b', [5])],
    },
    channels: 5,
    channelsLast: true,
    inputs: rows,
  },
  'a MatMul and the Add behind it': {
    parts: {
      nodes: [node('MatMul', ['x', 'w'], 'm'), node('Add', ['m', 'b'], 'y')],
      inputs: { x: [5, 8] },
      outputs: ['y'],
      initializers: [coarse('w', [8, 5], 2), floatTensor('b', [5])],
    },
    channels: 5,
    channelsLast: true,
    inputs: rows,
  },
};

describe('bias correction', () => {
  for (const [name, layer] of Object.entries(layers)) {
    it(`takes most of the error of the mean from ${name}`, async () => {
      const { plain, corrected } = await meanErrors(layer);
      // What is left is the rounding of the output: at most half a step for each value, and less on average.
      expect(plain).toBeGreaterThan(0.1);
      expect(corrected).toBeLessThan(plain / 4);
    });
  }

  it('adds exactly what the rounded weight lacks, times the mean input', async () => {
    const model = smallModel({
      nodes: [node('Conv', ['x', 'w', 'b'], 'y')],
      inputs: { x: [1, 1, 1, 2] },
      outputs: ['y'],
      initializers: [
        // Scale 1 per tensor: 0.4 becomes 0.
        floatTensor('w', [2, 1, 1, 1], Float32Array.of(127, 0.4)),
        floatTensor('b', [2], Float32Array.of(1, 2)),
      ],
    });
    const inputs: Tensor[] = [{ type: 'float32', dims: [1, 1, 1, 2], data: Float32Array.of(0, 255) }];
    const ranges = await rangesOf(model, inputs, perTensor);
    const request = { ...sourceOf(model, inputs), parts: computeParts(model, perTensor, ranges) };
    const shifts = await measureBiasShifts(request, context);
    expect(shifts.get('make y')?.[0]).toBeCloseTo(0, 3);
    expect(shifts.get('make y')?.[1]).toBeCloseTo(0.4 * 127.5, 3);
    const [first, second] = constantOf(model, correctBiases(model, shifts).proto, 'b');
    expect(first).toBeCloseTo(1, 3);
    expect(second).toBeCloseTo(2 + 51, 3);
  });

  it('leaves products alone whose bias is nowhere, and nodes that stay float', async () => {
    const model = smallModel({
      nodes: [node('MatMul', ['x', 'w'], 'y'), node('Gemm', ['x', 'w'], 'z')],
      inputs: { x: [5, 8] },
      outputs: ['y', 'z'],
      initializers: [coarse('w', [8, 5], 2)],
    });
    const recipe = { ...perTensor, excludedNodes: ['make z'] };
    const ranges = await rangesOf(model, rows, recipe);
    const request = { ...sourceOf(model, rows), parts: computeParts(model, recipe, ranges) };
    const shifts = await measureBiasShifts(request, context);
    expect(shifts.size).toBe(0);
    expect(correctBiases(model, shifts)).toEqual({ proto: model.proto, corrected: 0, notes: [] });
  });
});

describe('weight correction', () => {
  const adjustments: QuantizationAdjustments = { weightCorrection: true };
  const parts: SmallModelParts = {
    nodes: [node('Conv', ['x', 'w'], 'y')],
    inputs: { x: [2, 3, 6, 6] },
    outputs: ['y'],
    initializers: [coarse('w', [4, 3, 3, 3], 2)],
  };

  /** Mean and standard deviation of the first channel, the one with the outlier. */
  function moments(values: Float32Array): { mean: number; spread: number } {
    const own = values.subarray(0, 27);
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    return { mean, spread: Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length) };
  }

  it('keeps the spread of each channel and the 8-bit numbers', async () => {
    const model = smallModel(parts);
    const ranges = await rangesOf(model, pictures);
    const plain = computeParts(model, defaultRecipe, ranges).constants.get('w');
    const corrected = computeParts(model, defaultRecipe, ranges, adjustments).constants.get('w');
    if (plain === undefined || corrected === undefined) throw new Error('no weight');
    expect(quantizedConstant(corrected, model)).toEqual(quantizedConstant(plain, model));
    const exact = moments(model.tensors.floats(plain.constant)).spread;
    expect(Math.abs(moments(dequantizedConstant(plain, model)).spread / exact - 1)).toBeGreaterThan(1e-5);
    expect(moments(dequantizedConstant(corrected, model)).spread / exact).toBeCloseTo(1, 6);
  });

  it('is in the written model: the scales change, the integers do not', async () => {
    const model = smallModel(parts);
    const ranges = await rangesOf(model, pictures);
    const forms = [{}, adjustments].map((each) => {
      const { graph } = quantizeModel(model, defaultRecipe, ranges, each).proto;
      const bytes = (name: string): unknown => graph?.initializer.find((one) => one.name === name)?.rawData;
      return { integers: bytes('w_quantized'), scales: bytes('w_scale') };
    });
    expect(forms[0]?.integers).toBeDefined();
    expect(forms[1]?.integers).toEqual(forms[0]?.integers);
    expect(forms[1]?.scales).not.toEqual(forms[0]?.scales);
  });

  it('gives what the mean of the weights lacks to the bias', async () => {
    const model = smallModel(parts);
    const ranges = await rangesOf(model, pictures);
    const computed = computeParts(model, defaultRecipe, ranges, adjustments);
    const shifts = await measureWeightMeanShifts({ ...sourceOf(model, pictures), parts: computed }, context);
    const weight = computed.constants.get('w');
    if (weight === undefined) throw new Error('no weight');
    const lacking =
      moments(model.tensors.floats(weight.constant)).mean - moments(dequantizedConstant(weight, model)).mean;
    // Without padding every output sees 27 inputs: the sum of their means, window by window.
    let sum = 0;
    for (const picture of pictures) {
      floatsOf(picture).forEach((value, index) => {
        const [row, column] = [Math.floor(index / 6) % 6, index % 6];
        const windows = (at: number): number => Math.min(at, 2) - Math.max(at - 3, 0) + 1;
        sum += value * windows(row) * windows(column);
      });
    }
    expect(shifts.get('make y')?.[0]).toBeCloseTo((lacking * sum) / (3 * 2 * 16), 4);
  });
});
