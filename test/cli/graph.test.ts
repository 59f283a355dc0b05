// `graph`, and `inspect` of models that are not ONNX, as users run them.
import { describe, expect, it } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import { makeNode, makeValueInfo } from '../../src/onnx/makeMessages';
import { encodeModel } from '../../src/onnx/writeModel';
import { frozenGraph, ir } from '../formats/foreignFiles';
import { modelOf } from '../onnx/smallModels';
import { temporaryFolder } from '../support/temporaryFolder';
import { commandLine, jsonOf, stackLines } from './commandLine';

const folder = temporaryFolder();
const run = commandLine();
const graph = (...words: string[]): ReturnType<typeof run> => run(['graph', ...words], { cwd: folder.path });

const steps = ['enc/l0/Conv', 'enc/l0/Relu', 'enc/l1/Conv', 'enc/l1/Relu', 'head\u001b[31m\n!'];
const model = modelOf({
  input: [makeValueInfo('x', DataType.float32, ['N', 3])],
  output: [makeValueInfo('t4', DataType.float32, undefined)],
  node: steps.map((name, at) =>
    makeNode({
      opType: name.split('/')[2] ?? 'Gemm',
      inputs: [at === 0 ? 'x' : `t${at - 1}`],
      outputs: [`t${at}`],
      name,
    }),
  ),
});
const onnx = folder.write('m.onnx', encodeModel(model));
const pb = folder.write('frozen.pb', frozenGraph());
const xml = folder.write('m.xml', ir);

describe('graph', () => {
  it('prints a tree of groups, inputs and outputs, and how to open more', async () => {
    const { code, stdout } = await graph(onnx, '--expand', 'enc');
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(1)).toEqual([
      '  5 nodes in 3 groups',
      '',
      'inputs',
      '  x  float32  [N, 3]',
      '',
      'outputs',
      '  t4  float32  any shape',
      '',
      'graph',
      '  - enc',
      '    + enc/l0  2 nodes: 1 Conv, 1 Relu',
      '    + enc/l1  2 nodes: 1 Conv, 1 Relu',
      '  head\\u001b[31m !  Gemm',
      '',
      'Open a group with --expand, such as: --expand enc/l0',
      '',
    ]);
  });

  it('gives the JSON of the Bench, groups opened with those around them, or all', async () => {
    const closed = jsonOf(await graph(onnx, '--json'));
    expect(Object.keys(closed)).toEqual(['nodes', 'edges']);
    expect(closed['nodes']).toContainEqual({
      id: 'node_group_enc',
      label: 'enc',
      node_type: 'group_node',
      group: 'enc',
    });
    const inner = jsonOf(await graph(onnx, '--json', '--expand', 'node_group_enc/l1'));
    expect(inner['edges']).toContainEqual({ source: 'node_group_enc/l0', target: 'enc/l1/Conv' });
    expect(jsonOf(await graph(onnx, '--json', '--expand', '*'))['nodes']).toHaveLength(7);
  });

  it('marks a pattern', async () => {
    const found = jsonOf(await graph(onnx, '--op', 'enc/l0/Conv', '--pattern', 'Conv, Relu', '--json'));
    expect(found['groups']).toEqual(['enc', 'enc/l0']);
    const { stdout } = await graph(onnx, '--op', 'enc/l0/Conv', '--pattern', 'Relu');
    expect(stdout).toContain('enc/l0/Conv  Conv  ←\n      enc/l0/Relu  Relu  ←\n    + enc/l1');
  });

  it('keeps to the limit', async () => {
    const nodes = Array.from({ length: 60 }, (_, at) =>
      makeNode({
        opType: `Op${at}`,
        inputs: [at === 0 ? 'x' : `t${at - 1}`],
        outputs: [`t${at}`],
        name: '',
        domain: 'd',
      }),
    );
    const long = { ...model.graph!, node: nodes, output: [makeValueInfo('t59', DataType.float32, undefined)] };
    const path = folder.write('long.onnx', encodeModel(modelOf(long)));
    expect(jsonOf(await graph(path, '--json'))['nodes']).toHaveLength(62);
    const limited = jsonOf(await graph(path, '--json', '--limit', '12'))['nodes'];
    expect((limited as unknown[]).length).toBeLessThanOrEqual(12);
  });

  it.each<[string, string[], number, string]>([
    ['a group that is not there', [onnx, '--expand', 'encc'], 2, 'Did you mean "enc"?'],
    ['a node that is not there', [onnx, '--op', 'gone'], 1, 'no node "gone"'],
    ['a pattern of nothing', [onnx, '--pattern', 'Relu'], 2, '--pattern needs --op'],
    ['too small a limit', [onnx, '--limit', '1'], 2, 'at least 10'],
  ])('refuses %s', async (_, words, code, why) => {
    const end = await graph(...words);
    expect([end.code, stackLines(end)]).toEqual([code, []]);
    expect(end.stderr).toContain(why);
  });

  it('opens TensorFlow and OpenVINO', async () => {
    const ids = (end: Record<string, unknown>): unknown => (end['nodes'] as { id: string }[]).map(({ id }) => id);
    expect(ids(jsonOf(await graph(pb, '--json')))).toEqual(['input_tensor', 'node_group_net', 'softmax_tensor']);
    expect(ids(jsonOf(await graph(xml, '--json')))).toEqual(['x', 'node_group_net', 'y']);
    expect((await graph(pb)).stdout).toContain('6 nodes in 1 group, 2 constants not shown');
  });
});

describe('models that are not ONNX', () => {
  it('are inspected', async () => {
    const facts = jsonOf(await run(['inspect', pb, '--json'], { cwd: folder.path }));
    expect(facts).toMatchObject({ format: 'TensorFlow frozen graph', canRun: false, nodes: 8 });
    const { stdout } = await run(['inspect', xml], { cwd: folder.path });
    expect(stdout).toContain('OpenVINO IR 11');
    expect(stdout).toMatch(/inputs\n {2}x {2}float32 {2}\[\?, 3, 8, 8\]/);
  });

  it.each([
    ['quantize', [pb, '--output', 'out.onnx', '--approach', 'dynamic']],
    ['optimize', [pb, '--output', 'out.onnx']],
    ['benchmark', [xml]],
  ])('are refused by %s with the reason', async (verb, words) => {
    const end = await run([verb, ...words], { cwd: folder.path });
    expect([end.code, stackLines(end)]).toEqual([1, []]);
    expect(end.stderr).toContain('models run here as ONNX only');
  });
});
