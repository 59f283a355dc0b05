// First and last op, what lies around them, and the blocks of transformers.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { intsAttribute } from '../../../src/onnx/makeMessages';
import type { GraphProto, NodeProto } from '../../../src/onnx/messages';
import { readModel } from '../../../src/onnx/readModel';
import { firstAndLast, prePostOps, transformerBlocks } from '../../../src/tuning/space/graphLandmarks';
import { floatTensor, graphOf, node } from '../../quantization/rewritingModels';
import { describeShared } from '../../support/shared';

/** Every node is called after the tensor it makes; weights are all the tensors whose names begin with w. */
function graph(nodes: readonly NodeProto[], outputs: readonly string[]): GraphProto {
  const named = nodes.map((one) => ({ ...one, name: one.output[0] ?? '' }));
  const weights = new Set(named.flatMap(({ input }) => input.filter((name) => name.startsWith('w'))));
  const initializers = [...weights].map((name) => floatTensor(name, [4, 4]));
  return graphOf({ nodes: named, inputs: { x: [1, 4, 4] }, outputs, initializers });
}

const namesOf = ({ node: nodes }: GraphProto): Set<string> => new Set(nodes.map(({ name }) => name));

const cnn = graph(
  [
    node('Sub', ['x', 'w0'], 'centred'),
    node('Conv', ['centred', 'w1'], 'conv1'),
    node('Relu', ['conv1'], 'relu'),
    node('Conv', ['relu', 'w2'], 'conv2'),
    node('Add', ['conv2', 'relu'], 'sum'),
    node('Gemm', ['sum', 'w3'], 'head'),
    node('Softmax', ['head'], 'y'),
    node('Mul', ['relu', 'w4'], 'aside'),
  ],
  ['y', 'aside'],
);

describe('firstAndLast', () => {
  it('counts products and convolutions among the given names', () => {
    expect(firstAndLast(cnn, namesOf(cnn))).toEqual(['conv1', 'head']);
    expect(firstAndLast(cnn, new Set(['relu', 'conv2', 'y']))).toEqual(['conv2', 'conv2']);
    expect(firstAndLast(cnn, new Set(['relu']))).toEqual([undefined, undefined]);
  });
});

describe('prePostOps', () => {
  it('gives what lies on no path between them', () => {
    expect(prePostOps(cnn, namesOf(cnn))).toEqual(['centred', 'y', 'aside']);
    expect(prePostOps(cnn, new Set(['centred', 'conv1', 'relu', 'head']))).toEqual(['centred']);
  });

  it('gives nothing where there is a single one, or none', () => {
    expect(prePostOps(cnn, new Set(['centred', 'conv1', 'relu']))).toEqual([]);
    expect(prePostOps(cnn, new Set(['centred', 'relu']))).toEqual([]);
  });
});

type Layer = (input: string, at: number) => NodeProto[];

/** Separate projections of query, key and value, a mask, a projection, and two products with a residual around each. */
const separate: Layer = (input, at) => [
  node('MatMul', [input, 'wq'], `q${at}`),
  node('Add', [`q${at}`, 'wb'], `qb${at}`),
  node('MatMul', [input, 'wk'], `k${at}`),
  node('MatMul', [input, 'wv'], `v${at}`),
  node('Transpose', [`k${at}`], `kt${at}`),
  node('MatMul', [`qb${at}`, `kt${at}`], `scores${at}`),
  node('Div', [`scores${at}`, 'wscale'], `scaled${at}`),
  node('Add', [`scaled${at}`, 'wmask'], `masked${at}`),
  node('Softmax', [`masked${at}`], `soft${at}`),
  node('MatMul', [`soft${at}`, `v${at}`], `context${at}`),
  ...feedForward(input, at),
];

/** One projection that is split in three. */
const joint: Layer = (input, at) => [
  node('MatMul', [input, 'wqkv'], `qkv${at}`),
  node('Split', [`qkv${at}`], [`q${at}`, `k${at}`, `v${at}`], [intsAttribute('split', [1, 1, 1])]),
  node('MatMul', [`q${at}`, `k${at}`], `scores${at}`),
  node('Softmax', [`scores${at}`], `soft${at}`),
  node('MatMul', [`soft${at}`, `v${at}`], `context${at}`),
  ...feedForward(input, at),
];

const fused: Layer = (input, at) => [
  node('Attention', [input, 'wqkv', 'wb'], `context${at}`, [], 'com.microsoft'),
  ...feedForward(input, at),
];

function feedForward(input: string, at: number): NodeProto[] {
  return [
    node('MatMul', [`context${at}`, 'wo'], `out${at}`),
    node('Add', [`out${at}`, input], `attended${at}`),
    node('MatMul', [`attended${at}`, 'wf'], `wide${at}`),
    node('Relu', [`wide${at}`], `relu${at}`),
    node('MatMul', [`relu${at}`, 'wg'], `narrow${at}`),
    node('Add', [`narrow${at}`, `attended${at}`], `h${at}`),
  ];
}

/** An embedding, three layers, and a classifier. */
function transformer(layer: Layer): GraphProto {
  return graph(
    [
      node('MatMul', ['x', 'we'], 'h0'),
      ...layer('h0', 1),
      ...layer('h1', 2),
      ...layer('h2', 3),
      node('Gemm', ['h3', 'wc'], 'logits'),
    ],
    ['logits'],
  );
}

describe('transformerBlocks', () => {
  const rest = (at: number): string[] => [`context${at}`, `out${at}`, `wide${at}`, `narrow${at}`];

  it.each<[string, Layer, (at: number) => string[]]>([
    ['separate projections', separate, (at) => [`q${at}`, `k${at}`, `v${at}`, `scores${at}`, ...rest(at)]],
    ['a joint projection', joint, (at) => [`qkv${at}`, `scores${at}`, ...rest(at)]],
    ['fused attention', fused, rest],
  ])('finds those with %s, the last first', (_, layer, block) => {
    const made = transformer(layer);
    expect(transformerBlocks(made, namesOf(made))).toEqual([block(3), block(2), block(1)]);
  });

  it('leaves out what is not among the names, and blocks that become empty by it', () => {
    const made = transformer(joint);
    expect(transformerBlocks(made, new Set(['qkv1', 'wide1', 'wide3']))).toEqual([['wide3'], ['qkv1', 'wide1']]);
  });

  it('takes a single block to the end', () => {
    const made = graph([...separate('x', 1), node('Gemm', ['h1', 'wc'], 'logits')], ['logits']);
    expect(transformerBlocks(made, namesOf(made))).toEqual([['q1', 'k1', 'v1', 'scores1', ...rest(1), 'logits']]);
  });

  it('finds none in other models', () => {
    expect(transformerBlocks(cnn, namesOf(cnn))).toEqual([]);
    // A product of constants before a Softmax is a classifier.
    const classifier = graph([node('MatMul', ['x', 'w1'], 'scores'), node('Softmax', ['scores'], 'y')], ['y']);
    expect(transformerBlocks(classifier, namesOf(classifier))).toEqual([]);
  });
});

describeShared('landmarks of real models', (shared) => {
  const withGraph = <Result>(name: string, use: (made: GraphProto) => Result): Result => {
    const model = readModel(join(shared, 'data/models', name));
    try {
      return use(model.graph);
    } finally {
      model.close();
    }
  };

  it('finds three equal blocks in a compact transformer', () => {
    withGraph('cifar10_cct.op13.onnx', (made) => {
      const blocks = transformerBlocks(made, namesOf(made));
      const own = ['a/qkv/MatMul', 'a/MatMul', 'a/MatMul_1', 'a/o/MatMul', 'f/f.0/MatMul', 'f/f.2/MatMul'];
      expect(blocks).toEqual([2, 1, 0].map((at) => own.map((name) => `/b.${at}/${name}`)));
    });
  });

  it('finds the one block of a smaller one', () => {
    withGraph('sst2_transformer.op13.onnx', (made) => {
      const [block, ...others] = transformerBlocks(made, namesOf(made));
      expect([block?.[0], block?.length, others]).toEqual(['/b.0/a/qkv/MatMul', 7, []]);
    });
  });

  it('finds no blocks in a convolutional net, and its first and last op', () => {
    withGraph('cifar10_resnet14.op13.onnx', (made) => {
      expect(transformerBlocks(made, namesOf(made))).toEqual([]);
      const [first, last] = firstAndLast(made, namesOf(made));
      const typeOf = (name: string | undefined): string | undefined =>
        made.node.find((one) => one.name === name)?.opType;
      expect([typeOf(first), typeOf(last)]).toEqual(['Conv', 'Gemm']);
    });
  });
});
