// Jobs with the real engine: no telemetry files, nothing printed, bombs stopped at the limits.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import { encodeModel } from '../../src/onnx/writeModel';
import { forkJob } from '../../src/processes/forkJob';
import type { JobLimits, JobOutcome } from '../../src/protocol/jobs';
import { bombModel, identityModel } from '../runtime/smallModels';
import { describeShared } from '../support/shared';
import { jobBundle } from './bundle';
import { temporaryFolder } from '../support/temporaryFolder';

const limits: JobLimits = { memoryBytes: 2 ** 30, stallMs: 20_000 };
const bundled = jobBundle('test/fixtures/processes/engineJob.ts');
const { path: base } = temporaryFolder();

function run(modelPath: string, chosen: JobLimits = limits): { folder: string; outcome: Promise<JobOutcome<unknown>> } {
  const folder = mkdtempSync(join(base, 'job-'));
  const spec = { verb: 'evaluate', modelPath, datasetPath: '', dimensions: {}, threads: 1 } as const;
  return { folder, outcome: forkJob<'evaluate'>(spec, { folder, limits: chosen, ...bundled }).outcome };
}

describe('a job that loads a model into the engine', () => {
  it('leaves no trace of telemetry, CI or not, and prints nothing', async () => {
    const saved = { ...process.env };
    const home = join(base, 'home');
    const temporary = join(base, 'temporary');
    mkdirSync(home);
    mkdirSync(temporary);
    const modelPath = join(base, 'copy.onnx');
    writeFileSync(modelPath, encodeModel(identityModel(DataType.float32, [1, 4])));
    try {
      // The engine switches its telemetry off by itself where CI is set: that would hide a fault of ours.
      for (const name of ['CI', 'ORT_DISABLE_TELEMETRY', 'XDG_CACHE_HOME']) Reflect.deleteProperty(process.env, name);
      Object.assign(process.env, { HOME: home, TMPDIR: temporary });
      const { folder, outcome } = run(modelPath);
      expect(await outcome).toEqual({ state: 'success', result: { outputs: ['y'] } });
      expect(readFileSync(join(folder, 'output.log'), 'utf8')).toBe('');
      expect(readdirSync(folder).sort()).toEqual(['events.jsonl', 'job.json', 'output.log', 'result.json']);
    } finally {
      for (const name of ['HOME', 'TMPDIR']) Reflect.deleteProperty(process.env, name);
      Object.assign(process.env, saved);
    }
    expect(readdirSync(home)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe('a small file that needs gigabytes to run', () => {
  it('is stopped at the memory limit, and named', async () => {
    const modelPath = join(base, 'bomb.onnx');
    writeFileSync(modelPath, encodeModel(bombModel()));
    const outcome = await run(modelPath).outcome;
    expect(outcome).toMatchObject({ failure: { code: 'job-memory-limit', message: /ing bomb\.onnx: it used \d+ MB/ } });
  });
});

describeShared('hostile models in a job', (shared) => {
  const hostile = join(shared, 'data/hostile');

  it('a model that never ends is stopped when it makes no progress', async () => {
    const outcome = await run(join(hostile, 'loop_very_long.onnx'), { ...limits, stallMs: 1_000 }).outcome;
    expect(outcome).toMatchObject({ failure: { code: 'job-stalled', message: /while running loop_very_long\.onnx/ } });
  });

  it('no file of the collection crashes the process or hangs it', async () => {
    const names = readdirSync(hostile).filter((name) => name.endsWith('.onnx'));
    for (const name of names.filter((file) => file !== 'loop_very_long.onnx')) {
      const outcome = await run(join(hostile, name)).outcome;
      if (outcome.state === 'success') continue;
      expect(outcome.state, name).toBe('error');
      // A system that promises any memory lets the largest of them run into the limit.
      if (outcome.state === 'error') expect(outcome.failure.code, name).toMatch(/^(model|engine|file|job-memory)-/);
    }
  });
});
