// Sessions of the real engine: tensors of every type in and out, ports, and failures as sentences.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import { makeNode, makeValueInfo } from '../../src/onnx/makeMessages';
import { readModel } from '../../src/onnx/readModel';
import { encodeModel } from '../../src/onnx/writeModel';
import type { TensorData, TensorType } from '../../src/onnx/tensor';
import { engineVersion, isSupportedEngine } from '../../src/runtime/loadEngine';
import { openSession, openSessionFromBytes } from '../../src/runtime/onnxRuntimeNode';
import { describeShared } from '../support/shared';
import { identityModel, modelOf, reshapeModel } from './smallModels';
import { failureOf } from '../support/failureOf';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cb-engine-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const samples: [TensorType, TensorData][] = [
  ['float32', Float32Array.of(1.5, -0, NaN, Infinity)],
  ['float64', Float64Array.of(1.5, -0, NaN, 1e300)],
  ['float16', Uint16Array.of(0x3c00, 0x8000, 0x7e00, 0x0001)],
  ['uint8', Uint8Array.of(0, 1, 254, 255)],
  ['int8', Int8Array.of(-128, -1, 0, 127)],
  ['uint16', Uint16Array.of(0, 1, 65_534, 65_535)],
  ['int16', Int16Array.of(-32_768, -1, 0, 32_767)],
  ['int32', Int32Array.of(-(2 ** 31), -1, 0, 2 ** 31 - 1)],
  ['uint32', Uint32Array.of(0, 1, 2, 2 ** 32 - 1)],
  ['int64', BigInt64Array.of(-(2n ** 63n), -1n, 0n, 2n ** 63n - 1n)],
  ['uint64', BigUint64Array.of(0n, 1n, 2n, 2n ** 64n - 1n)],
  ['bool', Uint8Array.of(0, 1, 1, 0)],
  ['string', ['', 'ä', '🙂', 'a b']],
];

describe('a session', () => {
  it.each(samples)('gives %s back as it got it', async (type, data) => {
    const session = await openSessionFromBytes(encodeModel(identityModel(DataType[type], ['N', 2])));
    const { y } = await session.run({ x: { type, dims: [2, 2], data } });
    await session.close();
    expect(y).toEqual({ type, dims: [2, 2], data });
    expect(y?.data.constructor).toBe(data.constructor);
  });

  it('shows its inputs and outputs, symbols closed by the sizes given', async () => {
    const bytes = encodeModel(identityModel(DataType.float32, ['N', 3, null]));
    const open = await openSessionFromBytes(bytes);
    expect(open.inputs).toEqual([{ name: 'x', type: 'float32', dims: ['N', 3, null] }]);
    await open.close();
    const closed = await openSessionFromBytes(bytes, { dimensions: { N: 4, other: 1 } });
    expect(closed.inputs).toEqual([{ name: 'x', type: 'float32', dims: [4, 3, null] }]);
    await closed.close();
  });

  it('names the node that failed and the file, and no place of the engine or this machine', async () => {
    const path = join(folder, 'reshape.onnx');
    writeFileSync(path, encodeModel(reshapeModel([2, 2])));
    const session = await openSession(path);
    const failure = await failureOf(session.run({ x: { type: 'float32', dims: [3], data: new Float32Array(3) } }));
    await session.close();
    expect(failure).toMatchObject({ code: 'engine-run', place: 'node "the reshape" (Reshape)' });
    expect(failure.message).toMatch(/^Running reshape\.onnx failed: .+\.$/);
    expect(failure.message).not.toMatch(/onnxruntime_src|\.cc:|\.h:/);
    expect(failure.message).not.toContain(folder);
  });

  it('fails with a sentence when an input is missing or of the wrong type', async () => {
    const session = await openSessionFromBytes(encodeModel(identityModel(DataType.float32, [1])));
    expect((await failureOf(session.run({}))).code).toBe('engine-run');
    const wrong = { type: 'int32', dims: [1], data: new Int32Array(1) } as const;
    expect((await failureOf(session.run({ x: wrong }))).code).toBe('engine-run');
    await session.close();
  });

  it('closes once, and does not run afterwards', async () => {
    const session = await openSessionFromBytes(encodeModel(identityModel(DataType.float32, [1])));
    await session.close();
    await session.close();
    const feed = { type: 'float32', dims: [1], data: new Float32Array(1) } as const;
    expect((await failureOf(session.run({ x: feed }))).code).toBe('engine-closed');
  });

  it('is refused for an operator the engine does not know', async () => {
    const path = join(folder, 'unknown.onnx');
    const model = modelOf({
      nodes: [makeNode({ opType: 'Frobnicate', inputs: ['x'], outputs: ['y'], name: 'n' })],
      inputs: [makeValueInfo('x', 1, [1])],
      outputs: [makeValueInfo('y', 1, [1])],
    });
    writeFileSync(path, encodeModel(model));
    const failure = await failureOf(openSession(path));
    expect(failure.code).toBe('engine-load');
    expect(failure.message).toMatch(/^The engine refuses to load unknown\.onnx: .*Frobnicate.*\.$/);
    expect(failure.message).not.toContain(folder);
  });

  it('is refused by our own reader before the engine sees the file', async () => {
    const path = join(folder, 'text.onnx');
    writeFileSync(path, 'this is not a model');
    expect((await failureOf(openSession(path))).code).toMatch(/^model-/);
    expect((await failureOf(openSession(join(folder, 'missing.onnx')))).code).not.toMatch(/^engine-/);
  });
});

describe('optimizedModelPath', () => {
  it('is where the engine writes the graph as it optimized it', async () => {
    const path = join(folder, 'chain.onnx');
    const output = join(folder, 'chain.optimized.onnx');
    const node = (name: string, from: string, to: string): ReturnType<typeof makeNode> =>
      makeNode({ opType: 'Identity', inputs: [from], outputs: [to], name });
    const model = modelOf({
      nodes: [
        node('a', 'x', 'h'),
        node('b', 'h', 'i'),
        makeNode({ opType: 'Relu', inputs: ['i'], outputs: ['y'], name: 'c' }),
      ],
      inputs: [makeValueInfo('x', 1, [1])],
      outputs: [makeValueInfo('y', 1, [1])],
    });
    writeFileSync(path, encodeModel(model));
    await (await openSession(path, { graphOptimization: 'basic', optimizedModelPath: output })).close();
    const optimized = readModel(output);
    expect(optimized.graph.node.map(({ opType }) => opType)).toEqual(['Relu']);
    optimized.close();
    expect(readFileSync(path)).toEqual(Buffer.from(encodeModel(model)));
  });
});

describe('the engine', () => {
  it('is of a version that keeps to the folder of a model, and its telemetry is off', () => {
    expect(isSupportedEngine(engineVersion())).toBe(true);
    expect(['1.23.2', '1.9.0', '0.30.0', '1.24.0', '2.0.0'].map(isSupportedEngine)).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
    expect(process.env['ORT_DISABLE_TELEMETRY']).toBe('1');
  });
});

describeShared('hostile models', (shared) => {
  const hostile = join(shared, 'data/hostile');

  it('with outputs that are no tensors give those that are, or a failure that names the output', async () => {
    const sample = { type: 'float32', dims: [1, 4], data: new Float32Array(4) } as const;
    const classifier = await openSession(join(hostile, 'sklearn_zipmap.onnx'));
    expect(classifier.outputs.map((port) => port.type)).toEqual(['string', 'sequence']);
    expect(Object.keys(await classifier.run({ x: sample }))).toEqual(['lab']);
    await classifier.close();
    const sequence = await openSession(join(hostile, 'sequence_io.onnx'));
    expect(await failureOf(sequence.run({ x: sample, x2: sample }))).toMatchObject({
      code: 'engine-output-kind',
      place: 'output "s"',
    });
    await sequence.close();
  });

  it('read nothing outside their folder', async () => {
    for (const name of ['external_absolute', 'external_traversal', 'external_missing']) {
      expect((await failureOf(openSession(join(hostile, `${name}.onnx`)))).code).toMatch(/^model-/);
    }
  });

  it('given as bytes find their external data in the folder named, and nowhere else', async () => {
    const bytes = readFileSync(join(hostile, 'external_ok.onnx'));
    const session = await openSessionFromBytes(bytes, { externalDataFolder: hostile });
    expect(session.inputs[0]?.dims).toEqual(['N', 3, 8, 8]);
    await session.close();
    expect((await failureOf(openSessionFromBytes(bytes))).code).toMatch(/^(model|engine)-/);
  });
});
