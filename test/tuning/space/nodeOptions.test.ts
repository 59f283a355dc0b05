// What a config says about single nodes: which section wins, and patterns that mean nothing.
import { describe, expect, it } from 'vitest';
import type { OpOptions, QuantizationSection } from '../../../src/config/tuningConfig';
import { makeNode } from '../../../src/onnx/makeMessages';
import type { OnnxModel } from '../../../src/onnx/readModel';
import { nodeOptionsOf } from '../../../src/tuning/space/nodeOptions';
import { floatTensor, smallModel } from '../../quantization/rewritingModels';
import { sectionOf } from '../sections';

const named = (
  name: string,
  opType: string,
  inputs: string[],
  outputs: string[],
  domain = '',
): ReturnType<typeof makeNode> => makeNode({ name, opType, inputs, outputs, domain });

/** conv1 → relu1 → conv2. */
const given = smallModel({
  nodes: [
    named('conv1', 'Conv', ['x', 'w1'], ['c']),
    named('relu1', 'Relu', ['c'], ['r']),
    named('conv2', 'Conv', ['r', 'w2'], ['y']),
  ],
  inputs: { x: [1, 3, 8, 8] },
  outputs: ['y'],
  initializers: [floatTensor('w1', [3, 3, 3, 3]), floatTensor('w2', [3, 3, 3, 3])],
});

/** The same as the engine merges it: conv1 and relu1 are one. */
const merged = smallModel({
  nodes: [
    named('fused_1', 'FusedConv', ['x', 'w1'], ['r'], 'com.microsoft'),
    named('conv2', 'Conv', ['r', 'w2'], ['y']),
  ],
  inputs: { x: [1, 3, 8, 8] },
  outputs: ['y'],
  initializers: [floatTensor('w1', [3, 3, 3, 3]), floatTensor('w2', [3, 3, 3, 3])],
});

function optionsIn(section: Partial<QuantizationSection>, graph: OnnxModel = given): Record<string, OpOptions> {
  const optionsOf = nodeOptionsOf(sectionOf(section), given, graph, 'config.yaml');
  return Object.fromEntries(graph.graph.node.map((node) => [node.name, optionsOf(node)]));
}

const weight = (granularity: 'per_channel' | 'per_tensor'): OpOptions => ({
  weight: { granularity: [granularity] },
  activation: {},
});
const opWise = (pattern: string, options: OpOptions, line = 1): QuantizationSection['opWise'][number] => ({
  pattern,
  options,
  line,
  column: 5,
});

describe('nodeOptionsOf', () => {
  it('lets single nodes override types, and types the whole model', () => {
    const found = optionsIn({
      modelWise: weight('per_channel'),
      optypeWise: { Conv: weight('per_tensor') },
      opWise: [opWise('conv2', weight('per_channel'))],
    });
    expect(found['conv1']).toEqual(weight('per_tensor'));
    expect(found['conv2']).toEqual(weight('per_channel'));
    expect(found['relu1']).toEqual(weight('per_channel'));
  });

  it('overrides field by field, in weights and activations', () => {
    const found = optionsIn({
      modelWise: { weight: { dtype: ['int8'], scheme: ['sym'] }, activation: { algorithm: ['minmax'] } },
      optypeWise: { Conv: { weight: { dtype: ['fp32'] }, activation: {} } },
      opWise: [opWise('conv1', { weight: {}, activation: { scheme: ['sym'] } })],
    });
    expect(found['conv1']).toEqual({
      weight: { dtype: ['fp32'], scheme: ['sym'] },
      activation: { algorithm: ['minmax'], scheme: ['sym'] },
    });
  });

  it('lets later patterns win', () => {
    const patterns = [opWise('conv.*', weight('per_tensor')), opWise('conv1', weight('per_channel'))];
    expect(optionsIn({ opWise: patterns })).toMatchObject({
      conv1: weight('per_channel'),
      conv2: weight('per_tensor'),
    });
    expect(optionsIn({ opWise: patterns.toReversed() })).toMatchObject({ conv1: weight('per_tensor') });
  });

  it('matches whole names', () => {
    const float: OpOptions = { weight: { dtype: ['fp32'] }, activation: {} };
    const found = optionsIn({ opWise: [opWise('conv1|relu.', float)] });
    expect([found['conv1'], found['relu1'], found['conv2']]).toEqual([float, float, { weight: {}, activation: {} }]);
    expect(() => optionsIn({ opWise: [opWise('conv', float)] })).toThrow(/"conv" matches in full/);
  });

  it('follows a node into the one that the engine made of it', () => {
    const float: OpOptions = { weight: { dtype: ['fp32'] }, activation: {} };
    for (const pattern of ['conv1', 'relu1']) {
      const found = optionsIn({ opWise: [opWise(pattern, float)] }, merged);
      expect(found).toEqual({ fused_1: float, conv2: { weight: {}, activation: {} } });
    }
  });

  it('refuses a pattern without a node, with its place and the nearest name', () => {
    expect(() => optionsIn({ opWise: [opWise('conv_1', weight('per_tensor'), 7)] })).toThrow(
      expect.objectContaining({
        code: 'tuning-unknown-node',
        place: 'config.yaml:7:5',
        message: 'No node of the model has a name that "conv_1" matches in full. Did you mean conv1?',
      }) as Error,
    );
  });

  it('refuses an op type that the model does not have, and says which it has', () => {
    expect(() => optionsIn({ optypeWise: { MatMul: weight('per_tensor') } })).toThrow(
      expect.objectContaining({
        code: 'tuning-unknown-op-type',
        place: 'config.yaml: quantization.optype_wise.MatMul',
        nextStep: 'It has Conv, Relu.',
      }) as Error,
    );
  });

  it('takes a type with the name of an object property for what it is', () => {
    expect(() => optionsIn({ optypeWise: { constructor: weight('per_tensor') } })).toThrow(/type constructor/);
  });
});
