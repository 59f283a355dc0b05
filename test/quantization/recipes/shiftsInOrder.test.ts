// Full bias correction: every layer's mean is that of the float model, behind the layers corrected before it.
import { describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../../src/config/recipe';
import { GraphEdit } from '../../../src/onnx/graphEdit';
import { intsAttribute } from '../../../src/onnx/makeMessages';
import type { ModelProto } from '../../../src/onnx/messages';
import type { Tensor } from '../../../src/onnx/tensor';
import { computeParts } from '../../../src/quantization/quantizeModel';
import type { BiasShiftRequest, BiasShifts } from '../../../src/quantization/recipes/biasShifts';
import { ChannelReductions } from '../../../src/quantization/recipes/channelReductions';
import { ConstantEdits } from '../../../src/quantization/recipes/constantEdits';
import { correctBiases } from '../../../src/quantization/recipes/correctBiases';
import { dequantizedConstant } from '../../../src/quantization/recipes/dequantizedConstant';
import { measureShiftsInOrder } from '../../../src/quantization/recipes/shiftsInOrder';
import { withProto } from '../../../src/quantization/withProto';
import { floatInput, floatTensor, node, smallModel, spread } from '../rewritingModels';
import { context, rangesOf, sourceOf } from './recipeModels';

const recipe = { ...defaultRecipe, perChannel: false };

/** An outlier makes the scale of a weight coarse. */
function coarse(name: string, dims: readonly number[], seed: number): ReturnType<typeof floatTensor> {
  const values = spread(
    dims.reduce((all, size) => all * size, 1),
    seed,
  );
  values[0] = 25;
  return floatTensor(name, dims, values);
}

/** A residual block, pooling, and a classifier in two spellings. */
const model = smallModel({
  nodes: [
    node('Conv', ['x', 'w1'], 'a', [intsAttribute('pads', [1, 1, 1, 1])]),
    node('Relu', ['a'], 'r'),
    node('Conv', ['r', 'w2', 'b2'], 'c', [intsAttribute('pads', [1, 1, 1, 1])]),
    node('Add', ['c', 'r'], 's'),
    node('Relu', ['s'], 't'),
    node('GlobalAveragePool', ['t'], 'g'),
    node('Flatten', ['g'], 'f'),
    node('MatMul', ['f', 'w3'], 'm'),
    node('Add', ['m', 'b3'], 'n'),
    node('Gemm', ['n', 'w4', 'b4'], 'y'),
  ],
  inputs: { x: [2, 3, 6, 6] },
  outputs: ['y'],
  initializers: [
    coarse('w1', [4, 3, 3, 3], 2),
    coarse('w2', [4, 4, 3, 3], 3),
    floatTensor('b2', [4]),
    coarse('w3', [4, 5], 4),
    floatTensor('b3', [5]),
    coarse('w4', [5, 3], 5),
    floatTensor('b4', [3]),
  ],
});
const inputs = [1, 2, 3].map((seed): Tensor => floatInput([2, 3, 6, 6], seed));
const layers = ['a', 'c', 'm', 'y'];

async function requestOf(): Promise<BiasShiftRequest> {
  const parts = computeParts(model, recipe, await rangesOf(model, inputs, recipe));
  return { ...sourceOf(model, inputs), parts };
}

/** Means over the samples of what the layers give, and the Add behind the product without a bias. */
async function means(proto: ModelProto): Promise<readonly Float32Array[]> {
  const reductions = new ChannelReductions(new GraphEdit(proto));
  reductions.add({ tensor: 'a', channels: 4, spatialAxes: 2 }, 'mean');
  reductions.add({ tensor: 'c', channels: 4, spatialAxes: 2 }, 'mean');
  reductions.add({ tensor: 'n', channels: 5, spatialAxes: 0 }, 'mean');
  reductions.add({ tensor: 'y', channels: 3, spatialAxes: 0 }, 'mean');
  return (await reductions.means(sourceOf(model, inputs), '', context)).means;
}

/** The float model with rounded weights and corrected biases. */
function rounded({ constants }: BiasShiftRequest['parts'], shifts: BiasShifts): ModelProto {
  const corrected = withProto(model, correctBiases(model, shifts).proto);
  const edits = new ConstantEdits(corrected);
  for (const one of corrected.graph.node) {
    const weight = constants.get(one.input[1] ?? '');
    if (weight !== undefined && weight.constant.dims.length > 1) {
      edits.set(one, 1, { dims: weight.constant.dims, values: dequantizedConstant(weight, model) });
    }
  }
  return edits.toModel();
}

/** Largest difference of the means of each layer, as a part of the largest mean. */
function largestError(one: readonly Float32Array[], other: readonly Float32Array[]): readonly number[] {
  return one.map((own, index) => {
    const differences = own.map((value, channel) => Math.abs(value - (other[index]?.[channel] ?? NaN)));
    return Math.max(...differences) / Math.max(...own.map(Math.abs));
  });
}

describe('full bias correction', () => {
  it('gives every layer the mean it has in the float model, whatever is kept between layers', async () => {
    const request = await requestOf();
    const shifts = await measureShiftsInOrder(request, (all) => all, context);
    expect([...shifts.keys()]).toEqual(layers.map((name) => `make ${name}`));
    const float = await means(model.proto);
    const plain = largestError(float, await means(rounded(request.parts, new Map())));
    const corrected = largestError(float, await means(rounded(request.parts, shifts)));
    expect(Math.min(...plain)).toBeGreaterThan(1e-3);
    for (const error of corrected) expect(error).toBeLessThan(1e-5);
    const again = await measureShiftsInOrder(request, (all) => all, context, 0);
    for (const [name, shift] of shifts) {
      const largest = Math.max(...shift.map(Math.abs));
      const apart = shift.map((value, channel) => Math.abs(value - (again.get(name)?.[channel] ?? NaN)));
      expect(Math.max(...apart) / largest).toBeLessThan(1e-3);
    }
  });

  it('lets later layers make up for a shift that is not taken', async () => {
    const request = await requestOf();
    const refused = await measureShiftsInOrder(
      request,
      (all) => new Map([...all].filter(([name]) => name !== 'make a')),
      context,
    );
    expect([...refused.keys()]).toEqual(['make c', 'make m', 'make y']);
    const errors = largestError(await means(model.proto), await means(rounded(request.parts, refused)));
    expect(errors[0]).toBeGreaterThan(1e-3);
    for (const error of errors.slice(1)) expect(error).toBeLessThan(1e-5);
  });
});
