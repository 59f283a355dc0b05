// What a model is made of: broken structure is refused with a typed sentence, doubtful structure is a problem.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import { defaultLimits } from '../../src/onnx/limits';
import type { ModelLimits } from '../../src/onnx/limits';
import { makeTensor, makeValueInfo } from '../../src/onnx/makeMessages';
import type { ModelProto, SparseTensorProto, TensorProto } from '../../src/onnx/messages';
import { emptyGraph } from '../../src/onnx/modelWalk';
import { readModel, readModelBytes } from '../../src/onnx/readModel';
import { encodeModel } from '../../src/onnx/writeModel';
import {
  failureOf,
  floatInput,
  floatOutput,
  functionOf,
  graphAttribute,
  modelOf,
  node,
  variedModel,
} from './smallModels';

const codeOf = (model: ModelProto, limits?: ModelLimits): string | undefined =>
  failureOf(() => readModelBytes(encodeModel(model), undefined, limits))?.code;

describe('structure that cannot be', () => {
  const relu = (from: string, to: string): ReturnType<typeof node> => node('Relu', [from], [to]);
  const graph = { input: floatInput, output: floatOutput };
  const w = makeTensor('w', DataType.float32, [1], new Float32Array(1));
  const inBranch = (nodes: ReturnType<typeof node>[], output: string): ReturnType<typeof graphAttribute> =>
    graphAttribute('then_branch', { ...emptyGraph, node: nodes, output: [makeValueInfo(output, 1, undefined)] });

  it.each<[string, ModelProto, string | undefined]>([
    ['a cycle', modelOf({ ...graph, node: [relu('b', 'a'), relu('a', 'b'), relu('x', 'y')] }), 'model-cycle'],
    ['a node that reads itself', modelOf({ ...graph, node: [relu('y', 'y')] }), 'model-cycle'],
    [
      'a cycle through a subgraph',
      modelOf({ ...graph, node: [node('If', ['x'], ['y'], [inBranch([relu('y', 'z')], 'z')])] }),
      'model-cycle',
    ],
    [
      'a cycle in a subgraph',
      modelOf({ ...graph, node: [node('If', ['x'], ['y'], [inBranch([relu('q', 'p'), relu('p', 'q')], 'p')])] }),
      'model-cycle',
    ],
    [
      'two nodes that make one tensor',
      modelOf({ ...graph, node: [relu('x', 'y'), relu('x', 'y')] }),
      'model-duplicate-output',
    ],
    [
      'a node that makes an initializer',
      modelOf({ ...graph, initializer: [w], node: [relu('x', 'w'), relu('x', 'y')] }),
      'model-duplicate-output',
    ],
    [
      'a node that makes an input',
      modelOf({ ...graph, node: [relu('y', 'x'), relu('x', 'y')] }),
      'model-duplicate-output',
    ],
    [
      'two inputs of one name',
      modelOf({ ...graph, input: [...floatInput, ...floatInput], node: [relu('x', 'y')] }),
      'model-duplicate-output',
    ],
    [
      'two initializers of one name',
      modelOf({ ...graph, initializer: [w, w], node: [relu('x', 'y')] }),
      'model-duplicate-initializer',
    ],
    ['a tensor nobody makes', modelOf({ ...graph, node: [relu('nothing', 'y')] }), 'model-missing-input'],
    ['an output nobody makes', modelOf({ ...graph, node: [relu('x', 'z')] }), 'model-missing-input'],
    [
      'a tensor of a subgraph read outside it',
      modelOf({ ...graph, node: [node('If', ['x'], ['z'], [inBranch([relu('x', 'p')], 'p')]), relu('p', 'y')] }),
      'model-missing-input',
    ],
    [
      'a subgraph that sees its surroundings',
      modelOf({ ...graph, initializer: [w], node: [node('If', ['x'], ['y'], [inBranch([relu('w', 'p')], 'w')])] }),
      undefined,
    ],
    [
      'an initializer that is an input, too',
      modelOf({
        ...graph,
        input: [...floatInput, makeValueInfo('w', 1, [1])],
        initializer: [w],
        node: [relu('x', 'y')],
      }),
      undefined,
    ],
    [
      'omitted inputs and outputs',
      modelOf({ ...graph, node: [node('Clip', ['x', '', ''], ['y', '', ''])] }),
      undefined,
    ],
  ])('%s', (_, model, code) => {
    expect(codeOf(model)).toBe(code);
  });

  const withTensor = (tensor: TensorProto): ModelProto =>
    modelOf({ ...graph, initializer: [tensor], node: [relu('x', 'y')] });
  it.each<[string, TensorProto, string | undefined]>([
    ['2^62 elements', { ...w, dims: [2 ** 31, 2 ** 31] }, 'model-tensor-shape'],
    [
      '2^62 elements hidden by a zero',
      { ...w, dims: [2 ** 31, 2 ** 31, 0], rawData: new Uint8Array(0) },
      'model-tensor-shape',
    ],
    ['a negative size', { ...w, dims: [-1] }, 'model-tensor-shape'],
    ['two negative sizes', { ...w, dims: [-1, -1] }, 'model-tensor-shape'],
    ['too little data', { ...w, dims: [2] }, 'model-tensor-data'],
    ['too much data', { ...w, rawData: new Uint8Array(8) }, 'model-tensor-data'],
    ['no elements', { ...w, dims: [0], rawData: new Uint8Array(0) }, undefined],
  ])('a tensor of %s', (_, tensor, code) => {
    expect(codeOf(withTensor(tensor))).toBe(code);
    const constant = node('Constant', [], ['c'], [{ ...variedModel().graph!.node[0]!.attribute[0]!, t: tensor }]);
    expect(codeOf(modelOf({ ...graph, node: [constant, relu('x', 'y')] })), 'in an attribute').toBe(code);
  });

  const sparse = (positions: bigint[], dims: number[], indexDims = [positions.length]): SparseTensorProto => ({
    values: makeTensor('s', DataType.float32, [2], new Float32Array(2)),
    indices: makeTensor('', DataType.int64, indexDims, BigInt64Array.from(positions)),
    dims,
  });
  it.each<[string, SparseTensorProto, string | undefined]>([
    ['linear indices inside', sparse([0n, 11n], [3, 4]), undefined],
    ['indices an axis inside', sparse([0n, 3n, 2n, 0n], [3, 4], [2, 2]), undefined],
    ['an index outside', sparse([0n, 12n], [3, 4]), 'model-sparse-tensor'],
    ['a negative index', sparse([-1n, 1n], [3, 4]), 'model-sparse-tensor'],
    ['an index outside its axis', sparse([0n, 4n, 2n, 0n], [3, 4], [2, 2]), 'model-sparse-tensor'],
    ['indices that do not ascend', sparse([5n, 5n], [3, 4]), 'model-sparse-tensor'],
    ['fewer indices than values', sparse([5n], [3, 4]), 'model-sparse-tensor'],
    ['a huge shape', sparse([0n, 1n], [2 ** 31, 2]), 'model-tensor-shape'],
    ['no indices', { dims: [3] }, 'model-sparse-tensor'],
  ])('a sparse tensor with %s', (_, tensor, code) => {
    expect(codeOf(modelOf({ ...graph, sparseInitializer: [tensor], node: [relu('x', 'y')] }))).toBe(code);
  });

  const call = (name: string, from = 'a', to = 'b'): ReturnType<typeof node> => ({
    ...node(name, [from], [to]),
    domain: 'local',
  });
  const chain = (length: number, calls = 1): ModelProto => {
    const functions = Array.from({ length }, (_, index) => {
      const names = Array.from(
        { length: calls },
        (_unused, step) => [step === 0 ? 'a' : `t${step}`, step === calls - 1 ? 'b' : `t${step + 1}`] as const,
      );
      const nodes =
        index === length - 1 ? [relu('a', 'b')] : names.map(([from, to]) => call(`f${index + 1}`, from, to));
      return functionOf(`f${index}`, nodes);
    });
    return modelOf({ ...graph, node: [call('f0', 'x', 'y')] }, { functions });
  };

  it('functions that call each other 256 deep are read, 257 and 3,000 deep refused', () => {
    expect(codeOf(chain(256))).toBeUndefined();
    expect(codeOf(chain(257))).toBe('model-function-depth');
    expect(codeOf(chain(3000))).toBe('model-function-depth');
  });

  it('functions that call in a circle, are there twice, or double 30 times are refused', () => {
    const circle = modelOf(
      { ...graph, node: [call('f', 'x', 'y')] },
      { functions: [functionOf('f', [call('g')]), functionOf('g', [call('f')])] },
    );
    expect(codeOf(circle)).toBe('model-function-cycle');
    const twice = modelOf(
      { ...graph, node: [relu('x', 'y')] },
      { functions: [functionOf('f', [relu('a', 'b')]), functionOf('f', [relu('a', 'b')])] },
    );
    expect(codeOf(twice)).toBe('model-duplicate-function');
    expect(codeOf(chain(30, 2))).toBe('model-limit');
    expect(codeOf(chain(10, 2))).toBeUndefined();
  });

  it('a function that calls itself from a subgraph is refused', () => {
    const body = node('If', ['a'], ['b'], [inBranch([call('f', 'a', 'p')], 'p')]);
    expect(codeOf(modelOf({ ...graph, node: [call('f', 'x', 'y')] }, { functions: [functionOf('f', [body])] }))).toBe(
      'model-function-cycle',
    );
  });

  it('the error names file, place and next step, and shows a name of a megabyte cut', () => {
    const folder = mkdtempSync(join(tmpdir(), 'structure-'));
    const path = join(folder, 'long.onnx');
    writeFileSync(path, encodeModel(modelOf({ ...graph, node: [relu('n'.repeat(1e6), 'y')] })));
    const failure = failureOf(() => readModel(path))!;
    expect(failure.message.startsWith(`${path}: `)).toBe(true);
    expect(failure.message.length).toBeLessThan(400);
    expect(failure.place).toContain('Relu');
    expect(failure.nextStep).toBeDefined();
    rmSync(folder, { recursive: true });
  });

  it('limits can be lowered', () => {
    expect(codeOf(variedModel(), { ...defaultLimits, tensorElements: 5 })).toBe('model-tensor-shape');
    expect(codeOf(variedModel(), { ...defaultLimits, nodes: 5 })).toBe('model-limit');
    expect(codeOf(variedModel(), { ...defaultLimits, nestingLevels: 0 })).toBe('model-nesting');
    expect(codeOf(variedModel(), { ...defaultLimits, fileBytes: 100 })).toBe('model-too-large');
  });
});

describe('problems', () => {
  const problemsOf = (model: ModelProto): string[] =>
    readModelBytes(encodeModel(model)).problems.map((problem) => problem.code);
  const relu = { ...node('Relu', ['x'], ['y']), name: 'same' };
  const graph = { input: floatInput, output: floatOutput, node: [relu] };

  it.each<[string, ModelProto, string[]]>([
    ['none', modelOf(graph), []],
    ['two nodes of one name', modelOf({ ...graph, node: [relu, { ...relu, output: ['z'] }] }), ['duplicate-node-name']],
    [
      'nodes out of order',
      modelOf({ ...graph, node: [node('Relu', ['z'], ['y']), node('Relu', ['x'], ['z'])] }),
      ['unsorted-nodes'],
    ],
    ['opset 99', modelOf(graph, { opsetImport: [{ domain: '', version: 99 }] }), ['unsupported-opset']],
    ['opset 6', modelOf(graph, { opsetImport: [{ domain: 'ai.onnx', version: 6 }] }), ['unsupported-opset']],
    ['no opset', modelOf(graph, { opsetImport: [] }), ['no-opset']],
    ['IR 2', modelOf(graph, { irVersion: 2 }), ['unsupported-ir']],
    ['IR 99', modelOf(graph, { irVersion: 99 }), ['unsupported-ir']],
    ['a domain nobody knows', modelOf({ ...graph, node: [{ ...relu, domain: 'com.example' }] }), ['unknown-domain']],
    ['a domain not imported', modelOf({ ...graph, node: [{ ...relu, domain: 'com.microsoft' }] }), ['missing-import']],
    [
      'a newer ai.onnx.ml',
      modelOf(graph, {
        opsetImport: [
          { domain: '', version: 17 },
          { domain: 'ai.onnx.ml', version: 9 },
        ],
      }),
      ['unsupported-opset'],
    ],
    ['a negative input size', modelOf({ ...graph, input: [makeValueInfo('x', 1, [-1, 3])] }), ['negative-size']],
    [
      'an element type of the future',
      modelOf({ ...graph, initializer: [{ ...makeTensor('w', 1, [1], new Float32Array(1)), dataType: 99 }] }),
      ['unknown-type'],
    ],
  ])('%s', (_, model, codes) => {
    expect(problemsOf(model)).toEqual(codes);
  });
});
