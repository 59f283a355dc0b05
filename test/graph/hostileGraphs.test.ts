// Models that want to harm whoever looks at them: names that are scripts, huge texts, cycles, data elsewhere, a million nodes.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bench } from '../../src/bench/bench';
import { lookAt } from '../../src/bench/graph/modelLook';
import { nodePropertiesOf } from '../../src/bench/graph/nodeProperties';
import { nodePageOf } from '../../src/bench/graph/nodeTable';
import { overlayOf } from '../../src/bench/graph/overlays';
import { allGroupsOf, sceneOf } from '../../src/bench/graph/scene';
import { tensorFactsOf } from '../../src/bench/graph/tensorFigures';
import { openBench } from '../../src/bench/openBench';
import { DataType } from '../../src/onnx/dataTypes';
import { makeNode, makeTensor, makeValueInfo, stringAttribute } from '../../src/onnx/makeMessages';
import type { NodeProto, TensorProto } from '../../src/onnx/messages';
import { encodeModel } from '../../src/onnx/writeModel';
import { payloadProblem } from '../../src/processes/payloadSize';
import { BenchError } from '../../src/protocol/benchError';
import type { WorkContext } from '../../src/protocol/progress';
import { modelOf } from '../onnx/smallModels';
import { describeShared } from '../support/shared';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
const context: WorkContext = { signal: new AbortController().signal, onProgress: () => undefined };
let bench: Bench;

beforeAll(async () => {
  bench = await openBench(place.fresh());
});
afterAll(() => bench[Symbol.asyncDispose]());

function written(name: string, nodes: NodeProto[], initializer: TensorProto[] = []): string {
  const output = nodes.at(-1)?.output[0] ?? 'y';
  const model = modelOf({
    node: nodes,
    initializer,
    input: [makeValueInfo('x', DataType.float32, [1])],
    output: [makeValueInfo(output, DataType.float32, [1])],
  });
  return place.write(name, encodeModel(model));
}

const relu = (name: string, input: string, output: string): NodeProto =>
  makeNode({ opType: 'Relu', inputs: [input], outputs: [output], name });

describe('hostile models', () => {
  it('may call their nodes whatever they like', async () => {
    const names = [
      '__proto__',
      '<script>alert(1)</script>/x',
      'constructor',
      'a/b',
      'a',
      '',
      'node_group_a',
      '/../../x',
    ];
    const nodes = names.map((name, index) => relu(name, index === 0 ? 'x' : `t${index - 1}`, `t${index}`));
    const path = written('names.onnx', nodes);
    const scene = lookAt(bench, path, (model) => sceneOf(model, allGroupsOf(model)));
    const ids = scene.nodes.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('__proto__');
    for (const id of ids) expect(lookAt(bench, path, (model) => nodePropertiesOf(model, id)).id).toBe(id);
    const overlay = await overlayOf(bench, { path, kind: 'type', id: 0 }, context);
    expect(Object.keys(overlay.values)).toContain('__proto__');
  });

  it('cut huge texts and say how much more there is', () => {
    const name = 'n'.repeat(2_000_000);
    const attribute = [stringAttribute('text', 'a'.repeat(2_000_000))];
    const path = written('huge.onnx', [
      makeNode({ opType: 'Relu', inputs: ['x'], outputs: ['y'], name, attributes: attribute }),
    ]);
    const scene = lookAt(bench, path, (model) => sceneOf(model, []));
    expect(JSON.stringify(scene).length).toBeLessThan(10_000);
    const id = scene.nodes.find(({ kind }) => kind === 'op')?.id ?? '';
    const properties = lookAt(bench, path, (model) => nodePropertiesOf(model, id));
    expect(JSON.stringify(properties).length).toBeLessThan(20_000);
    expect(properties.attributes[0]?.value).toMatch(/2000000/);
  });

  it('keep groups closed when too much would be shown, and say so', () => {
    const nodes = Array.from({ length: 3000 }, (_, index) =>
      relu(`g${index % 30}/h${index % 300}/n${index}`, index === 0 ? 'x' : `t${index - 1}`, `t${index}`),
    );
    const path = written('crowd.onnx', nodes);
    const { scene, all } = lookAt(bench, path, (model) => ({
      scene: sceneOf(model, allGroupsOf(model), { visible: 500 }),
      all: allGroupsOf(model).length,
    }));
    expect(scene.nodes.length).toBeLessThanOrEqual(500);
    expect(scene.openGroups.length).toBeLessThan(all);
    expect(scene.leftOut).toMatch(/stay closed/);
  });

  it('of very many nodes are shown and searched in time, in messages of a size that can be sent', async () => {
    const count = 50_000;
    const nodes = Array.from({ length: count }, (_, index) =>
      relu(`b${index >> 9}/n${index}`, index === 0 ? 'x' : `t${index - 1}`, `t${index}`),
    );
    const path = written('many.onnx', nodes);
    const groups = lookAt(bench, path, allGroupsOf);
    lookAt(bench, path, (model) => sceneOf(model, []));
    const scene = lookAt(bench, path, (model) => sceneOf(model, groups));
    expect(scene.nodes.length).toBeGreaterThan(40_000);
    expect(payloadProblem(scene)).toBeUndefined();
    const overlay = await overlayOf(bench, { path, kind: 'type', id: 0 }, context);
    expect(payloadProblem(overlay)).toBeUndefined();
    const found = await lookAt(bench, path, (model) =>
      nodePageOf(model, { text: 'n4999', offset: 0, count: 1000 }, context),
    );
    expect(found.total).toBeGreaterThan(10);
  }, 30_000);

  it('say why there are no figures of data that are no numbers', async () => {
    const values = makeTensor('nan', DataType.float32, [2], new Float32Array([NaN, Infinity]));
    const path = written(
      'nan.onnx',
      [makeNode({ opType: 'Add', inputs: ['x', 'nan'], outputs: ['y'], name: 'add' })],
      [values],
    );
    const facts = await tensorFactsOf(bench, { path, tensor: 'nan' }, context);
    expect(facts).toMatchObject({ statistics: null, histogram: [], problem: 'None of its values is a finite number.' });
    await expect(tensorFactsOf(bench, { path, tensor: 'x' }, context)).rejects.toThrow(/Could not find the constant/);
  });
});

describeShared('hostile files', (folder) => {
  const files = join(folder, 'data', 'hostile');

  it.each(readdirSync(files).filter((name) => name.endsWith('.onnx') && statSync(join(files, name)).size < 10_000_000))(
    '%s is shown, or refused in a sentence with a next step',
    async (name) => {
      const path = join(files, name);
      try {
        const scene = lookAt(bench, path, (model) => sceneOf(model, allGroupsOf(model)));
        expect(payloadProblem(scene)).toBeUndefined();
        for (const { id } of scene.nodes.slice(0, 200)) lookAt(bench, path, (model) => nodePropertiesOf(model, id));
        await overlayOf(bench, { path, kind: 'type', id: 0 }, context);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(BenchError);
        expect((thrown as BenchError).message).toMatch(/\.$/);
        expect((thrown as BenchError).toRecord().nextStep).toMatch(/\.$/);
      }
    },
  );

  it('names of data outside of the folder of the model are refused', () => {
    for (const name of ['external_absolute.onnx', 'external_traversal.onnx', 'external_missing.onnx']) {
      expect(() => lookAt(bench, join(files, name), (model) => sceneOf(model, []))).toThrow(BenchError);
    }
  });
});
