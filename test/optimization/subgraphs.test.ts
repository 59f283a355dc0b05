// Conversion of branches and loop bodies: types at their borders, names of the graphs around them.
import { describe, expect, it } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import { intAttribute, makeTensor, makeValueInfo } from '../../src/onnx/makeMessages';
import type { GraphProto } from '../../src/onnx/messages';
import { subgraphsOf } from '../../src/onnx/graphView';
import { floatInput, floatTensor, graphAttribute, graphOf, intTensor, node } from '../quantization/rewritingModels';
import type { SmallModelParts } from '../quantization/rewritingModels';
import { constantTypes, convertAndRun, nodeNamed, opsOf, typesOf } from './halfModels';

const { float32, float16, bool, int64 } = DataType;
const x = floatInput([2, 4]);

/** The graphs a node carries, in the order of its attributes. */
function inside(graph: GraphProto, name: string): GraphProto[] {
  return subgraphsOf(nodeNamed(graph, name)).map((inner) => inner.graph);
}

const branching: SmallModelParts = {
  nodes: [
    node('Relu', ['x'], 'r'),
    node('CumSum', ['r', 'axis'], 'c'),
    node('If', ['flag'], 'chosen', [
      graphAttribute(
        'then_branch',
        graphOf({
          nodes: [node('Mul', ['r', 'c'], 'p'), node('Mul', ['p', 'w'], 'yes')],
          outputs: ['yes'],
          initializers: [floatTensor('w', [4])],
        }),
      ),
      graphAttribute('else_branch', graphOf({ nodes: [node('Max', ['r', 'v'], 'no')], outputs: ['no'] })),
    ]),
    node('Neg', ['chosen'], 'y'),
  ],
  inputs: { x: [2, 4], flag: [] },
  inputTypes: { flag: bool },
  outputs: ['y'],
  initializers: [intTensor('axis', [1], []), floatTensor('v', [4], 5)],
};

function flag(value: number): { x: typeof x; flag: { type: 'bool'; dims: []; data: Uint8Array } } {
  return { x, flag: { type: 'bool', dims: [], data: Uint8Array.of(value) } };
}

describe('branches of If', () => {
  it('both give half precision, with casts in the scope that makes the tensor', async () => {
    for (const value of [0, 1]) {
      const { graph, decibels, converted } = await convertAndRun(branching, flag(value));
      const [yes, no] = inside(graph, 'make chosen');
      // What the branches read in the other form is cast outside, once.
      expect(opsOf(graph)).toBe('Relu, Cast, CumSum, Cast, If, Neg');
      expect([yes, no].map((one) => one && opsOf(one))).toEqual(['Mul, Mul', 'Max, Cast']);
      expect([yes, no].map((one) => one?.output[0]?.type?.tensorType?.elemType)).toEqual([float16, float16]);
      expect(yes && constantTypes(yes)).toEqual({ w: float16 });
      expect(constantTypes(graph)).toMatchObject({ v: float32 });
      expect(converted).toEqual({ Relu: 1, Mul: 2, If: 1, Neg: 1 });
      expect(decibels).toBeGreaterThan(50);
    }
  });

  it('stay as they are when the If is on the block list, and read float32 from outside', async () => {
    for (const value of [0, 1]) {
      const { graph, decibels, keptFloat } = await convertAndRun(branching, flag(value), { blocked: ['If'] });
      expect(inside(graph, 'make chosen').map(opsOf)).toEqual(['Mul, Mul', 'Max']);
      expect(opsOf(graph)).toBe('Relu, Cast, CumSum, If, Cast, Neg');
      expect(keptFloat).toContainEqual({
        node: 'make yes',
        opType: 'Mul',
        reason: 'it is inside a node that is kept',
      });
      expect(decibels).toBeGreaterThan(50);
    }
  });

  it('within branches are converted, too', async () => {
    const inner = node('If', ['flag'], 'inner', [
      graphAttribute('then_branch', graphOf({ nodes: [node('Exp', ['r'], 'a')], outputs: ['a'] })),
      graphAttribute('else_branch', graphOf({ nodes: [node('Min', ['r', 'r'], 'b')], outputs: ['b'] })),
    ]);
    const parts: SmallModelParts = {
      ...branching,
      nodes: [
        node('Relu', ['x'], 'r'),
        node('If', ['flag'], 'y', [
          graphAttribute('then_branch', graphOf({ nodes: [inner], outputs: ['inner'] })),
          graphAttribute('else_branch', graphOf({ nodes: [inner], outputs: ['inner'] })),
        ]),
      ],
      initializers: [],
    };
    for (const value of [0, 1]) {
      expect((await convertAndRun(parts, flag(value), { keepIoTypes: true })).decibels).toBeGreaterThan(50);
    }
  });
});

describe('loops', () => {
  const body: GraphProto = {
    ...graphOf({
      nodes: [
        node('Identity', ['go'], 'on'),
        node('Cast', ['i'], 'f', [intAttribute('to', float32)]),
        node('Mul', ['state', 'w'], 'm'),
        node('Add', ['m', 'f'], 'next'),
        node('Max', ['next', 'r'], 'collected'),
      ],
      inputs: { i: [], go: [], state: [2, 4] },
      inputTypes: { i: int64, go: bool },
      outputs: ['on', 'next', 'collected'],
      outputTypes: { on: bool },
    }),
  };
  const parts: SmallModelParts = {
    nodes: [
      node('Neg', ['x'], 'r'),
      node('Loop', ['count', '', 'x'], ['last', 'all'], [graphAttribute('body', body)]),
      node('Neg', ['last'], 'y'),
    ],
    inputs: { x: [2, 4] },
    outputs: ['y', 'all'],
    initializers: [intTensor('count', [3], []), floatTensor('w', [4])],
  };

  it.each([true, false])('carry half precision from round to round (float32 outside: %s)', async (keepIoTypes) => {
    const { graph, decibels } = await convertAndRun(parts, { x }, { keepIoTypes });
    const [inner] = inside(graph, 'make last');
    expect(inner && typesOf(inner.input)).toEqual({ i: int64, go: bool, state: float16 });
    expect(inner?.output.map(({ type }) => type?.tensorType?.elemType)).toEqual([bool, float16, float16]);
    expect(decibels).toBeGreaterThan(50);
  });

  it('stay float32 inside when the Loop is on the block list', async () => {
    const { graph, decibels } = await convertAndRun(parts, { x }, { blocked: ['make last'] });
    const [inner] = inside(graph, 'make last');
    expect(inner && opsOf(inner)).toBe('Identity, Cast, Mul, Add, Max');
    expect(decibels).toBeGreaterThan(50);
  });

  it('of Scan take and give slices in half precision', async () => {
    const scanBody = graphOf({
      nodes: [node('Add', ['sum', 'slice'], 'next'), node('Identity', ['next'], 'out')],
      inputs: { sum: [4], slice: [4] },
      outputs: ['next', 'out'],
    });
    const attributes = [graphAttribute('body', scanBody), intAttribute('num_scan_inputs', 1)];
    const scan: SmallModelParts = {
      nodes: [node('Scan', ['zero', 'x'], ['total', 'y'], attributes)],
      inputs: { x: [2, 4] },
      outputs: ['total', 'y'],
      initializers: [floatTensor('zero', [4], new Float32Array(4))],
    };
    const { decibels, graph } = await convertAndRun(scan, { x });
    const [inner] = inside(graph, 'make total');
    expect(inner && typesOf(inner.input)).toEqual({ sum: float16, slice: float16 });
    expect(decibels).toBeGreaterThan(50);
  });
});

describe('names', () => {
  it('that are put in are new in every graph of the model', async () => {
    const branch = (name: string): GraphProto => ({
      ...graphOf({ nodes: [node('Mul', ['r', 'r_fp32'], name)], outputs: [name] }),
      initializer: [makeTensor('r_fp32', float32, [1], Float32Array.of(2))],
      valueInfo: [makeValueInfo('r_fp32', float32, [1])],
    });
    const parts: SmallModelParts = {
      ...branching,
      nodes: [
        node('Relu', ['x'], 'r'),
        node('Max', ['r', 'x'], 'm'),
        node('If', ['flag'], 'chosen', [
          graphAttribute('then_branch', branch('yes')),
          graphAttribute('else_branch', branch('no')),
        ]),
        node('Add', ['chosen', 'm'], 'y'),
      ],
      initializers: [],
    };
    const { graph, decibels } = await convertAndRun(parts, flag(1));
    expect(nodeNamed(graph, 'make m').input).toEqual(['r_fp32_1', 'x_fp32']);
    expect(decibels).toBeGreaterThan(50);
  });
});
