// Two profilings matched: by what the model calls its operators, whatever the engine executes for them.
import { describe, expect, it } from 'vitest';
import { comparedNodes, comparedOps, comparisonCautions } from '../../src/bench/reports/comparedProfilings';
import type { NodeProfile, ProfileResult } from '../../src/protocol/profiling';

function node(name: string, opType: string, timeUs: number, ...computes: readonly [string, string][]): NodeProfile {
  return {
    node: name,
    opType,
    within: null,
    timeUs,
    shareOfTime: 0,
    executions: 1,
    outputShapes: [],
    outputTypes: [],
    provider: 'CPUExecutionProvider',
    modelNodes: computes.map(([one, type]) => ({ node: one, opType: type })),
  };
}

const float = [
  node('fused 1', 'FusedConv', 30, ['/conv', 'Conv'], ['/relu', 'Relu']),
  node('/add', 'Add', 4, ['/add', 'Add']),
];
const int8 = [
  node('/conv_quant', 'QLinearConv', 10, ['/conv_dq', 'DequantizeLinear'], ['/conv', 'Conv']),
  node('/relu', 'Relu', 3, ['/relu', 'Relu']),
  node('/input_q', 'QuantizeLinear', 2, ['/input_q', 'QuantizeLinear']),
  node('reorder', 'ReorderInput', 1),
];

describe('two profilings', () => {
  it('have their nodes matched by the operators of the model, those merged on one side together', () => {
    expect(comparedNodes(float, int8)).toEqual([
      { key: '/conv', label: '/conv', here: 'FusedConv', there: 'QLinearConv + Relu', hereUs: 30, thereUs: 13 },
      { key: '/add', label: '/add', here: 'Add', there: '', hereUs: 4, thereUs: null },
      { key: '/input_q', label: '/input_q', here: '', there: 'QuantizeLinear', hereUs: null, thereUs: 2 },
      { key: 'reorder', label: 'reorder', here: '', there: 'ReorderInput', hereUs: null, thereUs: 1 },
    ]);
  });

  it('have their types matched by what the model calls them', () => {
    const rows = comparedOps(float, int8).map(({ label, hereUs, thereUs }) => [label, hereUs, thereUs]);
    expect(rows).toEqual([
      ['Conv', 30, 10],
      ['Add', 4, null],
      ['Relu', null, 3],
      ['QuantizeLinear', null, 2],
      ['ReorderInput', null, 1],
    ]);
  });

  it('say under which other conditions they were measured', () => {
    const result = (threads: number, data: 'dataset' | 'random') =>
      ({
        environment: { engineVersion: '1.30.0', cpuModel: 'a', threads },
        machine: { cpuModel: 'a' },
        data,
        inputShapes: { x: [1, 3] },
      }) as unknown as ProfileResult;
    expect(comparisonCautions(result(1, 'dataset'), result(1, 'dataset'))).toEqual([]);
    expect(comparisonCautions(result(1, 'dataset'), result(2, 'random'))).toEqual([
      'Threads: 1 here, 2 there.',
      'Input: samples of the data set [1, 3] here, random numbers [1, 3] there.',
    ]);
  });
});
