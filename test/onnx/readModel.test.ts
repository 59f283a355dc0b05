// Opening models: every kind of bad file is one typed sentence, everything is closed again, and external data passes the gate.
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
import { makeTensor } from '../../src/onnx/makeMessages';
import type { ModelProto } from '../../src/onnx/messages';
import { readModel, readModelBytes } from '../../src/onnx/readModel';
import { encodeModel } from '../../src/onnx/writeModel';
import { describeShared } from '../support/shared';
import { failureOf, field, floatInput, floatOutput, modelOf, node, numberField, variedBytes } from './smallModels';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-model-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

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
