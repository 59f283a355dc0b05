// Where 8 bits pay, against all ways to place the ops of small graphs.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataType } from '../../../src/onnx/dataTypes';
import type { OnnxModel } from '../../../src/onnx/readModel';
import { opsBetterFloat } from '../../../src/tuning/speed/placement';
import type { PlacementTimes } from '../../../src/tuning/speed/placement';
import { node, smallModel } from '../../quantization/rewritingModels';

/** An op of a small graph, named after the tensor it makes: what it reads, and whether it only passes values on. */
interface Op {
  readonly reads: readonly string[];
  readonly kind: 'candidate' | 'follower' | 'float';
}

const opTypes = { candidate: 'Add', follower: 'Relu', float: 'Erf' } as const;

/** Every tensor has 10 elements; the last op makes the output. */
function modelOf(ops: readonly Op[]): OnnxModel {
  const nodes = ops.map(({ kind, reads }, index) => {
    const inputs = kind === 'candidate' ? [reads[0] ?? 'x', reads[1] ?? reads[0] ?? 'x'] : [reads[0] ?? 'x'];
    return node(opTypes[kind], inputs, `t${index}`);
  });
  return smallModel({ nodes, inputs: { x: [2, 5] }, outputs: [`t${ops.length - 1}`] });
}

const times = (float: readonly number[], int8: readonly number[], tensorUs: number): PlacementTimes => ({
  float: new Map(float.map((timeUs, index) => [`make t${index}`, timeUs])),
  int8: new Map(int8.map((timeUs, index) => [`make t${index}`, timeUs])),
  conversion: { perTensorUs: tensorUs, perElementUs: 0 },
});

/** Time of the model with these ops float, each tensor converted once where a reader needs it in the other form. */
function costOf(
  model: OnnxModel,
  floatOps: ReadonlySet<string>,
  candidates: ReadonlySet<string>,
  given: PlacementTimes,
): number {
  const int8Tensors = new Set<string>();
  const converted = new Set<string>();
  let cost = 0;
  for (const { name, opType, input, output } of model.graph.node) {
    const follows = opType === opTypes.follower && !candidates.has(name);
    const isInt8 = follows ? int8Tensors.has(input[0] ?? '') : candidates.has(name) && !floatOps.has(name);
    if (isInt8) for (const tensor of output) int8Tensors.add(tensor);
    if (candidates.has(name)) cost += (isInt8 ? given.int8 : given.float).get(name) ?? 0;
    for (const tensor of input) if (int8Tensors.has(tensor) !== isInt8) converted.add(tensor);
  }
  for (const { name } of model.graph.output) if (int8Tensors.has(name)) converted.add(name);
  return cost + converted.size * given.conversion.perTensorUs;
}

function leastCost(model: OnnxModel, candidates: ReadonlySet<string>, given: PlacementTimes): number {
  const names = [...candidates];
  let least = Infinity;
  for (let bits = 0; bits < 2 ** names.length; bits++) {
    const float = new Set(names.filter((_, index) => ((bits >> index) & 1) === 1));
    least = Math.min(least, costOf(model, float, candidates, given));
  }
  return least;
}

const graphs = fc.integer({ min: 1, max: 7 }).chain((count) =>
  fc.record({
    ops: fc.tuple(
      ...Array.from({ length: count }, (_, index) => {
        const tensor = fc.integer({ min: -1, max: index - 1 }).map((made) => (made < 0 ? 'x' : `t${made}`));
        return fc.record({
          reads: fc.array(tensor, { minLength: 1, maxLength: 2 }),
          kind: fc.constantFrom('candidate', 'candidate', 'follower', 'float'),
        });
      }),
    ),
    float: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: count, maxLength: count }),
    int8: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: count, maxLength: count }),
    tensorUs: fc.integer({ min: 0, max: 8 }),
  }),
);

describe('opsBetterFloat', () => {
  it('takes as little time as the best of all placements', () => {
    fc.assert(
      fc.property(graphs, ({ ops, float, int8, tensorUs }) => {
        const model = modelOf(ops);
        const candidates = new Set(ops.flatMap(({ kind }, index) => (kind === 'candidate' ? [`make t${index}`] : [])));
        const given = times(float, int8, tensorUs);
        const better = opsBetterFloat(model, candidates, given);
        expect([...better].every((name) => candidates.has(name))).toBe(true);
        expect(costOf(model, better, candidates, given)).toBeCloseTo(leastCost(model, candidates, given), 6);
      }),
      { numRuns: 300 },
    );
  });

  const chain: readonly Op[] = [
    { kind: 'candidate', reads: ['x'] },
    { kind: 'candidate', reads: ['t0'] },
    { kind: 'candidate', reads: ['t1'] },
  ];
  const all = new Set(['make t0', 'make t1', 'make t2']);

  it('keeps an op in 8 bits that is slower there where converting around it costs more', () => {
    const better = (conversionUs: number): string[] => [
      ...opsBetterFloat(modelOf(chain), all, times([20, 5, 20], [5, 8, 5], conversionUs)),
    ];
    expect(better(1)).toEqual(['make t1']);
    expect(better(2)).toEqual([]);
  });

  it('leaves all float where the conversions of inputs and outputs eat the gain', () => {
    const better = (conversionUs: number): number =>
      opsBetterFloat(modelOf(chain), all, times([5, 5, 5], [4, 4, 4], conversionUs)).size;
    expect(better(1)).toBe(0);
    expect(better(2)).toBe(3);
  });

  it('counts one conversion for a tensor that three ops read', () => {
    const readers = ['t1', 't2', 't3'].map((made) => node('Add', ['t0', 't0'], made));
    const nodes = [node('Erf', ['x'], 't0'), ...readers];
    const model = smallModel({ nodes, inputs: { x: [2, 5] }, outputs: ['t0'] });
    const names = new Set(['make t1', 'make t2', 'make t3']);
    // Each of the three saves 2, and t0 costs 5.
    expect(opsBetterFloat(model, names, times([0, 2, 2, 2], [0, 0, 0, 0], 5)).size).toBe(0);
    expect(opsBetterFloat(model, names, times([0, 1, 2, 2], [0, 0, 0, 0], 5)).size).toBe(3);
  });

  it('does not part an op from one that only passes its values on', () => {
    const ops: readonly Op[] = [
      { kind: 'candidate', reads: ['x'] },
      { kind: 'follower', reads: ['t0'] },
      { kind: 'candidate', reads: ['t1'] },
    ];
    const names = new Set(['make t0', 'make t2']);
    expect(opsBetterFloat(modelOf(ops), names, times([9, 0, 9], [1, 0, 1], 3)).size).toBe(0);
    // Between them lies one that is float: two conversions more.
    const parted = ops.map((op) => (op.kind === 'follower' ? { ...op, kind: 'float' as const } : op));
    expect(opsBetterFloat(modelOf(parted), names, times([9, 0, 9], [1, 0, 1], 5)).size).toBe(2);
  });

  it('counts conversions by the elements of a tensor', () => {
    const given = { ...times([10], [1], 0), conversion: { perTensorUs: 0, perElementUs: 0.5 } };
    const model = (dims: readonly (number | string)[]): OnnxModel =>
      smallModel({ nodes: [node('Relu', ['x'], 't0')], inputs: { x: dims }, outputs: ['t0'] });
    const names = new Set(['make t0']);
    expect(opsBetterFloat(model([2, 4]), names, given).size).toBe(0);
    expect(opsBetterFloat(model([2, 5]), names, given).size).toBe(1);
    // A batch of unknown size counts as one sample, another unknown size as 16 elements.
    expect(opsBetterFloat(model(['batch', 8]), names, given).size).toBe(0);
    expect(opsBetterFloat(model([1, 'length']), names, given).size).toBe(1);
  });

  it('converts no shapes and no indices', () => {
    const nodes = [node('Add', ['x', 'x'], 'a'), node('Shape', ['a'], 's'), node('Reshape', ['a', 's'], 'y')];
    const model = smallModel({ nodes, inputs: { x: [2, 5] }, outputs: ['y'], outputTypes: { y: DataType.float32 } });
    const given: PlacementTimes = {
      float: new Map([['make a', 11]]),
      int8: new Map([['make a', 1]]),
      conversion: { perTensorUs: 3, perElementUs: 0 },
    };
    // 1 and the conversions of x, of a for Shape, and of y: 10. The shape itself is never in 8 bits.
    expect(opsBetterFloat(model, new Set(['make a']), given).size).toBe(0);
  });
});
