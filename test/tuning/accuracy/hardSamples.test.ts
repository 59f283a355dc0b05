// Which samples are hard for a model, and what another makes of them: models are functions of the sample's number.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDatasetFile } from '../../../src/config/datasetFile';
import type { MetricChoice } from '../../../src/config/tuningConfig';
import type { EngineSession } from '../../../src/runtime/session';
import { AccuracyGoal } from '../../../src/tuning/accuracy/accuracyGoal';
import { cosineDistance, HardSamples } from '../../../src/tuning/accuracy/hardSamples';
import { SampleBatches } from '../../../src/tuning/accuracy/sampleBatches';
import type { TrialConfig } from '../../../src/tuning/contracts';
import { TuningHistory } from '../../../src/tuning/history';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();

/** Sample i holds the number i; its label is 0. */
const loader = folder.write(
  'numbers.mjs',
  `export default ({ count }) => ({
    length: count,
    get: (index) => ({ id: 's' + index, inputs: { x: { dims: [1], data: Float32Array.of(index) } }, annotation: 0 }),
  });`,
);

/** A model with two scores for each sample; counts how often it was opened. */
function sessionOf(scoresOf: (sample: number) => readonly [number, number]): EngineSession {
  return {
    inputs: [{ name: 'x', type: 'float32', dims: ['N', 1] }],
    outputs: [{ name: 'y', type: 'float32', dims: ['N', 2] }],
    run: ({ x }) => {
      const rows = Array.from(x!.data as Float32Array, scoresOf);
      return Promise.resolve({ y: { type: 'float32', dims: [rows.length, 2], data: Float32Array.from(rows.flat()) } });
    },
    close: () => Promise.resolve(),
  };
}

const right: readonly [number, number] = [1, 0];
const wrong: readonly [number, number] = [0, 1];
const config = { ops: {} } as unknown as TrialConfig;
const accuracyMetric: MetricChoice = { name: 'topk', parameters: { k: 1 } };

async function hardSamples(
  model: EngineSession | Error,
  { metric = accuracyMetric, batchSize = 4, path = join(folder.fresh(), 'history.jsonl') } = {},
): Promise<{ probes: HardSamples; opened: () => number; path: string }> {
  const text = `dataset: {custom: {path: ${JSON.stringify(loader)}, count: 10}}\nbatch_size: ${batchSize}\n`;
  const data = await SampleBatches.open(parseDatasetFile(text, join(folder.path, 'DATASET.yaml')), {
    fixedBatch: undefined,
    isShuffled: false,
  });
  const identity = { modelSha256: 'm', configSha256: 'c', engineVersion: '1' };
  const higherIsBetter = metric.name !== 'MSE';
  const goal = new AccuracyGoal({ kind: 'absolute', tolerance: 0.01 }, [{ name: metric.name, higherIsBetter }], [1]);
  let opened = 0;
  const probes = new HardSamples(
    {
      data,
      choices: [metric],
      goal,
      float: sessionOf(() => right),
      history: TuningHistory.open(path, folder.path, identity, true),
      open: () => {
        opened++;
        return model instanceof Error ? Promise.reject(model) : Promise.resolve(model);
      },
    },
    { signal: new AbortController().signal, onProgress: () => undefined, log: () => undefined },
  );
  return { probes, opened: () => opened, path };
}

describe('the hardest samples', () => {
  it('are those the float model judges better, then in order', async () => {
    const { probes } = await hardSamples(sessionOf((sample) => (sample === 3 || sample === 8 ? wrong : right)));
    expect(await probes.hardest(config, 0, 4)).toEqual([3, 8, 0, 1]);
  });

  it('of a metric where less is better are those with more', async () => {
    const model = sessionOf((sample) => (sample === 6 ? [3, 0] : right));
    const { probes } = await hardSamples(model, {
      metric: { name: 'MSE', parameters: { compare_label: false } },
      batchSize: 1,
    });
    expect(await probes.hardest(config, 0, 2)).toEqual([6, 0]);
  });

  it('are taken from the record when they were asked for before', async () => {
    const first = await hardSamples(sessionOf((sample) => (sample === 5 ? wrong : right)));
    await first.probes.hardest(config, 0, 1);
    const second = await hardSamples(new Error('not to be opened'), { path: first.path });
    expect(await second.probes.hardest(config, 0, 1)).toEqual([5]);
    expect([first.opened(), second.opened()]).toEqual([1, 0]);
  });
});

describe('the score of some samples', () => {
  it('is the metric over them alone, whatever the batches', async () => {
    for (const batchSize of [1, 4, 10]) {
      const { probes } = await hardSamples(
        sessionOf((sample) => (sample % 2 === 0 ? wrong : right)),
        { batchSize },
      );
      expect(await probes.score(config, 0, [1, 2, 9, 7])).toBe(0.75);
    }
  });

  it('is worse than any where the model cannot be made', async () => {
    const { probes } = await hardSamples(new Error('refused'));
    expect(await probes.score(config, 0, [1])).toBe(-Infinity);
    expect(await probes.hardest(config, 0, 2)).toEqual([]);
  });
});

describe('cosineDistance', () => {
  const tensor = (...data: number[]): { y: { type: 'float32'; dims: number[]; data: Float32Array } } => ({
    y: { type: 'float32', dims: [1, data.length], data: Float32Array.from(data) },
  });

  it('is 0 for the same direction, 1 for a right angle, 0 where there is no direction', () => {
    expect(cosineDistance(tensor(1, 0), tensor(5, 0))).toBe(0);
    expect(cosineDistance(tensor(1, 0), tensor(0, 2))).toBe(1);
    expect(cosineDistance(tensor(0, 0), tensor(0, 2))).toBe(0);
  });
});
