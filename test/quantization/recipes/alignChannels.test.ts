// Alignment of channels between convolutions: the factors, which convolutions, and that the model computes what it computed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intAttribute, intsAttribute } from '../../../src/onnx/makeMessages';
import type { AttributeProto } from '../../../src/onnx/messages';
import type { OnnxModel } from '../../../src/onnx/readModel';
import type { Tensor } from '../../../src/onnx/tensor';
import {
  alignablePairs,
  alignChannels,
  aligningFactors,
  tensorBetween,
} from '../../../src/quantization/recipes/alignChannels';
import { measureChannelRanges } from '../../../src/quantization/recipes/channelRanges';
import { floatInput, floatTensor, node, run, smallModel } from '../rewritingModels';
import { constantOf, context, difference, sourceOf } from './recipeModels';

describe('the factors', () => {
  it('are widths in medians of the positive ones, within bounds, and 1 for a channel without a width', () => {
    // Widths 2, 4, 0, 8 and 8000: the median of the positive ones is 6.
    const ranges = { min: Float64Array.of(-1, 0, 3, -4, 0), max: Float64Array.of(1, 4, 3, 4, 8000) };
    expect([...aligningFactors(ranges)]).toEqual([2 / 6, 4 / 6, 1, 8 / 6, 100]);
    expect([...aligningFactors({ min: Float64Array.of(0, 0, 0), max: Float64Array.of(1e-6, 1, 1) })][0]).toBe(0.01);
  });

  it('are 1 where nothing has a width', () => {
    expect([...aligningFactors({ min: Float64Array.of(1, 2), max: Float64Array.of(1, 2) })]).toEqual([1, 1]);
  });
});

interface Second {
  readonly attributes?: readonly AttributeProto[];
  readonly inputsPerGroup?: number;
  readonly between?: 'Relu' | 'Add';
}

/** x [1, 1, 2, 2] → Conv to two channels → what stands between → Conv to two channels. */
function twoConvolutions({ attributes = [], inputsPerGroup = 2, between }: Second = {}): OnnxModel {
  const middle = { Relu: node('Relu', ['a'], 'm'), Add: node('Add', ['a', 'offset'], 'm') };
  return smallModel({
    nodes: [
      node('Conv', ['x', 'w1', 'b1'], 'a'),
      ...(between === undefined ? [] : [middle[between]]),
      node('Conv', [between === undefined ? 'a' : 'm', 'w2', 'b2'], 'y', attributes),
    ],
    inputs: { x: [1, 1, 2, 2] },
    outputs: ['y'],
    initializers: [
      floatTensor('w1', [2, 1, 1, 1], Float32Array.of(1, 4)),
      floatTensor('b1', [2], Float32Array.of(5, 0)),
      floatTensor('w2', [2, inputsPerGroup, 1, 1], Float32Array.of(1, 2, 3, 4).subarray(0, 2 * inputsPerGroup)),
      floatTensor('b2', [2], Float32Array.of(10, 20)),
      ...(between === 'Add' ? [floatTensor('offset', [1, 2, 1, 1], Float32Array.of(2, 8))] : []),
    ],
  });
}

const always = (): boolean => true;

describe('a pair', () => {
  it('gives what its channels lack in width and middle to the layers before and behind', () => {
    const model = twoConvolutions();
    const ranges = new Map([['a', { min: Float64Array.of(4, -8), max: Float64Array.of(6, 0) }]]);
    const { proto, notes } = alignChannels(model, alignablePairs(model, always), ranges);
    // Widths 2 and 8, factors 2/5 and 8/5, middles 5 and −4.
    expect(constantOf(model, proto, 'w1')).toEqual([expect.closeTo(2.5, 5), expect.closeTo(2.5, 5)]);
    expect(constantOf(model, proto, 'b1')).toEqual([expect.closeTo(0, 5), expect.closeTo(2.5, 5)]);
    expect(constantOf(model, proto, 'w2').map((value) => Number(value.toFixed(4)))).toEqual([0.4, 3.2, 1.2, 6.4]);
    // 10 + 1·5 − 2·4 and 20 + 3·5 − 4·4.
    expect(constantOf(model, proto, 'b2')).toEqual([expect.closeTo(7, 4), expect.closeTo(19, 4)]);
    expect(notes).toEqual(['The channels between 1 pair of convolutions were aligned.']);
  });

  it('may have constants added to its channels between the layers, and nothing else', () => {
    expect(alignablePairs(twoConvolutions({ between: 'Add' }), always).map(tensorBetween)).toEqual(['m']);
    expect(alignablePairs(twoConvolutions({ between: 'Relu' }), always)).toEqual([]);
  });

  it.each<[string, Second]>([
    ['padding', { attributes: [intsAttribute('pads', [1, 1, 1, 1])] }],
    ['a stride', { attributes: [intsAttribute('strides', [2, 2])] }],
    ['gaps', { attributes: [intsAttribute('dilations', [2, 2])] }],
    ['groups', { attributes: [intAttribute('group', 2)], inputsPerGroup: 1 }],
  ])('is none where the second layer has %s', (_what, second) => {
    expect(alignablePairs(twoConvolutions(second), always)).toEqual([]);
  });

  it('is none with a layer that is left out of quantization', () => {
    expect(alignablePairs(twoConvolutions(), (name) => name !== 'make a')).toEqual([]);
  });
});

describe('ranges of channels', () => {
  it('are medians of what quantiles say of each sample, without samples that are not finite', async () => {
    const model = smallModel({
      nodes: [node('Conv', ['x', 'w'], 'a'), node('Identity', ['a'], 'y')],
      inputs: { x: [1, 1, 1, 3] },
      outputs: ['y'],
      initializers: [floatTensor('w', [2, 1, 1, 1], Float32Array.of(1, -2))],
    });
    const samples = [
      [0, 1, 2],
      [0, 5, 10],
      [0, 2, 4],
      [NaN, 0, 0],
    ];
    const inputs = samples.map((values): Tensor => ({
      type: 'float32',
      dims: [1, 1, 1, 3],
      data: Float32Array.from(values),
    }));
    const found = await measureChannelRanges(sourceOf(model, inputs), [{ tensor: 'a', channels: 2 }], context);
    // The upper ends are 2, 10 and 4, each less a part of 2·10⁻⁴ of the last step.
    expect(found.get('a')?.max[0]).toBeCloseTo(4 - 2 * 2e-4, 5);
    expect(found.get('a')?.min[1]).toBeCloseTo(-8 + 4 * 2e-4, 5);
    expect(found.get('a')?.min[0]).toBeCloseTo(2 * 2e-4, 5);
  });
});

it('a chain of aligned convolutions computes what it computed, whatever the ranges', async () => {
  const ends = fc.tuple(fc.double({ min: -50, max: 50, noNaN: true }), fc.double({ min: 0, max: 20, noNaN: true }));
  await fc.assert(
    fc.asyncProperty(fc.array(ends, { minLength: 6, maxLength: 6 }), async (all) => {
      const model = smallModel({
        nodes: [
          node('Conv', ['x', 'w1', 'b1'], 'a'),
          node('Conv', ['a', 'w2', 'b2'], 'b'),
          node('Conv', ['b', 'w3', 'b3'], 'y'),
        ],
        inputs: { x: [1, 2, 4, 4] },
        outputs: ['y'],
        initializers: [
          ...[floatTensor('w1', [3, 2, 1, 1]), floatTensor('b1', [3])],
          ...[floatTensor('w2', [3, 3, 2, 2]), floatTensor('b2', [3])],
          ...[floatTensor('w3', [2, 3, 1, 1]), floatTensor('b3', [2])],
        ],
      });
      const rangesOf = (own: typeof all): { min: Float64Array; max: Float64Array } => ({
        min: Float64Array.from(own, ([low]) => low),
        max: Float64Array.from(own, ([low, width]) => low + width),
      });
      const ranges = new Map([
        ['a', rangesOf(all.slice(0, 3))],
        ['b', rangesOf(all.slice(3))],
      ]);
      const { proto } = alignChannels(model, alignablePairs(model, always), ranges);
      const feeds = { x: floatInput([1, 2, 4, 4]) };
      const [before, after] = [await run(model.proto, feeds), await run(proto, feeds)];
      // Offsets of up to 70 are added and taken away again.
      expect(difference(before['y'], after['y'])).toBeLessThan(1e-3);
    }),
    { numRuns: 20 },
  );
});
