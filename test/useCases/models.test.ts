// Models of the bench: what is found in a file, its graph, the list of a project's models, and the file of one.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { bundledFolder } from '../../src/bench/example/examples';
import { restrictedAccess } from '../../src/bench/fileAccess';
import { GraphCache, graphsOf } from '../../src/bench/model/graphCache';
import { releaseMemory } from '../../src/bench/model/memoryRelease';
import type { FileAnswer } from '../../src/bench/operation';
import { DataType } from '../../src/onnx/dataTypes';
import type { HighlightedPattern } from '../../src/onnx/hierarchy/highlightPattern';
import type { ModelGraph } from '../../src/onnx/hierarchy/modelHierarchy';
import { makeNode, makeValueInfo } from '../../src/onnx/makeMessages';
import { encodeModel } from '../../src/onnx/writeModel';
import { frozenGraph, ir, nodeDef } from '../formats/foreignFiles';
import { modelOf } from '../onnx/smallModels';
import { failureOf } from '../support/failureOf';
import { describeShared } from '../support/shared';
import { temporaryFolder } from '../support/temporaryFolder';
import { openTestBench } from './openTestBench';

const folder = temporaryFolder();
let workspace: string;
beforeEach(() => {
  workspace = folder.fresh();
});

const digits = join(bundledFolder('mnist'), 'mnist_resnet.onnx');
const words = join(bundledFolder('sst2'), 'sst2_transformer.onnx');
const faces = join(bundledFolder('ultraface'), 'ultraface_rfb_320.onnx');

/** A chain of the given operators, with names in groups. */
function chain(
  types: readonly string[],
  shape: readonly (number | string | null)[] = [1, 8],
  name = 'net/block',
): Buffer {
  const nodes = types.map((opType, index) =>
    makeNode({
      opType,
      inputs: [index === 0 ? 'x' : `t${index}`],
      outputs: [index === types.length - 1 ? 'y' : `t${index + 1}`],
      name: `${name}/${opType}_${index}`,
    }),
  );
  const port = (portName: string) => makeValueInfo(portName, DataType.float32, [...shape]);
  return Buffer.from(encodeModel(modelOf({ input: [port('x')], output: [port('y')], node: nodes })));
}

function put(name: string, content: string | Uint8Array): string {
  const path = join(workspace, name);
  writeFileSync(path, content);
  return path;
}

describe('model/boundary_nodes', () => {
  const boundary = async (path: string) => {
    await using opened = await openTestBench(workspace);
    await opened.call('model/boundary_nodes', { request_id: 'asd', model_path: path });
    const { status, data } = await opened.told('boundary_nodes_finish');
    expect(opened.messages.map(({ subject }) => subject)).toEqual(['boundary_nodes_start', 'boundary_nodes_finish']);
    expect(opened.messages[0]).toEqual({
      subject: 'boundary_nodes_start',
      status: 'success',
      data: { message: 'started', id: 'asd', request_id: 'asd' },
    });
    expect(data).toMatchObject({ id: 'asd', request_id: 'asd' });
    return { status, ...data };
  };

  it.each([
    [digits, 'Image Recognition', ['input'], ['logits', 'custom'], '1,28,28'],
    [faces, 'Object Detection', ['input'], ['scores', 'boxes', 'custom'], '3,240,320'],
    [words, 'Neural Language Processing', ['input_ids', 'attention_mask'], ['logits', 'custom'], ''],
  ])('finds what goes in and out, and what for: %s', async (path, domain, inputs, outputs, shape) => {
    expect(await boundary(path)).toEqual({
      ...{ status: 'success', id: 'asd', request_id: 'asd', framework: 'ONNXRT', domain_flavour: '' },
      ...{ domain, inputs, outputs, shape, trusted: shape !== '' },
    });
  });

  it.each<[string, string | Uint8Array, object]>([
    ['frozen.pb', frozenGraph(), { framework: 'TensorFlow', inputs: ['input_tensor'] }],
    [
      'detector.pb',
      Buffer.from(nodeDef('x', 'Placeholder').concat(nodeDef('out', 'NonMaxSuppressionV3', ['x']))),
      { domain: 'Object Detection' },
    ],
    ['ir.xml', ir, { framework: 'OpenVINO' }],
    ['yolo.onnx', chain(['Relu', 'Relu'], [1, 8], 'yolov3/conv'), { domain_flavour: 'Yolo' }],
    ['ssd.onnx', chain(['Relu', 'Relu'], [1, 8], 'backbone/ssd_300'), { domain_flavour: 'SSD' }],
    ['passd.onnx', chain(['Relu', 'Relu'], [1, 8], 'passed'), { domain_flavour: '', domain: '' }],
    ['open.onnx', chain(['Relu'], ['N', 'C', 8]), { shape: '', trusted: false }],
    ['batch.onnx', chain(['Relu'], ['N', 8]), { shape: '8', trusted: true }],
    ['fixed.onnx', chain(['Relu'], [1, 3, 4, 5]), { shape: '3,4,5', trusted: true }],
  ])('knows other formats, families and shapes: %s', async (name, content, expected) => {
    expect(await boundary(put(name, content))).toMatchObject({ status: 'success', ...expected });
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['broken.onnx', chain(['Relu', 'Relu']).subarray(0, 60), /broken\.onnx.*\.$/],
    ['empty.onnx', '', /empty/],
    ['text.onnx', '<script>alert(1)</script>', /text\.onnx/],
  ])('ends once, with the sentence of the reader, for a file that is no model: %s', async (name, content, message) => {
    const { status, message: told } = (await boundary(put(name, content))) as unknown as Record<string, string>;
    expect(status).toBe('error');
    expect(told).toMatch(message);
  });

  it.each<[object, string]>([
    [{ model_path: digits }, 'Missing request id.'],
    [{ request_id: 'a' }, 'Could not find required parameter.'],
    [{ request_id: 'a', model_path: 7 }, 'Could not parse value'],
    [{ request_id: 'a', model_path: 'no-such.onnx' }, 'Could not find file "no-such.onnx".'],
  ])('refuses %j at once', async (request, message) => {
    await using opened = await openTestBench(workspace);
    expect((await failureOf(opened.call('model/boundary_nodes', request))).message).toBe(message);
    expect(opened.messages).toEqual([]);
  });
});

describe('model/graph', () => {
  const idsOf = ({ nodes }: ModelGraph) => nodes.map(({ id }) => id);

  it('shows closed groups, and opens them by key or id, however they are sent', async () => {
    const path = put('m.onnx', chain(['Relu', 'Sigmoid', 'Relu']));
    await using opened = await openTestBench(workspace);
    const graph = async (group?: unknown) => (await opened.call('model/graph', { path, group })) as ModelGraph;
    const closed = await graph();
    expect(closed.nodes.find(({ node_type: type }) => type === 'group_node')).toEqual({
      ...{ id: 'node_group_net', label: 'net', group: 'net', node_type: 'group_node' },
    });
    expect(closed.edges).toContainEqual({ source: 'x', target: 'node_group_net' });
    const inner = ['net/block/Relu_0', 'net/block/Sigmoid_1', 'net/block/Relu_2'];
    for (const group of [['net', 'net/block'], 'net,net/block', ['node_group_net', 'node_group_net/block']]) {
      expect(idsOf(await graph(group))).toEqual(expect.arrayContaining(inner));
    }
    expect(await graph(['no such group', '__proto__'])).toEqual(closed);
  });

  it('shows attributes of every kind, with the model open for as long as groups are opened', async () => {
    await using opened = await openTestBench(workspace);
    const group = new Set<string>();
    for (;;) {
      const { nodes } = (await opened.call('model/graph', { path: digits, group: [...group] })) as ModelGraph;
      const closed = nodes.flatMap((node) => (node.node_type === 'group_node' ? [node.group] : []));
      for (const each of closed) group.add(each);
      if (closed.length > 0) continue;
      const conv = nodes.find(({ label }) => label === 'Conv');
      if (conv?.node_type !== 'node') throw new Error('there is no Conv');
      expect(conv.attributes).toContainEqual({ name: 'kernel_shape', attribute_type: 'ints', value: [3, 3] });
      break;
    }
    expect(graphsOf(opened.bench).size).toBe(1);
  });

  it.each<[string, string | Uint8Array]>([
    ['frozen.pb', frozenGraph()],
    ['ir.xml', ir],
  ])('shows %s', async (name, content) => {
    await using opened = await openTestBench(workspace);
    const { nodes } = (await opened.call('model/graph', { path: put(name, content) })) as ModelGraph;
    expect(nodes.length).toBeGreaterThan(1);
  });

  it('is that of the file as it is now', async () => {
    const path = put('m.onnx', chain(['Relu']));
    await using opened = await openTestBench(workspace);
    const labels = async () =>
      ((await opened.call('model/graph', { path })) as ModelGraph).nodes.map(({ label }) => label);
    expect(await labels()).toContain('Relu');
    writeFileSync(path, chain(['Sigmoid']));
    expect(await labels()).toContain('Sigmoid');
    writeFileSync(`${path}.new`, chain(['Tanh']));
    renameSync(`${path}.new`, path);
    expect(await labels()).toContain('Tanh');
    unlinkSync(path);
    expect(await failureOf(labels())).toMatchObject({ refusal: 'not-found' });
  });

  it('marks a pattern, with the groups around it open', async () => {
    const path = put('m.onnx', chain(['Relu', 'Sigmoid', 'Relu']));
    await using opened = await openTestBench(workspace);
    const request = { path, op_name: 'net/block/Relu_0', pattern: ['Relu', 'Sigmoid'] };
    const { graph, groups } = (await opened.call('model/graph/highlight_pattern', request)) as HighlightedPattern;
    expect(groups).toEqual(['net', 'net/block']);
    const marked = graph.nodes.flatMap((node) => (node.node_type === 'node' && node.highlight ? [node.id] : []));
    expect(marked).toEqual(['net/block/Relu_0', 'net/block/Sigmoid_1']);
    const unknown = await failureOf(opened.call('model/graph/highlight_pattern', { ...request, op_name: 'nobody' }));
    expect(unknown).toMatchObject({ refusal: 'client-error' });
    expect(unknown.message).toContain('nobody');
  });

  it.each<[object, string, string]>([
    [{}, 'client-error', 'Could not find required parameter.'],
    [{ path: '' }, 'client-error', 'Could not find required parameter.'],
    [{ path: ['a', 'b'] }, 'client-error', 'Could not parse value'],
    [{ path: 'a\0b' }, 'client-error', 'Could not parse value'],
    [{ path: 'm.onnx', group: { a: 1 } }, 'client-error', 'Could not parse value'],
    [{ path: 'm.onnx', group: [7] }, 'client-error', 'Could not parse value'],
    [{ path: 'm.onnx', limit: 3 }, 'client-error', 'Could not parse value'],
    [{ path: 'no.onnx' }, 'not-found', 'Could not find file "no.onnx".'],
    [{ path: '../outside.onnx' }, 'access-denied', 'Access to "../outside.onnx" is not allowed.'],
    [{ path: 'link.onnx' }, 'access-denied', 'Access to "link.onnx" is not allowed.'],
    [{ path: '/etc/passwd' }, 'access-denied', 'Access to "/etc/passwd" is not allowed.'],
  ])('of %j is refused: %s, %s', async (request, refusal, message) => {
    put('m.onnx', chain(['Relu']));
    symlinkSync(digits, join(workspace, 'link.onnx'));
    await using opened = await openTestBench(workspace, { access: restrictedAccess(workspace, []) });
    expect(await failureOf(opened.call('model/graph', request))).toMatchObject({ refusal, message });
  });

  it.each<[string, string | Uint8Array]>([
    ['no model', 'hello'],
    ['half a model', chain(['Relu', 'Relu']).subarray(0, 70)],
  ])('of %s is refused with the sentence of the reader', async (_, content) => {
    const path = put('m.onnx', content);
    await using opened = await openTestBench(workspace);
    const failure = await failureOf(opened.call('model/graph', { path }));
    expect(failure).toMatchObject({ refusal: 'client-error' });
    expect(failure.message).toContain('m.onnx');
  });

  it('of a folder is refused', async () => {
    mkdirSync(join(workspace, 'folder'));
    await using opened = await openTestBench(workspace);
    expect(await failureOf(opened.call('model/graph', { path: 'folder' }))).toMatchObject({ refusal: 'client-error' });
  });
});

describeShared('hostile files', (shared) => {
  it('end in a refusal or a graph, never in anything else', async () => {
    const { readdirSync } = await import('node:fs');
    await using opened = await openTestBench(workspace);
    const names = readdirSync(join(shared, 'data/hostile'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.\w+$/.test(name),
    );
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      const path = join(shared, 'data/hostile', name);
      const answer = await opened.call('model/graph', { path }).catch((thrown: unknown) => thrown);
      const isRefusal = answer instanceof Error && 'refusal' in answer;
      expect([name, isRefusal || (answer as ModelGraph).nodes.length >= 0]).toEqual([name, true]);
    }
  });
});

describe('the cache of graphs', () => {
  it('opens a model once, holds two at most, and lets go when nobody asks', async () => {
    using cache = new GraphCache(50);
    const paths = ['a', 'b', 'c'].map((name) => put(`${name}.onnx`, chain(['Relu'])));
    const seen = paths.map((path) => cache.with(path, {}, (hierarchy) => hierarchy));
    expect(cache.size).toBe(2);
    expect(cache.with(paths[2]!, {}, (hierarchy) => hierarchy)).toBe(seen[2]);
    expect(cache.with(paths[0]!, {}, (hierarchy) => hierarchy)).not.toBe(seen[0]);
    await expect.poll(() => cache.size, { timeout: 30_000 }).toBe(0);
  });
});

describe('memory that was let go of', () => {
  it('is given back', async () => {
    const weak = (() => new WeakRef({ large: new Array<number>(1000).fill(0) }))();
    // Until the end of its turn, what a WeakRef was made for stays.
    await new Promise(setImmediate);
    releaseMemory();
    expect(weak.deref()).toBeUndefined();
  });
});

describe('model/list and model/download', () => {
  const project = {
    name: 'digits',
    model: { path: digits, input_nodes: 'input', output_nodes: 'logits', domain: 'Image Recognition' },
  };

  it('list the models of a project, as the API has them', async () => {
    await using opened = await openTestBench(workspace);
    await opened.call('project/create', project);
    const { models } = (await opened.call('model/list', { project_id: 1 })) as { models: object[] };
    expect(models).toHaveLength(1);
    expect(models[0]).toMatchObject({
      ...{ id: 1, name: 'Input model', path: digits, precision_id: 1 },
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as unknown,
    });
    expect(await failureOf(opened.call('model/list', { project_id: 9 }))).toMatchObject({ refusal: 'not-found' });
    expect((await failureOf(opened.call('model/list'))).message).toBe('Could not find project id.');
  });

  it('give the file under its name, if it may be named', async () => {
    await using opened = await openTestBench(workspace);
    await opened.call('project/create', project);
    const answer = (await opened.call('model/download', { id: '1' })) as FileAnswer;
    expect(answer).toMatchObject({ contentType: 'application/octet-stream', attachmentName: 'mnist_resnet.onnx' });
    if (!('path' in answer.content)) throw new Error('it is no file');
    const hash = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
    expect(hash(answer.content.path)).toBe(hash(digits));
    await using closed = await openTestBench(workspace, { access: restrictedAccess(workspace, []) });
    expect(await failureOf(closed.call('model/download', { id: 1 }))).toMatchObject({ refusal: 'access-denied' });
    expect(await failureOf(closed.call('model/download', { id: 2 }))).toMatchObject({ refusal: 'not-found' });
  });
});

describeShared('a model with its weights elsewhere', (shared) => {
  it('is not given without them', async () => {
    const path = join(shared, 'data/models/external/cifar10_resnet14_external.onnx');
    await using opened = await openTestBench(workspace);
    const model = { path, input_nodes: 'input', output_nodes: 'logits', domain: 'Image Recognition' };
    await opened.call('project/create', { name: 'external', model });
    const failure = await failureOf(opened.call('model/download', { id: 1 }));
    expect(failure.message).toMatch(/^The model keeps its weights in .*, so its file alone is of no use\.$/);
  });
});
