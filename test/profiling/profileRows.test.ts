// Rows by op type and by node, from recordings whose times a test decides.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import type { GraphProto } from '../../src/onnx/messages';
import { nodeProfiles } from '../../src/profiling/nodeProfiles';
import { opTypeTimes } from '../../src/profiling/opTypeTimes';
import type { Recording } from '../../src/profiling/profileModel';
import type { InnerNodeTime, NodeTime } from '../../src/runtime/trace';
import { graphAttribute, graphOf, node, protoOf } from '../quantization/rewritingModels';

function time(name: string, opType: string, ownUs: number, runs = 10): NodeTime {
  return {
    node: name,
    opType,
    provider: 'CPUExecutionProvider',
    runs,
    totalUs: ownUs * runs,
    timeUs: ownUs,
    ownUs,
    inferencesUs: Array.from({ length: runs }, () => ownUs),
    inputTypes: ['float'],
    outputTypes: ['float'],
    outputShapes: [[1, 4]],
  };
}

function inside(within: string, one: NodeTime): InnerNodeTime {
  return { ...one, within };
}

const branches = [
  graphAttribute(
    'then_branch',
    graphOf({ nodes: [node('Mul', ['r', 'r'], 'p'), node('Relu', ['p'], 'yes')], outputs: ['yes'] }),
  ),
  graphAttribute('else_branch', graphOf({ nodes: [node('Max', ['r', 'r'], 'no')], outputs: ['no'] })),
];
const parts = { inputs: { x: [1, 4], flag: [] }, inputTypes: { flag: DataType.bool }, outputs: ['y'] };
const source = protoOf({
  ...parts,
  nodes: [
    node('Conv', ['x', 'w'], 'c'),
    node('Relu', ['c'], 'r'),
    node('If', ['flag'], 'chosen', branches),
    node('Neg', ['chosen'], 'y'),
  ],
});
const executed: GraphProto = graphOf({
  ...parts,
  nodes: [
    node('FusedConv', ['x', 'w'], 'r', [], 'com.microsoft'),
    node('If', ['flag'], 'chosen', branches),
    node('Transpose', ['chosen'], 'other layout'),
    node('Neg', ['other layout'], 'y'),
  ],
});
const recording: Recording = {
  graph: executed,
  nodes: [
    time('make r', 'FusedConv', 60),
    time('make chosen', 'If', 5),
    time('make other layout', 'Transpose', 4),
    time('make y', 'Neg', 1),
  ],
  inner: [
    inside('make chosen', time('make p', 'Mul', 20, 30)),
    inside('make chosen', time('make yes', 'Relu', 10, 30)),
  ],
  runs: 10,
  kernelUs: 100,
};

describe('rows by op type', () => {
  it('count what was executed, what the executed graph has and what the model has, the longest first', () => {
    const rows = opTypeTimes(source, recording);
    expect(
      rows.map((row) => [row.opType, row.totalUs, row.executions, row.definedNodes, row.modelNodes, row.shareOfTime]),
    ).toEqual([
      ['FusedConv', 600, 10, 1, 0, 0.6],
      ['Mul', 200, 30, 1, 1, 0.2],
      ['Relu', 100, 30, 1, 2, 0.1],
      ['If', 50, 10, 1, 1, 0.05],
      ['Transpose', 40, 10, 1, 0, 0.04],
      ['Neg', 10, 10, 1, 1, 0.01],
      // The branch that was not taken.
      ['Max', 0, 0, 1, 1, 0],
    ]);
    for (const { totalUs, cpuUs, acceleratorUs } of rows) expect([cpuUs, acceleratorUs]).toEqual([totalUs, 0]);
  });

  it('have shares that add up to 1, and no share at all where nothing took a microsecond', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 4, maxLength: 4 }), (times) => {
        const nodes = recording.nodes.map((one, index) => ({ ...one, ownUs: times[index] ?? 0 }));
        const measured = { ...recording, nodes, inner: [] };
        const all = times.reduce((sum, one) => sum + one, 0);
        for (const rows of [opTypeTimes(source, measured), nodeProfiles(source.graph!, measured)]) {
          expect(rows.reduce((sum, { shareOfTime }) => sum + shareOfTime, 0)).toBeCloseTo(all === 0 ? 0 : 1, 9);
        }
      }),
    );
  });
});

describe('rows by node', () => {
  it('say what they compute of the model and where they run', () => {
    const rows = nodeProfiles(source.graph!, recording);
    expect(rows.map((row) => [row.node, row.within, row.modelNodes.map((one) => one.node)])).toEqual([
      ['make r', null, ['make c', 'make r']],
      ['make p', 'make chosen', ['make p']],
      ['make yes', 'make chosen', ['make yes']],
      ['make chosen', null, ['make chosen']],
      ['make other layout', null, []],
      ['make y', null, ['make y']],
    ]);
    expect(rows[0]).toMatchObject({
      opType: 'FusedConv',
      timeUs: 60,
      shareOfTime: 0.6,
      executions: 10,
      outputShapes: [[1, 4]],
      outputTypes: ['float'],
      provider: 'CPUExecutionProvider',
      modelNodes: [{ opType: 'Conv' }, { opType: 'Relu' }],
    });
  });

  it('are told apart by their order where names are missing or doubled', () => {
    const nodes = ['a', 'b', 'y'].map((output, index) => ({
      ...node('Relu', [['x', 'a', 'b'][index] ?? ''], output),
      name: index === 2 ? '' : 'same',
    }));
    const graph = graphOf({ ...parts, nodes });
    const times = [time('same', 'Relu', 3), time('same', 'Relu', 2), time('Relu_2', 'Relu', 1)];
    const rows = nodeProfiles(graph, { graph, nodes: times, inner: [], runs: 1, kernelUs: 6 });
    expect(rows.map(({ timeUs, modelNodes }) => [timeUs, modelNodes.map((one) => one.node)])).toEqual([
      [3, ['same']],
      [2, ['same']],
      [1, ['y']],
    ]);
  });
});
