// Which nodes of a model each node of its optimized graph stands for, on graphs as the engine makes them.
import { describe, expect, it } from 'vitest';
import { fusedNodes } from '../../src/profiling/fusedNodes';
import type { NodeProto } from '../../src/onnx/messages';
import { graphOf, node } from '../quantization/rewritingModels';

const named = (name: string, made: NodeProto): NodeProto => ({ ...made, name });

function mapping(
  source: readonly NodeProto[],
  optimized: readonly NodeProto[],
  outputs = ['y'],
): Record<string, string[]> {
  const parts = { inputs: { x: [1, 4] }, outputs };
  const fused = fusedNodes(graphOf({ ...parts, nodes: source }), graphOf({ ...parts, nodes: optimized }));
  return Object.fromEntries([...fused].map(([one, nodes]) => [one.name, nodes.map(({ name }) => name)]));
}

describe('nodes of an optimized graph', () => {
  it('stand for everything between what they read and what they make', () => {
    const source = [
      named('matmul', node('MatMul', ['x', 'w'], 'm')),
      named('divide', node('Div', ['m', 'root'], 'd')),
      named('erf', node('Erf', ['d'], 'e')),
      named('multiply', node('Mul', ['m', 'e'], 'y')),
    ];
    const optimized = [
      named('product', node('MatMul', ['x', 'w'], 'm')),
      named('gelu', node('Gelu', ['m'], 'y', [], 'com.microsoft')),
    ];
    expect(mapping(source, optimized)).toEqual({ product: ['matmul'], gelu: ['divide', 'erf', 'multiply'] });
  });

  it('stand for the pairs that merged with them', () => {
    const source = [
      named('q0', node('QuantizeLinear', ['x', 's', 'z'], 'x8')),
      named('dq0', node('DequantizeLinear', ['x8', 's', 'z'], 'xf')),
      named('weight', node('DequantizeLinear', ['w8', 's', 'z'], 'wf')),
      named('conv', node('Conv', ['xf', 'wf'], 'c')),
      named('q1', node('QuantizeLinear', ['c', 's', 'z'], 'c8')),
      named('dq1', node('DequantizeLinear', ['c8', 's', 'z'], 'y')),
    ];
    const optimized = [
      named('in', node('QuantizeLinear', ['x', 's', 'z'], 'x8')),
      named('kernel', node('QLinearConv', ['x8', 's', 'z', 'w8', 's', 'z', 's', 'z'], 'c8')),
      named('out', node('DequantizeLinear', ['c8', 's', 'z'], 'y')),
    ];
    expect(mapping(source, optimized)).toEqual({
      in: ['q0'],
      kernel: ['dq0', 'weight', 'conv', 'q1'],
      out: ['dq1'],
    });
  });

  const residual = [
    named('conv1', node('Conv', ['x', 'w1'], 'c1')),
    named('relu1', node('Relu', ['c1'], 'r1')),
    named('conv2', node('Conv', ['r1', 'w2'], 'c2')),
    named('add', node('Add', ['c2', 'r1'], 'a')),
    named('relu2', node('Relu', ['a'], 'r2')),
    named('conv3', node('Conv', ['r2', 'w3'], 'y')),
  ];

  it('keep an addition and activation that went into the NCHWc convolution before them', () => {
    const optimized = [
      named('r1_nchwc', node('Conv', ['x', 'reorder'], 'reorder_0', [], 'com.microsoft.nchwc')),
      named(
        'c2_nchwc',
        node('Conv', ['reorder_0', 'reorder_1', '', 'reorder_0'], 'reorder_2', [], 'com.microsoft.nchwc'),
      ),
      named('y_nchwc', node('Conv', ['reorder_2', 'reorder_3'], 'reorder_4', [], 'com.microsoft.nchwc')),
      named('ReorderOutput', node('ReorderOutput', ['reorder_4'], 'y', [], 'com.microsoft.nchwc')),
    ];
    expect(mapping(residual, optimized)).toEqual({
      r1_nchwc: ['conv1', 'relu1'],
      c2_nchwc: ['conv2', 'add', 'relu2'],
      y_nchwc: ['conv3'],
      ReorderOutput: [],
    });
  });

  it('are found by the name of their node when the layout changed their tensors', () => {
    const optimized = [
      named('Transpose', node('Transpose', ['x'], 'Transpose_out0')),
      named('conv1_token_1', node('QLinearConv', ['Transpose_out0', 'w1'], 'conv1')),
      named('conv2_token_2', node('QLinearConv', ['conv1', 'w2'], 'conv2')),
      named('add', node('QLinearAdd', ['conv2', 'conv1'], 'add_out', [], 'com.microsoft')),
      named('conv3_token_3', node('QLinearConv', ['add_out', 'w3'], 'conv3')),
      named('Transpose_token_4', node('Transpose', ['conv3'], 'y')),
    ];
    expect(mapping(residual, optimized)).toEqual({
      Transpose: [],
      conv1_token_1: ['conv1', 'relu1'],
      conv2_token_2: ['conv2'],
      add: ['add', 'relu2'],
      conv3_token_3: ['conv3'],
      Transpose_token_4: [],
    });
  });

  it('are found by what the engine puts before and behind names', () => {
    const source = [
      named('conv', node('Conv', ['x', 'w'], 'c')),
      named('sigmoid', node('Sigmoid', ['c'], 's')),
      named('mul', node('Mul', ['c', 's'], 'm')),
      named('last', node('Conv', ['m', 'v'], 'y')),
    ];
    const optimized = [
      named('InsertedPrecisionFreeCast_c_nchwc', node('Conv', ['x', 'reorder'], 'reorder_1')),
      named('mul/QuickGeluFusion/', node('QuickGelu', ['reorder_1'], 'reorder_2', [], 'com.microsoft')),
      named('kernel', node('Conv', ['reorder_2', 'v'], 'InsertedPrecisionFreeCast_y')),
    ];
    expect(mapping(source, optimized)).toEqual({
      InsertedPrecisionFreeCast_c_nchwc: ['conv'],
      'mul/QuickGeluFusion/': ['sigmoid', 'mul'],
      kernel: ['last'],
    });
  });
});
