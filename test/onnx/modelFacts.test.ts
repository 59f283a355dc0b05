// The facts `inspect` prints, checked against what is known of real and hostile models.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import { makeNode, makeTensor, makeValueInfo, tensorAttribute } from '../../src/onnx/makeMessages';
import type { GraphProto, NodeProto } from '../../src/onnx/messages';
import { ModelError } from '../../src/onnx/modelErrors';
import { modelFacts } from '../../src/onnx/modelFacts';
import type { ModelFacts } from '../../src/onnx/modelFacts';
import { readModel } from '../../src/onnx/readModel';
import { describeShared } from '../support/shared';
import { modelOf } from './operatorCases';

function node(opType: string, inputs: string[], outputs: string[], domain = '', name = outputs[0] ?? ''): NodeProto {
  return makeNode({ opType, inputs, outputs, domain, name });
}

const input = [makeValueInfo('x', DataType.float32, ['batch', 4])];
const weight = makeTensor('w', DataType.float32, [4, 5], new Float32Array(20));

function facts(graph: Partial<GraphProto>): ModelFacts {
  return modelFacts(modelOf({ input, ...graph }));
}

describe('modelFacts', () => {
  it('counts what can be quantized, each weight once', () => {
    const found = facts({
      node: [
        node('MatMul', ['x', 'w'], ['a']),
        node('MatMul', ['x', 'w'], ['b']),
        node('Add', ['a', 'b'], ['y']),
        node('Shape', ['y'], ['s']),
        node('Gather', ['s', 'i'], ['z']),
      ],
      initializer: [weight, makeTensor('i', DataType.int64, [], BigInt64Array.of(0n))],
      output: [makeValueInfo('y', 0, undefined)],
    });
    expect(found.quantizable).toEqual({ static: { MatMul: 2, Add: 1 }, dynamic: { MatMul: 2 }, weightBytes: 80 });
    expect(found).toMatchObject({ nodes: 5, initializers: 2, parameters: 20, floatType: 'float32', quantized: false });
    expect(found.outputs).toEqual([{ name: 'y', type: 'float32', shape: ['batch', 5] }]);
    expect(found.dynamicDimensions).toEqual(['batch']);
  });

  it('takes the tensor of a Constant node for a weight', () => {
    const constant = { ...node('Constant', [], ['w']), attribute: [tensorAttribute('value', weight)] };
    const found = facts({ node: [constant, node('MatMul', ['x', 'w'], ['y'])] });
    expect(found.quantizable.weightBytes).toBe(80);
    expect(found.quantizable.dynamic).toEqual({ MatMul: 1 });
  });

  it('says why a model cannot be quantized', () => {
    expect(facts({ node: [node('Exp', ['x'], ['y'])] }).quantizable.reasonNot).toMatch(/None of its operators/);
    const half = facts({ node: [node('Relu', ['x'], ['y'])], input: [makeValueInfo('x', DataType.float16, [1])] });
    expect(half.quantizable.reasonNot).toMatch(/float16/);
    expect(half.floatType).toBe('float16');
  });

  it.each([
    ['none', ['Conv', 'Relu']],
    ['qdq', ['QuantizeLinear', 'DequantizeLinear', 'Conv']],
    ['qoperator', ['QuantizeLinear', 'QLinearConv', 'com.microsoft:QGemm', 'DequantizeLinear']],
    ['dynamic', ['DynamicQuantizeLinear', 'MatMulInteger', 'Gather', 'DequantizeLinear']],
    ['weight-only', ['com.microsoft:MatMulNBits', 'Add']],
    ['weight-only', ['DequantizeLinear', 'MatMul']],
    ['mixed', ['QuantizeLinear', 'DequantizeLinear', 'com.microsoft:MatMulNBits']],
  ])('calls a model %s', (form, ops) => {
    const nodes = ops.map((name, index) => {
      const [opType = '', domain = ''] = name.split(':').reverse();
      return node(opType, ['x'], [`y${index}`], domain);
    });
    const found = facts({ node: nodes });
    expect(found.quantization.form).toBe(form);
    expect(found.quantized).toBe(form !== 'none');
    if (found.quantized) expect(found.quantizable.reasonNot).toBe(`It is already quantized (${form}).`);
  });

  it.each([
    ['Neural Language Processing', 'input_ids:0', 'Conv', 'n', 'y'],
    ['Object Detection', 'x', 'Conv', 'n', 'scores'],
    ['Object Detection', 'x', 'Conv', 'box_head', 'y'],
    ['Object Detection', 'x', 'NonMaxSuppression', 'n', 'y'],
    ['Image Recognition', 'x', 'Conv', 'my_box', 'y'],
    ['Image Recognition', 'x', 'Relu', 'Relu/Clip', 'y'],
    ['', 'x', 'Relu', 'n', 'y'],
  ])('guesses the domain "%s" from %s, %s, %s and %s', (domain, from, opType, name, to) => {
    const graph = { node: [node(opType, [from], [to], '', name)], input: [makeValueInfo(from, DataType.float32, [1])] };
    expect(facts({ ...graph, output: [makeValueInfo(to, DataType.float32, [1])] }).domain).toBe(domain);
  });

  it('warns of operators the engine lacks', () => {
    const found = facts({
      node: [node('Relu', ['x'], ['a']), node('Rleu', ['a'], ['b']), node('Fancy', ['b'], ['c'], 'com.microsoft')],
    });
    expect(found.warnings).toEqual([
      'The engine has no CPU implementation of the operator Rleu.',
      'The engine has no CPU implementation of the operator com.microsoft:Fancy.',
    ]);
    expect(found.ops).toEqual({ Relu: 1, Rleu: 1, 'com.microsoft:Fancy': 1 });
  });

  it('names sizes without a symbol by their place', () => {
    const unnamed = [makeValueInfo('x', DataType.float32, [null, 'n', 3]), makeValueInfo('z', DataType.float32, ['n'])];
    expect(facts({ input: unnamed }).dynamicDimensions).toEqual(['x[0]', 'n']);
  });
});

interface ManifestPort {
  name: string;
  dtype: string;
  shape: (number | string)[];
}

interface Manifest {
  models: {
    name: string;
    file: string;
    size: number;
    ir_version: number;
    opset: Record<string, number>;
    inputs: ManifestPort[];
    outputs: ManifestPort[];
    initializers_as_inputs: number;
    op_histogram: Record<string, number>;
  }[];
  hostile: { file: string; size: number }[];
}

describeShared('modelFacts of real files', (folder) => {
  const manifest = JSON.parse(readFileSync(resolve(folder, 'data/MANIFEST.json'), 'utf8')) as Manifest;

  function factsOf(file: string): ModelFacts {
    const model = readModel(resolve(folder, 'data', file));
    try {
      return modelFacts(model);
    } finally {
      model.close();
    }
  }

  /** The manifest writes `float` and `?`. */
  const asFacts = ({ name, dtype, shape }: ManifestPort): object => ({
    name,
    type: dtype === 'float' ? 'float32' : dtype,
    shape: shape.map((size) => (size === '?' ? null : size)),
  });

  it.each(manifest.models.map((entry) => [entry.name, entry] as const))('agree with the manifest on %s', (_, entry) => {
    const found = factsOf(entry.file);
    expect(found.irVersion).toBe(entry.ir_version);
    expect(found.opset).toEqual(entry.opset);
    expect(found.inputs).toEqual(entry.inputs.map(asFacts));
    expect(found.initializersAsInputs).toBe(entry.initializers_as_inputs);
    expect(found.ops).toEqual(entry.op_histogram);
    expect(found.nodes).toBe(Object.values(entry.op_histogram).reduce((sum, count) => sum + count, 0));
    expect(found.outputs.map(({ name, type }) => [name, type])).toEqual(
      entry.outputs.map(({ name, dtype }) => [name, dtype === 'float' ? 'float32' : dtype]),
    );
    found.outputs.forEach(({ shape }, index) => {
      const declared = entry.outputs[index]?.shape ?? [];
      expect(shape?.map((size, axis) => (declared[axis] === '?' ? '?' : size))).toEqual(declared);
    });
    if (!entry.file.includes('external')) expect(found.sizeBytes).toBe(entry.size);
    expect(found.externalData).toBe(entry.file.includes('external'));
    expect(found.quantization.form).toBe(entry.name.includes('qdq') ? 'qdq' : 'none');
    expect(found.quantizable.reasonNot === undefined).toBe(!/qdq|fp16|silero/.test(entry.name));
  });

  it.each([
    ['mobilenet_v2_1.0_224_imagenet', 'Image Recognition', 3_489_099],
    ['ultraface_rfb_320', 'Object Detection', undefined],
    ['sst2_transformer.op13', 'Neural Language Processing', 497_294],
    ['cifar10_resnet14.fp16', 'Image Recognition', 174_698],
  ])('know what %s is for', (name, domain, parameters) => {
    const found = factsOf(`models/${name}.onnx`);
    expect(found.domain).toBe(domain);
    if (parameters !== undefined) expect(found.parameters).toBe(parameters);
    expect(found.floatType).toBe(name.includes('fp16') ? 'float16' : 'float32');
  });

  const refused = [
    'zero_byte',
    'truncated_half',
    'wrong_magic_png',
    'git_lfs_pointer',
    'external_missing',
    'external_traversal',
    'external_absolute',
    'cycle',
    'duplicate_output_names',
    'huge_initializer_dims',
  ];

  it.each(manifest.hostile.map(({ file }) => [file.replace(/^.*\/(.*)\.onnx$/, '$1'), file] as const))(
    'can be had of the hostile file %s, or it is refused with a sentence',
    (name, file) => {
      if (refused.includes(name)) {
        expect(() => factsOf(file)).toThrow(ModelError);
        return;
      }
      const found = factsOf(file);
      expect(found.nodes).toBeGreaterThan(0);
      expect(JSON.parse(JSON.stringify(found))).toEqual(found);
    },
  );

  it.each([
    ['custom_domain_op', /com\.example/],
    ['opset_99', /99/],
    ['duplicate_node_names', /Several nodes/],
    ['unsorted_nodes', /order/],
    ['opset7_initializers_as_inputs', /also graph inputs: [1-9]/],
    ['if_subgraph', /Control flow \(If\)/],
    ['sequence_io', /is a sequence\(float32\)/],
    ['sklearn_zipmap', /is a sequence\(map\(string, float32\)\)/],
  ])('warn about the hostile file %s', (name, warning) => {
    expect(factsOf(`hostile/${name}.onnx`).warnings.join('\n')).toMatch(warning);
  });

  it('tell the forms of quantized files apart', () => {
    expect(factsOf('hostile/qdq_conv.onnx').quantization).toEqual({ form: 'qdq', nodes: 3 });
    expect(factsOf('hostile/dynamic_quant_matmul.onnx').quantization.form).toBe('dynamic');
  });
});
