// Opening models: every kind of bad file is one typed sentence, everything is closed again, and doubts are problems.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import { defaultLimits } from '../../src/onnx/limits';
import type { ModelLimits } from '../../src/onnx/limits';
import { makeTensor, makeValueInfo } from '../../src/onnx/makeMessages';
import type { ModelProto, SparseTensorProto, TensorProto } from '../../src/onnx/messages';
import { ModelError } from '../../src/onnx/modelErrors';
import { emptyGraph } from '../../src/onnx/modelWalk';
import { readModel, readModelBytes } from '../../src/onnx/readModel';
import { encodeModel } from '../../src/onnx/writeModel';
import { describeShared } from '../support/shared';
import {
  field,
  floatInput,
  floatOutput,
  functionOf,
  graphAttribute,
  modelOf,
  node,
  numberField,
  variedBytes,
  variedModel,
} from './smallModels';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-model-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function failureOf(read: () => { close(): void }): ModelError | undefined {
  try {
    read().close();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof ModelError) return thrown;
    throw thrown;
  }
}

const codeOf = (model: ModelProto, limits?: ModelLimits): string | undefined =>
  failureOf(() => readModelBytes(encodeModel(model), folder, limits))?.code;

function fileOf(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function openFiles(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
}

describe('a model file', () => {
  it('opens with everything in it', () => {
    const path = fileOf('good.onnx', variedBytes());
    const model = readModel(path);
    expect(model).toMatchObject({ path, sizeBytes: variedBytes().length, externalFiles: [], problems: [] });
    expect(model.graph.node.map((made) => made.opType)).toEqual(['Constant', 'MatMul', 'Add', 'If']);
    expect(model.tensors.values(model.graph.initializer[0]!)).toEqual(new Float32Array([1, 2, 3, 4, 5, 6]));
    model.close();
  });

  it('may be reached through a link, and be given as bytes', () => {
    const path = fileOf('target.onnx', variedBytes());
    symlinkSync(path, join(folder, 'link.onnx'));
    readModel(join(folder, 'link.onnx')).close();
    expect(readModelBytes(variedBytes()).path).toBeUndefined();
  });
});

describe('what is not a model', () => {
  const before = { count: 0 };
  beforeAll(() => {
    before.count = openFiles();
  });
  afterEach(() => expect(openFiles()).toBe(before.count));

  const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(100, 0x55)]);
  const lfs = 'version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 123\n';
  it.each<[string, string | Uint8Array, string]>([
    ['empty', '', 'model-empty'],
    ['a Git LFS pointer', lfs, 'model-git-lfs-pointer'],
    ['a PNG picture', png, 'model-not-onnx'],
    ['an HTML page', '<!DOCTYPE html><html><body>404</body></html>', 'model-not-onnx'],
    ['a text', 'Dear reader,\nthis is no model.\n', 'model-not-onnx'],
    ['a text with umlauts', 'Grüße! '.repeat(200), 'model-not-onnx'],
    ['a ZIP archive', Buffer.from('PK\x03\x04 and so on', 'latin1'), 'model-not-onnx'],
    ['a pickle', Buffer.from('\x80\x02}q\x00.', 'latin1'), 'model-not-onnx'],
    ['a TensorFlow Lite model', Buffer.from('\x1c\0\0\0TFL3\0\0', 'latin1'), 'model-not-onnx'],
    ['cut off', variedBytes().subarray(0, 150), 'model-truncated'],
    ['zeros', new Uint8Array(1000), 'model-malformed'],
    ['a model with no graph', Uint8Array.from(numberField(1, 8)), 'model-no-graph'],
  ])('%s', (name, content, code) => {
    const path = fileOf(`${name.replaceAll(' ', '-')}.onnx`, content);
    const failure = failureOf(() => readModel(path));
    expect(failure?.code).toBe(code);
    expect(failure?.message).toContain(path);
    expect(failure?.nextStep).toMatch(/\.$/);
  });

  it('missing, a folder, below a file, a pipe, not readable', () => {
    expect(failureOf(() => readModel(join(folder, 'none.onnx')))?.code).toBe('model-missing');
    expect(failureOf(() => readModel(folder))?.code).toBe('model-not-a-file');
    expect(failureOf(() => readModel(join(fileOf('a.onnx', 'a'), 'b.onnx')))?.code).toBe('model-missing');
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [join(folder, 'pipe.onnx')]);
    expect(failureOf(() => readModel(join(folder, 'pipe.onnx')))?.code).toBe('model-not-a-file');
    const secret = fileOf('secret.onnx', variedBytes());
    chmodSync(secret, 0);
    // Root may read everything.
    expect(failureOf(() => readModel(secret))?.code).toBe(process.getuid?.() === 0 ? undefined : 'model-unreadable');
  });

  it('larger than a file of the format can be', () => {
    const path = fileOf('huge.onnx', variedBytes());
    truncateSync(path, 2 ** 31);
    expect(failureOf(() => readModel(path))?.code).toBe('model-too-large');
  });
});

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
    const path = fileOf('long.onnx', encodeModel(modelOf({ ...graph, node: [relu('n'.repeat(1e6), 'y')] })));
    const failure = failureOf(() => readModel(path))!;
    expect(failure.message.startsWith(`${path}: `)).toBe(true);
    expect(failure.message.length).toBeLessThan(400);
    expect(failure.place).toContain('Relu');
    expect(failure.nextStep).toBeDefined();
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

describe('external data', () => {
  const external = (location: string, offset = '0'): ModelProto => {
    const { rawData, ...tensor } = makeTensor('w', DataType.float32, [2], new Float32Array([1, 2]));
    const entries = { location, offset, length: String(rawData?.length) };
    const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
    return modelOf({
      input: floatInput,
      output: floatOutput,
      initializer: [{ ...tensor, externalData, dataLocation: 1 }],
      node: [node('Relu', ['x'], ['y'])],
    });
  };

  it('is counted, listed, and read', () => {
    mkdirSync(join(folder, 'data'), { recursive: true });
    writeFileSync(join(folder, 'data', 'w.bin'), new Uint8Array(new Float32Array([5, 6, 7]).buffer));
    const bytes = encodeModel(external('data/w.bin', '4'));
    const model = readModel(fileOf('external.onnx', bytes));
    expect(model.sizeBytes).toBe(bytes.length + 12);
    expect(model.externalFiles).toEqual([join(folder, 'data', 'w.bin')]);
    expect(model.tensors.values(model.graph.initializer[0]!)).toEqual(new Float32Array([6, 7]));
    model.close();
  });

  it('missing, outside, or too short, is an error naming tensor and file', () => {
    const count = openFiles();
    writeFileSync(join(folder, 'short.bin'), 'short');
    for (const location of ['none.bin', '../none.bin', '/etc/passwd', 'short.bin']) {
      const failure = failureOf(() => readModel(fileOf('external.onnx', encodeModel(external(location)))));
      expect(failure?.code, location).toBe('model-external-data');
      expect(failure?.message).toContain(location);
      expect(failure?.place).toBe('tensor "w"');
    }
    expect(openFiles()).toBe(count);
  });

  it('of a model given as bytes without a folder is an error', () => {
    expect(failureOf(() => readModelBytes(encodeModel(external('w.bin'))))?.code).toBe('model-external-data');
  });
});

describe('every prefix and every changed byte of a model', () => {
  it('is read or refused with a ModelError', () => {
    const bytes = variedBytes();
    for (let at = 0; at < bytes.length; at++) {
      failureOf(() => readModelBytes(bytes.subarray(0, at)));
      for (const value of [0, 0x7f, 0xff, (bytes[at] ?? 0) ^ 1, (bytes[at] ?? 0) ^ 8]) {
        const changed = bytes.slice();
        changed[at] = value;
        failureOf(() => readModelBytes(changed, folder));
      }
    }
    expect(failureOf(() => readModelBytes(bytes))).toBeUndefined();
  });

  it('trailing garbage is refused or kept', () => {
    const bytes = Uint8Array.from([...variedBytes(), ...field(3000, 'garbage')]);
    expect(encodeModel(readModelBytes(bytes).proto)).toEqual(bytes);
    expect(failureOf(() => readModelBytes(Uint8Array.from([...variedBytes(), 0xff, 0xff])))?.code).toBe(
      'model-truncated',
    );
  });
});

describeShared('the hostile models', (shared) => {
  const hostile = join(shared, 'data', 'hostile');
  const refused: Record<string, string> = {
    'zero_byte.onnx': 'model-empty',
    'truncated_half.onnx': 'model-truncated',
    'wrong_magic_png.onnx': 'model-not-onnx',
    'git_lfs_pointer.onnx': 'model-git-lfs-pointer',
    'external_missing.onnx': 'model-external-data',
    'external_traversal.onnx': 'model-external-data',
    'external_absolute.onnx': 'model-external-data',
    'cycle.onnx': 'model-cycle',
    'duplicate_output_names.onnx': 'model-duplicate-output',
    'huge_initializer_dims.onnx': 'model-tensor-shape',
  };
  const doubtful: Record<string, string[]> = {
    'custom_domain_op.onnx': ['unknown-domain'],
    'duplicate_node_names.onnx': ['duplicate-node-name'],
    'unsorted_nodes.onnx': ['unsorted-nodes'],
    'opset_99.onnx': ['unsupported-opset'],
  };
  it.each(readdirSync(hostile).filter((name) => name.endsWith('.onnx')))('%s', (name) => {
    const path = join(hostile, name);
    const failure = failureOf(() => readModel(path));
    expect(failure?.code).toBe(refused[name]);
    if (failure !== undefined) {
      expect(failure.message).toContain(path);
      return;
    }
    const model = readModel(path);
    expect(model.problems.map((problem) => problem.code)).toEqual(doubtful[name] ?? []);
    expect(Buffer.from(encodeModel(model.proto)).equals(readFileSync(path))).toBe(true);
    model.close();
  });
});
