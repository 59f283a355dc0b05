// What is quantized, which scale it takes, and why the rest stays float.
import { describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../src/config/recipe';
import type { QuantizationRecipe } from '../../src/config/recipe';
import { DataType } from '../../src/onnx/dataTypes';
import { floatAttribute, intAttribute, makeTensor } from '../../src/onnx/makeMessages';
import type { NodeProto } from '../../src/onnx/messages';
import { planQuantization, refuseUnknownNodes } from '../../src/quantization/plan';
import type { QuantizationPlan } from '../../src/quantization/plan';
import { floatTensor, graphAttribute, graphOf, intTensor, node, smallModel } from './rewritingModels';
import type { SmallModelParts } from './rewritingModels';

const image = { x: [1, 3, 8, 8] } as const;
const weight = floatTensor('w', [4, 3, 3, 3]);
const bias = floatTensor('b', [4]);
const conv = node('Conv', ['x', 'w', 'b'], 'c');

function plan(
  parts: SmallModelParts,
  changes: Partial<QuantizationRecipe> = {},
  missing: string[] = [],
): QuantizationPlan {
  return planQuantization(smallModel(parts), { ...defaultRecipe, ...changes }, (tensor) => !missing.includes(tensor));
}

function namesOf(nodes: Iterable<NodeProto>): string[] {
  return [...nodes].map((one) => one.name);
}

function withRelu(changes: Partial<SmallModelParts> = {}): SmallModelParts {
  const nodes = [conv, node('Relu', ['c'], 'r')];
  return { nodes, inputs: image, outputs: ['r'], initializers: [weight, bias], ...changes };
}

describe('a Conv with Relu', () => {
  it('takes the scale of what Relu lets through, and Relu goes', () => {
    const made = plan(withRelu());
    expect(namesOf(made.foldedNodes.keys())).toEqual(['make r']);
    expect(Object.fromEntries(made.activations)).toEqual({
      x: { kind: 'measured', tensor: 'x' },
      r: { kind: 'measured', tensor: 'r' },
    });
    expect(made.measuredTensors).toEqual(['x', 'r']);
    expect([...made.weights]).toMatchObject([['w', { role: 'weight', axis: 0 }]]);
    expect(made.biases).toMatchObject([{ input: 'x', weight: 'w', inputIndex: 2, alpha: 1, beta: 1 }]);
    expect([...made.quantizedNodes].map((one) => one.opType)).toEqual(['Conv', 'Relu']);
  });

  it('keeps Relu where its input is a graph output', () => {
    const made = plan(withRelu({ outputs: ['r', 'c'] }));
    expect(made.foldedNodes.size).toBe(0);
    // The output must keep its negative values, so its range is its own.
    expect(made.activations.get('c')).toEqual({ kind: 'measured', tensor: 'c' });
  });

  it('keeps Relu where another node reads its input', () => {
    const made = plan(withRelu({ nodes: [...withRelu().nodes, node('Sigmoid', ['c'], 's')], outputs: ['r', 's'] }));
    expect(made.foldedNodes.size).toBe(0);
    expect([...made.activations.keys()]).toEqual(['x', 'c', 'r', 's']);
  });

  it('keeps Relu where a subgraph reads its input', () => {
    const branch = graphOf({ nodes: [node('Neg', ['c'], 'n')], outputs: ['n'] });
    const choice = node('If', ['flag'], 'i', [
      graphAttribute('then_branch', branch),
      graphAttribute('else_branch', branch),
    ]);
    const flag = makeTensor('flag', DataType.bool, [], Uint8Array.of(1));
    const made = plan(
      withRelu({ nodes: [...withRelu().nodes, choice], outputs: ['r', 'i'], initializers: [weight, bias, flag] }),
    );
    expect(made.foldedNodes.size).toBe(0);
    expect(made.keptFloat).toMatchObject([{ opType: 'If', reason: /control flow/ }]);
  });

  it('keeps Relu with symmetric activations, whose zero point is not the smallest value', () => {
    expect(plan(withRelu(), { activationSymmetric: true }).foldedNodes.size).toBe(0);
  });

  it('keeps a Clip that 0 lies outside of: saturation would not do its work', () => {
    const clip = (min: number, max: number): SmallModelParts => ({
      ...withRelu({ nodes: [conv, node('Clip', ['c', 'min', 'max'], 'r')] }),
      initializers: [
        weight,
        bias,
        floatTensor('min', [], Float32Array.of(min)),
        floatTensor('max', [], Float32Array.of(max)),
      ],
    });
    expect(plan(clip(0, 6)).foldedNodes.size).toBe(1);
    expect(plan(clip(1, 6)).foldedNodes.size).toBe(0);
  });
});

describe('values that only pass through', () => {
  const parts: SmallModelParts = {
    nodes: [conv, node('MaxPool', ['c'], 'p'), node('Flatten', ['p'], 'f'), node('Reshape', ['x', 'shape'], 'y')],
    inputs: image,
    outputs: ['f', 'y'],
    initializers: [weight, bias, intTensor('shape', [1, -1])],
  };

  it('share the scale, and need no range of their own', () => {
    const made = plan(parts);
    expect(made.activations.get('f')).toEqual({ kind: 'sameAs', tensor: 'p' });
    expect(made.measuredTensors).toEqual(['x', 'c']);
    expect(made.activations.get('y')).toEqual({ kind: 'sameAs', tensor: 'x' });
  });

  it('stay float where their input does', () => {
    const nodes = [node('Reshape', ['x', 'shape'], 'y'), node('Conv', ['z', 'w', 'b'], 'c')];
    const made = plan({ ...parts, nodes, inputs: { ...image, z: [1, 3, 8, 8] }, outputs: ['y', 'c'] });
    expect(made.keptFloat).toMatchObject([{ node: 'make y', reason: /its input stays float/ }]);
  });

  it('have their own range where the constant they are taken from has a scale per channel', () => {
    const nodes = [node('Gather', ['table', 'index'], 'g'), node('MatMul', ['g', 'table'], 'm')];
    const initializers = [floatTensor('table', [4, 4]), intTensor('index', [0, 2])];
    const made = plan({ nodes, outputs: ['m'], initializers });
    expect(made.weights.get('table')).toMatchObject({ role: 'weight', axis: 1 });
    expect(made.activations.get('g')).toEqual({ kind: 'measured', tensor: 'g' });
  });
});

describe('the channels of a weight', () => {
  const axisOf = (
    one: NodeProto,
    dims: readonly number[],
    input: readonly number[],
    perChannel = true,
  ): number | undefined => {
    const made = plan(
      { nodes: [one], inputs: { x: input }, outputs: ['y'], initializers: [floatTensor('w', dims)] },
      { perChannel },
    );
    return made.weights.get('w')?.axis;
  };

  it.each([
    ['Conv', node('Conv', ['x', 'w'], 'y'), [4, 3, 3, 3], [1, 3, 8, 8], 0],
    ['ConvTranspose', node('ConvTranspose', ['x', 'w'], 'y'), [3, 4, 3, 3], [1, 3, 8, 8], 1],
    [
      'grouped ConvTranspose',
      node('ConvTranspose', ['x', 'w'], 'y', [intAttribute('group', 3)]),
      [3, 4, 3, 3],
      [1, 3, 8, 8],
      undefined,
    ],
    ['Gemm', node('Gemm', ['x', 'w'], 'y'), [3, 4], [2, 3], 1],
    ['Gemm, transposed', node('Gemm', ['x', 'w'], 'y', [intAttribute('transB', 1)]), [4, 3], [2, 3], 0],
    ['MatMul', node('MatMul', ['x', 'w'], 'y'), [3, 4], [2, 3], 1],
    ['MatMul by a stack', node('MatMul', ['x', 'w'], 'y'), [5, 3, 4], [5, 2, 3], undefined],
    ['MatMul from the left', node('MatMul', ['w', 'x'], 'y'), [4, 3], [3, 2], undefined],
  ])('of %s', (_, one, dims, input, axis) => {
    expect(axisOf(one, dims, input)).toBe(axis);
    expect(axisOf(one, dims, input, false)).toBeUndefined();
  });
});

describe('what stays float', () => {
  const parts: SmallModelParts = {
    nodes: [conv, node('Erf', ['c'], 'e'), node('Sigmoid', ['e'], 's'), node('Shape', ['s'], 'n')],
    inputs: image,
    outputs: ['s', 'n'],
    outputTypes: { n: DataType.int64 },
    initializers: [weight, bias],
  };

  it('is named with the reason, and nodes that compute no floats are not named', () => {
    expect(plan(parts, { excludedNodes: ['make s'] }).keptFloat).toEqual([
      { node: 'make e', opType: 'Erf', reason: 'Erf is not an op type that is quantized by default' },
      { node: 'make s', opType: 'Sigmoid', reason: 'excluded by the recipe' },
    ]);
  });

  it('are the op types nobody asked for; those asked for are quantized whatever they are', () => {
    const made = plan(parts, { opTypes: ['Erf'] });
    expect([...made.quantizedNodes].map((one) => one.opType)).toEqual(['Erf']);
    expect(made.keptFloat[0]?.reason).toBe('Conv is not among the op types asked for');
  });

  it('are nodes whose range calibration could not measure', () => {
    const made = plan(parts, {}, ['c']);
    expect([...made.quantizedNodes].map((one) => one.opType)).toEqual(['Sigmoid']);
    expect(made.keptFloat[0]).toMatchObject({ opType: 'Conv', reason: 'calibration saw no finite value of "c"' });
  });

  it('is everything in float16, and the model is refused with that reason', () => {
    const half = makeTensor('w', DataType.float16, [3, 4], new Uint16Array(12));
    const made = (): unknown =>
      plan({
        nodes: [node('MatMul', ['x', 'w'], 'y')],
        inputs: { x: [2, 3] },
        inputTypes: { x: DataType.float16 },
        outputs: ['y'],
        outputTypes: { y: DataType.float16 },
        initializers: [half],
      });
    expect(made).toThrow(/^The model cannot be quantized this way: its nodes stay float/);
    expect(made).toThrow(/holds float16, not float32/);
  });

  it('names a mistyped node and the one that was meant', () => {
    const refuse = (): void => refuseUnknownNodes(smallModel(parts), { ...defaultRecipe, excludedNodes: ['make C'] });
    expect(refuse).toThrow(
      expect.objectContaining({ code: 'quantize-unknown-node', nextStep: 'Did you mean "make c"?' }),
    );
  });
});

describe('ranges known beforehand', () => {
  const parts: SmallModelParts = { nodes: [node('Softmax', ['x'], 'y')], inputs: { x: [2, 8] }, outputs: ['y'] };

  it('of Softmax are 0..1, and the step of its integer form 1/256', () => {
    expect(plan(parts).activations.get('y')).toEqual({ kind: 'fixed', range: { min: 0, max: 1 } });
    expect(plan(parts, { format: 'qoperator' }).activations.get('y')).toEqual({
      kind: 'fixed',
      range: { min: 0, max: 255 / 256 },
    });
  });
});

describe('Gemm', () => {
  it('hands its factors to the bias', () => {
    const factors = [floatAttribute('alpha', 0.5), floatAttribute('beta', 2)];
    const nodes = [node('Gemm', ['x', 'w', 'b'], 'y', factors)];
    const made = plan({ nodes, inputs: { x: [2, 3] }, outputs: ['y'], initializers: [floatTensor('w', [3, 4]), bias] });
    expect(made.biases).toMatchObject([{ alpha: 0.5, beta: 2 }]);
  });
});
