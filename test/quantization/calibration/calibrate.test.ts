// Calibration on an engine made of a few lines: what is measured, in how many passes, and what happens to odd data.
import { describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../../src/config/recipe';
import type { CalibrationSettings } from '../../../src/config/recipe';
import type { Batch } from '../../../src/data/contracts';
import type { ModelProto, NodeProto } from '../../../src/onnx/messages';
import type { Tensor } from '../../../src/onnx/tensor';
import { calibrate } from '../../../src/quantization/calibration/calibrate';
import type { Calibration } from '../../../src/quantization/calibration/calibrate';
import type { Progress } from '../../../src/protocol/progress';
import { runtimeErrors } from '../../../src/runtime/runtimeErrors';
import type { EngineSession } from '../../../src/runtime/session';
import { node, smallModel } from '../rewritingModels';

/** x → Relu → r, x → Mul(2) … as `double`, both [batch, 2, 2, 2]. */
const model = smallModel({
  nodes: [node('Relu', ['x'], 'r'), node('Add', ['x', 'x'], 'double')],
  inputs: { x: ['batch', 2, 2, 2] },
  outputs: ['r', 'double'],
});

type Operator = (input: Float32Array, dims: readonly number[]) => { data: Float32Array; dims: readonly number[] };

const single = (value: number, dims: readonly number[]): ReturnType<Operator> => ({
  data: Float32Array.of(value),
  dims: dims.map(() => 1),
});

/** What the operators of the model, and those calibration adds, compute. */
const operators: Readonly<Record<string, Operator>> = {
  Relu: (input, dims) => ({ data: input.map((value) => Math.max(value, 0)), dims }),
  Add: (input, dims) => ({ data: input.map((value) => value + value), dims }),
  ReduceMax: (input, dims) =>
    single(
      input.reduce((a, b) => Math.max(a, b)),
      dims,
    ),
  ReduceMin: (input, dims) =>
    single(
      input.reduce((a, b) => Math.min(a, b)),
      dims,
    ),
  GlobalMaxPool: (input, dims) => {
    const size = (dims[2] ?? 1) * (dims[3] ?? 1);
    const rows = Array.from({ length: input.length / size }, (_, row) => input.subarray(row * size, (row + 1) * size));
    return {
      data: Float32Array.from(rows, (row) => row.reduce((a, b) => Math.max(a, b))),
      dims: [...dims.slice(0, 2), 1, 1],
    };
  },
};

function evaluate(
  proto: ModelProto,
  name: string,
  feeds: Readonly<Record<string, Tensor>>,
): { data: Float32Array; dims: readonly number[] } {
  const fed = feeds[name];
  if (fed !== undefined) return { data: fed.data as Float32Array, dims: fed.dims };
  const maker = proto.graph?.node.find((one: NodeProto) => one.output.includes(name));
  const inputs = (maker?.input ?? []).map((input) => evaluate(proto, input, feeds));
  const [first = { data: new Float32Array(), dims: [] }] = inputs;
  if (maker?.opType === 'Concat') return joined(inputs);
  return operators[maker?.opType ?? '']?.(first.data, first.dims) ?? first;
}

/** Joined along the second axis for each row of the first where there are several, else end to end. */
function joined(inputs: readonly { data: Float32Array; dims: readonly number[] }[]): {
  data: Float32Array;
  dims: readonly number[];
} {
  const rows = inputs[0]?.dims[0] ?? 1;
  const data: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (const input of inputs)
      data.push(...input.data.subarray((row * input.data.length) / rows, ((row + 1) * input.data.length) / rows));
  }
  return { data: Float32Array.from(data), dims: [rows, data.length / rows] };
}

class FakeEngine {
  opened = 0;
  closed = 0;
  /** Outputs of each session. */
  readonly outputs: string[][] = [];

  /** `onReduce` is called before each reducing run and may throw. */
  constructor(private readonly onReduce: () => void = () => undefined) {}

  readonly open = (proto: ModelProto): Promise<EngineSession> => {
    this.opened++;
    const names = (proto.graph?.output ?? []).map(({ name }) => name);
    this.outputs.push(names);
    const isReducing = names.some((name) => name.startsWith('calibration_'));
    return Promise.resolve({
      inputs: [{ name: 'x', type: 'float32', dims: ['batch', 2, 2, 2] }],
      outputs: [],
      run: async (feeds) => {
        await Promise.resolve();
        if (isReducing) this.onReduce();
        const values = names.map(
          (name) => [name, { type: 'float32' as const, ...evaluate(proto, name, feeds) }] as const,
        );
        return Object.fromEntries(values);
      },
      close: () => {
        this.closed++;
        return Promise.resolve();
      },
    });
  };
}

const samples = Array.from({ length: 12 }, (_, index) =>
  Float32Array.from({ length: 8 }, (_unused, element) => Math.sin(index * 8 + element) * (index + 1)),
);

interface Run {
  readonly settings?: Partial<CalibrationSettings>;
  readonly batchSize?: number;
  readonly engine?: FakeEngine;
  readonly data?: readonly Float32Array[];
  readonly signal?: AbortSignal;
  readonly progress?: Progress[];
}

function run({
  settings,
  batchSize = 1,
  engine = new FakeEngine(),
  data = samples,
  signal,
  progress,
}: Run): Promise<Calibration> {
  async function* batches(): AsyncGenerator<Batch> {
    for (let start = 0; start < data.length; start += batchSize) {
      const items = data.slice(start, start + batchSize);
      const values = Float32Array.from(items.flatMap((item) => [...item]));
      const x: Tensor = { type: 'float32', dims: [items.length, 2, 2, 2], data: values };
      yield await Promise.resolve({
        ids: items.map((_, index) => String(start + index)),
        inputs: { x },
        annotations: [],
      });
    }
  }
  return calibrate(
    {
      model,
      tensors: ['x', 'r', 'double'],
      settings: { ...defaultRecipe.calibration, ...settings },
      expectedSamples: data.length,
      batches,
      open: engine.open,
    },
    { signal: signal ?? new AbortController().signal, onProgress: (report) => progress?.push(report) },
  );
}

const all = samples.flatMap((sample) => [...sample]);
const smallest = Math.min(...all);
const largest = Math.max(...all);

describe('minmax', () => {
  it.each([1, 5, 12])('finds smallest and largest values in batches of %d', async (batchSize) => {
    const { ranges, samples: count, notes } = await run({ batchSize });
    expect(Object.fromEntries(ranges)).toEqual({
      x: { min: smallest, max: largest },
      // What Relu gives is never negative: its minimum is not looked at, since every range holds 0.
      r: { min: 0, max: largest },
      double: { min: 2 * smallest, max: 2 * largest },
    });
    expect([count, notes]).toEqual([12, []]);
  });

  it('fetches one vector for each shape of reduction, not the tensors, and closes what it opens', async () => {
    const engine = new FakeEngine();
    await run({ engine });
    expect(engine.outputs).toEqual([['calibration_rank4', 'calibration_pooled_batch']]);
    expect(engine.closed).toBe(engine.opened);
  });

  it('reports each sample', async () => {
    const progress: Progress[] = [];
    await run({ progress, batchSize: 5 });
    expect(progress).toEqual(
      [5, 10, 12].map((done) => ({ phase: 'measuring ranges', done, total: 12, unit: 'samples' })),
    );
  });
});

describe('odd data', () => {
  const odd = [Float32Array.of(1, 2, NaN, 3, -4, Infinity, 0, 0), ...samples.slice(0, 2)];

  it('counts finite values only, and says so', async () => {
    const { ranges, notes } = await run({ data: odd });
    expect(ranges.get('x')).toEqual({ min: -4, max: 3 });
    expect(ranges.get('double')).toEqual({ min: -8, max: 6 });
    expect(notes).toHaveLength(3);
    expect(notes[0]).toBe('"x" held NaN or infinite values in some samples; they were left out of its range.');
  });

  it('leaves them out of histograms as well', async () => {
    const { ranges } = await run({ data: odd, settings: { method: 'percentile', percentile: 100 } });
    expect(ranges.get('x')?.min).toBeCloseTo(-4, 1);
    expect(ranges.get('x')?.max).toBe(3);
  });

  it('gives no range to a tensor without any finite value', async () => {
    const { ranges } = await run({ data: [new Float32Array(8).fill(NaN)] });
    expect([...ranges.keys()]).toEqual([]);
  });

  it('is measured here where the engine cannot reduce it', async () => {
    const engine = new FakeEngine(() => {
      throw runtimeErrors.run('m', 'no elements', undefined, undefined);
    });
    const { ranges } = await run({ engine });
    expect(ranges.get('double')).toEqual({ min: 2 * smallest, max: 2 * largest });
    expect(engine.closed).toBe(engine.opened);
  });

  it('that is empty is an error with a next step', async () => {
    await expect(run({ data: [] })).rejects.toMatchObject({
      code: 'quantize-no-samples',
      nextStep: /--approach dynamic/,
    });
  });

  it('ends between two samples when it is cancelled', async () => {
    const stop = new AbortController();
    const progress: Progress[] = [];
    const engine = new FakeEngine(() => {
      if (progress.length === 3) stop.abort();
    });
    await expect(run({ signal: stop.signal, progress, engine })).rejects.toThrow(/abort/i);
    // The run that is under way then is waited for, and not looked at.
    expect(progress).toHaveLength(3);
    expect(engine.closed).toBe(engine.opened);
  });
});

describe('percentile and entropy', () => {
  it('go over the samples a second time, with all tensors but the inputs fetched', async () => {
    const engine = new FakeEngine();
    const progress: Progress[] = [];
    await run({ engine, progress, settings: { method: 'percentile' } });
    expect(engine.outputs[1]).toEqual(['r', 'double']);
    expect(new Set(progress.map(({ phase }) => phase))).toEqual(new Set(['measuring ranges', 'counting values']));
    expect(progress).toHaveLength(24);
    expect(engine.closed).toBe(engine.opened);
  });

  it('never leave the observed range', async () => {
    for (const method of ['percentile', 'entropy'] as const) {
      const { ranges } = await run({ settings: { method, percentile: 90 } });
      expect(ranges.get('x')?.min).toBeGreaterThanOrEqual(smallest);
      expect(ranges.get('x')?.max).toBeLessThanOrEqual(largest);
    }
    const { ranges } = await run({ settings: { method: 'percentile', percentile: 90 } });
    expect(ranges.get('x')?.max).toBeLessThan(largest * 0.9);
  });

  it('do not depend on the batch size', async () => {
    for (const method of ['percentile', 'entropy'] as const) {
      const settings = { method, percentile: 93.7, bins: 64, entropyLevels: 16 };
      expect((await run({ settings, batchSize: 5 })).ranges).toEqual((await run({ settings })).ranges);
    }
  });
});
