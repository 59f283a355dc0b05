// What the engine records while it profiles, from written traces and from the engine itself.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import { encodeModel } from '../../src/onnx/writeModel';
import { openSessionFromBytes } from '../../src/runtime/onnxRuntimeNode';
import { readTrace, traceFileOf } from '../../src/runtime/trace';
import { temporaryFolder } from '../support/temporaryFolder';
import { identityModel } from './smallModels';

const folder = temporaryFolder();

interface Written {
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
}

function node({ name, ts, dur }: Written): string {
  const args = {
    op_name: 'Relu',
    provider: 'CPUExecutionProvider',
    node_index: name,
    input_type_shape: [{ float: [1, 2] }],
    output_type_shape: [{ float: [1, 2] }],
  };
  return JSON.stringify({ cat: 'Node', pid: 1, tid: 1, dur, ts, ph: 'X', name: `${name}_kernel_time`, args });
}

const end = '{"cat" : "Session","dur" :9,"ts" :0,"ph" : "X","name" :"model_run","args" : {}}';

function traceOf(name: string, lines: readonly string[], isComplete = true): string {
  return folder.write(name, `[\n${lines.join(',\n')}${isComplete ? '\n]\n' : ''}`);
}

describe('a trace', () => {
  it('gives the middle half of the runs after the warm-up', async () => {
    const durations = [900, 1, 10, 12, 500];
    const lines = durations.flatMap((dur) => [node({ name: 'a', ts: 1, dur }), end]);
    const trace = await readTrace(traceOf('middle.json', lines), 1);
    expect(trace.runs).toBe(4);
    expect(trace.nodes).toEqual([
      {
        node: 'a',
        opType: 'Relu',
        provider: 'CPUExecutionProvider',
        runs: 4,
        totalUs: 523,
        timeUs: 11,
        ownUs: 11,
        inferencesUs: [1, 10, 12, 500],
        inputTypes: ['float'],
        outputTypes: ['float'],
        outputShapes: [[1, 2]],
      },
    ]);
  });

  it('leaves out the inference in which the engine stopped writing', async () => {
    const whole = [node({ name: 'a', ts: 1, dur: 5 }), node({ name: 'b', ts: 6, dur: 5 }), end];
    const cut = [node({ name: 'a', ts: 20, dur: 99 }), node({ name: 'b', ts: 120, dur: 7 }).slice(0, 40)];
    const trace = await readTrace(traceOf('cut.json', [...whole, ...cut], false), 0);
    expect(trace.runs).toBe(1);
    expect(trace.nodes.map((one) => [one.node, one.totalUs])).toEqual([
      ['a', 5],
      ['b', 5],
    ]);
  });

  it('counts the body of a Loop as time of the Loop, and apart from it', async () => {
    const lines = [
      node({ name: 'inside', ts: 12, dur: 3 }),
      node({ name: 'inside', ts: 16, dur: 3 }),
      node({ name: 'loop', ts: 10, dur: 10 }),
      node({ name: 'after', ts: 20, dur: 4 }),
      end,
    ];
    const { nodes, inner } = await readTrace(traceOf('loop.json', lines), 0);
    expect(nodes.map((one) => [one.node, one.totalUs, one.ownUs])).toEqual([
      ['loop', 10, 4],
      ['after', 4, 4],
    ]);
    expect(inner.map((one) => [one.within, one.node, one.runs, one.ownUs])).toEqual([['loop', 'inside', 2, 6]]);
  });

  it('tells the nodes of bodies apart that have the same name and number', async () => {
    const lines = [
      node({ name: 'same', ts: 11, dur: 1 }),
      node({ name: 'deepest', ts: 14, dur: 2 }),
      // The engine cuts microseconds off: what is inside may seem to end later.
      node({ name: 'deep', ts: 13, dur: 8 }),
      node({ name: 'one', ts: 10, dur: 10 }),
      node({ name: 'same', ts: 22, dur: 3 }),
      node({ name: 'other', ts: 21, dur: 5 }),
      end,
    ];
    const { nodes, inner } = await readTrace(traceOf('branches.json', lines), 0);
    expect(nodes.map((one) => [one.node, one.ownUs])).toEqual([
      ['one', 1],
      ['other', 2],
    ]);
    expect(inner.map((one) => [one.within, one.node, one.ownUs])).toEqual([
      ['one', 'same', 1],
      ['one', 'deep', 6],
      ['deep', 'deepest', 2],
      ['other', 'same', 3],
    ]);
  });

  it('has no runs when all were warm-up', async () => {
    const path = traceOf('short.json', [node({ name: 'a', ts: 1, dur: 5 }), end]);
    expect(await readTrace(path, 3)).toEqual({ nodes: [], inner: [], runs: 0 });
  });
});

describe('a profiled session', () => {
  it('leaves a trace when it is closed, which the prefix finds', async () => {
    const profilePrefix = join(folder.path, 'real');
    expect(traceFileOf(profilePrefix)).toBeUndefined();
    const session = await openSessionFromBytes(encodeModel(identityModel(DataType.float32, [2])), {
      profilePrefix,
      graphOptimization: 'disabled',
    });
    const x = { type: 'float32', dims: [2], data: Float32Array.of(1, 2) } as const;
    for (let run = 0; run < 3; run++) await session.run({ x });
    await session.close();
    const trace = await readTrace(traceFileOf(profilePrefix) ?? '', 1);
    expect(trace.runs).toBe(2);
    expect(trace.nodes).toMatchObject([{ node: 'copy', opType: 'Identity', runs: 2, inputTypes: ['float'] }]);
  });
});
