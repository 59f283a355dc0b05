// Reading from a file gives what reading from memory gives, without reading what is not asked for.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileSource, MemorySource } from '../../src/onnx/byteSource';
import type { ByteSource } from '../../src/onnx/byteSource';
import { readBytes } from '../../src/onnx/bytes';
import { decodeModel } from '../../src/onnx/decode';
import { makeTensor } from '../../src/onnx/makeMessages';
import { ModelError } from '../../src/onnx/modelErrors';
import { encodeModel } from '../../src/onnx/writeModel';
import { field, modelOf, node, numberField, variedModel } from './smallModels';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-source-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Notes every read. */
class CountingSource implements ByteSource {
  readonly sizeBytes: number;
  readBytes = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.sizeBytes = bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    this.readBytes += length;
    return this.bytes.slice(offset, offset + length);
  }

  close(): void {
    // Nothing to close.
  }
}

const names = Array.from({ length: 3000 }, (_, index) => `tensor_${index}_${'long'.repeat(20)}`);

/** More than a window of nodes, and large tensors between small ones. */
function largeModelBytes(tensorElements: number): Uint8Array {
  const tensors = names.slice(0, 20).map((name, index) => {
    const size = index % 2 === 0 ? tensorElements : 3;
    return makeTensor(name, 1, [size], new Float32Array(size).fill(index));
  });
  const nodes = names.map((name, index) =>
    node('Relu', [index === 0 ? 'x' : (names[index - 1] ?? '')], [`${name}_out`]),
  );
  return encodeModel(modelOf({ node: nodes, initializer: tensors }));
}

describe('a model in a file', () => {
  it('decodes as in memory, and encodes to the same bytes', () => {
    const bytes = largeModelBytes(5000);
    const path = join(folder, 'large.onnx');
    writeFileSync(path, bytes);
    const source = FileSource.open(path);
    try {
      const fromFile = decodeModel(source);
      const fromMemory = decodeModel(new MemorySource(bytes));
      expect(fromFile.graph?.node).toEqual(fromMemory.graph?.node);
      const [lazy, small] = fromFile.graph!.initializer;
      expect(lazy?.rawData).toMatchObject({ length: 20_000 });
      expect(lazy?.rawData).not.toBeInstanceOf(Uint8Array);
      expect(Buffer.from(readBytes(lazy!.rawData!)).equals(readBytes(fromMemory.graph!.initializer[0]!.rawData!))).toBe(
        true,
      );
      expect(small?.rawData).toBeInstanceOf(Uint8Array);
      expect(Buffer.from(encodeModel(fromFile)).equals(bytes)).toBe(true);
      const renamed = { ...fromFile, graph: { ...fromFile.graph!, name: 'h' } };
      const expected = { ...fromMemory, graph: { ...fromMemory.graph!, name: 'h' } };
      expect(Buffer.from(encodeModel(renamed)).equals(encodeModel(expected))).toBe(true);
    } finally {
      source.close();
    }
  });

  it('leaves the weights unread', () => {
    const source = new CountingSource(largeModelBytes(250_000));
    decodeModel(source);
    expect(source.sizeBytes).toBeGreaterThan(10_000_000);
    expect(source.readBytes).toBeLessThan(1_500_000);
  });

  it('leaves large unknown fields unread, and gives them back', () => {
    const unknown = field(200, new Uint8Array(100_000).fill(7));
    const bytes = Uint8Array.from([...numberField(1, 8), ...unknown, ...field(2, 'after')]);
    const source = new CountingSource(bytes);
    const model = decodeModel(source);
    expect(model.producerName).toBe('after');
    expect(source.readBytes).toBeLessThan(20_000);
    expect([...encodeModel({ ...model, irVersion: 9 })]).toEqual([
      ...numberField(1, 9),
      ...field(2, 'after'),
      ...unknown,
    ]);
  });

  it('joins data in pieces that lie in the file', () => {
    const piece = new Uint8Array(6000).fill(1);
    const tensor = [...field(4, piece), ...field(4, piece)];
    const model = decodeModel(new CountingSource(Uint8Array.from(field(7, field(5, tensor)))));
    expect(model.graph?.initializer[0]?.floatData).toEqual(new Uint8Array(12_000).fill(1));
  });

  it('a failing disk is a ModelError', () => {
    const source = new CountingSource(encodeModel(variedModel()));
    source.read = () => {
      throw new Error('EIO: i/o error');
    };
    expect(() => decodeModel(source)).toThrow(ModelError);
  });

  it('reading a tensor of a closed model is a ModelError', () => {
    const path = join(folder, 'closed.onnx');
    writeFileSync(path, largeModelBytes(5000));
    const source = FileSource.open(path);
    const model = decodeModel(source);
    source.close();
    expect(() => readBytes(model.graph!.initializer[0]!.rawData!)).toThrow(ModelError);
  });
});
