// Writing models: complete or not at all, with external data where wanted or needed, also over the file they came from.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AtomicFile } from '../../src/files/atomicWrite';
import { fileErrorOf } from '../../src/files/fileErrors';
import { DataType } from '../../src/onnx/dataTypes';
import { makeTensor, tensorAttribute } from '../../src/onnx/makeMessages';
import type { ModelProto, TensorProto } from '../../src/onnx/messages';
import { ModelError } from '../../src/onnx/modelErrors';
import { readModel } from '../../src/onnx/readModel';
import type { OnnxModel } from '../../src/onnx/readModel';
import { encodeModel, writeModel } from '../../src/onnx/writeModel';
import { describeShared } from '../support/shared';
import { floatInput, floatOutput, graphAttribute, modelOf, node, variedBytes, variedModel } from './smallModels';
import { failureOf } from '../support/failureOf';

let root = '';
let folder = '';
let folderCount = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'write-model-'));
});
beforeEach(() => {
  folderCount += 1;
  folder = join(root, String(folderCount));
  mkdirSync(folder);
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(root, { recursive: true }));

const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, index) => index);

/** Weights of 12 KB, 4 MB + 4 B (so the next is not aligned by itself), 2 KB of varints in a subgraph, and small ones. */
function weightyModel(): ModelProto {
  const varints = {
    ...makeTensor('inner', DataType.int8, [2000], new Int8Array(2000)),
    int32Data: new Uint8Array(2000).fill(7),
  };
  const { rawData, ...inner } = varints;
  const base = variedModel(ramp(3000));
  const branch = { ...base.graph!.node[3]!.attribute[0]!.g!, initializer: rawData === undefined ? [] : [inner] };
  return modelOf({
    ...base.graph!,
    initializer: [
      ...base.graph!.initializer,
      makeTensor('odd', DataType.uint8, [1025], new Uint8Array(1025).fill(3)),
      makeTensor('large', DataType.float32, [2 ** 20 + 1], ramp(2 ** 20 + 1)),
      makeTensor('words', DataType.string, [300], Array<string>(300).fill('a longer word')),
      makeTensor('half', DataType.float16, [512], new Uint16Array(512).fill(0x3c00)),
    ],
    node: [
      ...base.graph!.node.slice(0, 3),
      node('If', ['flag'], ['y'], [graphAttribute('then_branch', branch), base.graph!.node[3]!.attribute[1]!]),
    ],
  });
}

function tensorsOf(model: OnnxModel): Record<string, unknown> {
  const inner = model.graph.node[3]?.attribute[0]?.g?.initializer ?? [];
  return Object.fromEntries(
    [...model.graph.initializer, ...inner].map((tensor) => [tensor.name, model.tensors.values(tensor)]),
  );
}

function expectSameTensors(model: OnnxModel, expected: OnnxModel): void {
  const [found, wanted] = [tensorsOf(model), tensorsOf(expected)];
  expect(Object.keys(found)).toEqual(Object.keys(wanted));
  for (const [name, values] of Object.entries(wanted)) {
    const same = ArrayBuffer.isView(values)
      ? Buffer.compare(asBytes(values), asBytes(found[name] as ArrayBufferView)) === 0
      : JSON.stringify(values) === JSON.stringify(found[name]);
    expect(same, name).toBe(true);
  }
}

const asBytes = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const entryOf = (tensor: TensorProto, key: string): string | undefined =>
  tensor.externalData.find((entry) => entry.key === key)?.value;
const path = (name: string): string => join(folder, name);

describe('one file', () => {
  it('holds what encodeModel gives, and nothing is left beside it', async () => {
    const written = await writeModel(path('a.onnx'), variedModel());
    expect(written).toEqual({ sizeBytes: variedBytes().length, files: [path('a.onnx')] });
    expect(readFileSync(path('a.onnx'))).toEqual(Buffer.from(variedBytes()));
    expect(readdirSync(folder)).toEqual(['a.onnx']);
  });

  it('may be the one the model came from', async () => {
    await writeModel(path('a.onnx'), weightyModel());
    const model = readModel(path('a.onnx'));
    await writeModel(path('a.onnx'), { ...model.proto, producerName: 'second' }, { tensors: model.tensors });
    model.close();
    const again = readModel(path('a.onnx'));
    expect(again.proto.producerName).toBe('second');
    expect((again.tensors.values(again.graph.initializer[3]!) as Float32Array)[2 ** 20]).toBe(2 ** 20);
    again.close();
  });
});

describe('external data', () => {
  it('"always" moves weights of 1 KB and more to a data file, aligned, and reads back the same', async () => {
    await writeModel(path('inline.onnx'), weightyModel());
    const inline = readModel(path('inline.onnx'));
    const written = await writeModel(path('out.onnx'), inline.proto, {
      externalData: 'always',
      tensors: inline.tensors,
    });
    expect(written.files).toEqual([path('out.onnx'), path('out.onnx.data')]);
    const out = readModel(path('out.onnx'));
    expect(out.sizeBytes).toBe(written.sizeBytes);
    expect(statSync(path('out.onnx')).size).toBeLessThan(10_000);
    expectSameTensors(out, inline);
    const places = out.graph.initializer.map(
      (tensor) => [tensor.name, tensor.dataLocation === 1, Number(entryOf(tensor, 'offset') ?? 0)] as const,
    );
    expect(Object.fromEntries(places.map(([name, moved]) => [name, moved]))).toEqual({
      w: true,
      flag: false,
      odd: true,
      large: true,
      words: false,
      half: true,
    });
    for (const [name, , offset] of places) expect(offset % (name === 'large' ? 4096 : 64), name).toBe(0);
    expect(out.graph.node[3]!.attribute[0]!.g!.initializer[0]!.dataLocation).toBe(1);
    out.close();
    inline.close();
  });

  it('"auto" stays in one file while it fits, and uses two when it does not', async () => {
    const model = weightyModel();
    const sizeBytes = encodeModel(model).length;
    expect((await writeModel(path('a.onnx'), model, { limitBytes: sizeBytes })).files).toHaveLength(1);
    expect((await writeModel(path('b.onnx'), model, { limitBytes: sizeBytes - 1 })).files).toHaveLength(2);
  });

  it('comes back into the model when that fits', async () => {
    const original = weightyModel();
    await writeModel(path('a.onnx'), original, { externalData: 'always' });
    const external = readModel(path('a.onnx'));
    mkdirSync(path('elsewhere'));
    await writeModel(path('elsewhere/b.onnx'), external.proto, { tensors: external.tensors });
    expect(readdirSync(path('elsewhere'))).toEqual(['b.onnx']);
    const inline = readModel(path('elsewhere/b.onnx'));
    expectSameTensors(inline, external);
    expect(inline.externalFiles).toEqual([]);
    external.close();
    inline.close();
  });

  it('is carried into the new data file, also when that replaces the one being read', async () => {
    await writeModel(path('a.onnx'), weightyModel(), { externalData: 'always' });
    await writeModel(path('expected.onnx'), weightyModel());
    const model = readModel(path('a.onnx'));
    const [first, ...others] = model.graph.initializer;
    const reordered = { ...model.proto, graph: { ...model.graph, initializer: [...others, first!] } };
    await writeModel(path('a.onnx'), reordered, { externalData: 'always', tensors: model.tensors });
    model.close();
    const [again, expected] = [readModel(path('a.onnx')), readModel(path('expected.onnx'))];
    for (const tensor of expected.graph.initializer) {
      const found = again.graph.initializer.find((candidate) => candidate.name === tensor.name)!;
      expect(String(again.tensors.values(found).slice(-600))).toBe(String(expected.tensors.values(tensor).slice(-600)));
    }
    again.close();
    expected.close();
  });

  it('of a constant inside a node is put into the model, as the engine wants it', async () => {
    writeFileSync(path('c.bin'), asBytes(ramp(2)));
    const { rawData, ...tensor } = makeTensor('c', DataType.float32, [2], ramp(2));
    const externalData = [
      { key: 'location', value: 'c.bin' },
      { key: 'length', value: String(rawData?.length) },
    ];
    const constant = node(
      'Constant',
      [],
      ['y'],
      [tensorAttribute('value', { ...tensor, dataLocation: 1, externalData })],
    );
    writeFileSync(path('a.onnx'), encodeModel(modelOf({ input: floatInput, output: floatOutput, node: [constant] })));
    const model = readModel(path('a.onnx'));
    await writeModel(path('b.onnx'), model.proto, { externalData: 'always', tensors: model.tensors });
    model.close();
    rmSync(path('c.bin'));
    const again = readModel(path('b.onnx'));
    expect(again.tensors.values(again.graph.node[0]!.attribute[0]!.t!)).toEqual(ramp(2));
    again.close();
  });

  it('without the reader it needs, nothing is written', async () => {
    await writeModel(path('a.onnx'), weightyModel(), { externalData: 'always' });
    const model = readModel(path('a.onnx'));
    expect((await failureOf(writeModel(path('b.onnx'), model.proto))).code).toBe('model-external-data');
    model.close();
    expect(readdirSync(folder)).toEqual(['a.onnx', 'a.onnx.data']);
  });

  it('"never", or weights that cannot be moved, end in a sentence when the model is too large', async () => {
    const never = await failureOf(
      writeModel(path('a.onnx'), weightyModel(), { externalData: 'never', limitBytes: 1000 }),
    );
    expect(never).toMatchObject({ code: 'model-too-large' });
    expect(never.message).toContain(path('a.onnx'));
    expect((await failureOf(writeModel(path('a.onnx'), weightyModel(), { limitBytes: 1000 }))).code).toBe(
      'model-too-large',
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('when writing fails', () => {
  it('at any step, the old files stay as they were and nothing is left beside them', async () => {
    await writeModel(path('a.onnx'), weightyModel(), { externalData: 'always' });
    const before = readdirSync(folder).map((name) => [name, statSync(path(name)).mtimeMs]);
    let failures = 0;
    for (;;) {
      vi.restoreAllMocks();
      failAtStep(failures);
      const written = await writeModel(path('a.onnx'), weightyModel(), { externalData: 'always' }).catch(
        (thrown: unknown) => thrown,
      );
      if (!(written instanceof ModelError)) break;
      expect(written.code).toBe('model-unwritable');
      expect(written.message).toContain('the disk is full');
      expect(readdirSync(folder).map((name) => [name, statSync(path(name)).mtimeMs])).toEqual(before);
      failures += 1;
    }
    expect(failures).toBeGreaterThan(5);
    expect(readdirSync(folder)).toEqual(['a.onnx', 'a.onnx.data']);
  });

  /** The n-th write from now on finds the disk full. */
  function failAtStep(failing: number): void {
    let step = 0;
    const real = Object.getOwnPropertyDescriptor(AtomicFile.prototype, 'write')!.value as AtomicFile['write'];
    vi.spyOn(AtomicFile.prototype, 'write').mockImplementation(async function (this: AtomicFile, content) {
      if (step++ === failing) throw fileErrorOf(Object.assign(new Error('no space'), { code: 'ENOSPC' }), this.path);
      await real.call(this, content);
    });
  }

  it('in a missing folder, or onto a folder, it is a sentence', async () => {
    expect((await failureOf(writeModel(path('none/a.onnx'), variedModel()))).code).toBe('model-unwritable');
    mkdirSync(path('folder.onnx'));
    expect((await failureOf(writeModel(path('folder.onnx'), variedModel()))).code).toBe('model-not-a-file');
    expect(readdirSync(folder)).toEqual(['folder.onnx']);
  });

  it('a weight that cannot be read leaves nothing behind', async () => {
    await writeModel(path('a.onnx'), weightyModel());
    const model = readModel(path('a.onnx'));
    model.close();
    const failure = await failureOf(writeModel(path('b.onnx'), { ...model.proto, producerName: 'edited' }));
    expect(failure.code).toBe('model-io');
    expect(readdirSync(folder)).toEqual(['a.onnx']);
  });

  it('a cancelled write leaves nothing behind', async () => {
    const work = writeModel(path('a.onnx'), variedModel(), { signal: AbortSignal.abort() });
    await expect(work).rejects.toMatchObject({ name: 'AbortError' });
    expect(existsSync(path('a.onnx'))).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describeShared('a real model with external data', (shared) => {
  it('is read, written in one file, and moved out again', async () => {
    const model = readModel(join(shared, 'data/models/external/cifar10_resnet14_external.onnx'));
    const inline = await writeModel(path('inline.onnx'), model.proto, { tensors: model.tensors });
    expect(inline.files).toHaveLength(1);
    const again = readModel(path('inline.onnx'));
    const external = await writeModel(path('external.onnx'), again.proto, {
      externalData: 'always',
      tensors: again.tensors,
    });
    expect(external.files).toHaveLength(2);
    const last = readModel(path('external.onnx'));
    expectSameTensors(last, model);
    for (const opened of [model, again, last]) opened.close();
  });
});
