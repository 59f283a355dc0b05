// A run of an optimization that goes on with what an earlier one found out, and a trial that is taken by hand.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Bench } from '../../src/bench/bench';
import { openBench } from '../../src/bench/openBench';
import { toldTrials } from '../../src/bench/optimization/toldTrials';
import { readResult } from '../../src/bench/runs/runViews';
import type { RunSummary } from '../../src/protocol/runs';
import type { TuneResult } from '../../src/protocol/tuning';
import { queueBundles } from '../processes/bundle';
import { call, follow } from '../support/benchCalls';
import type { Followed } from '../support/benchCalls';
import { failureOf } from '../support/failureOf';
import { mnistProject } from '../support/mnistBench';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
const bundles = queueBundles();
let bench: Bench;
let id: number;
let requests = 0;

beforeAll(async () => {
  bench = await openBench(place.path, bundles);
  const { projectId, datasetId } = await mnistProject(bench);
  id = await added(projectId, datasetId);
});
afterAll(() => bench[Symbol.asyncDispose]());

/** Of two trials at most, which take a second. */
async function added(projectId: number, datasetId: number): Promise<number> {
  const made = await call(bench, 'optimization/add', {
    project_id: projectId,
    name: 'digits',
    dataset_id: datasetId,
    optimization_type_id: 1,
    precision_id: 3,
    sampling_size: 10,
    objective: 'modelsize',
    exit_policy: { max_trials: 2 },
  });
  const path = String((await call(bench, 'optimization', { id: made['optimization_id'] }))['config_path']);
  const config = parse(readFileSync(path, 'utf8')) as { evaluation: { accuracy: object }; tuning: object };
  const evaluation = {
    accuracy: { ...config.evaluation.accuracy, iteration: 60 },
    performance: { warmup: 0, iteration: 6 },
  };
  writeFileSync(
    path,
    stringify({
      ...config,
      evaluation,
      tuning: { ...config.tuning, objective: 'modelsize', strategy: { name: 'random' } },
    }),
  );
  return Number(made['optimization_id']);
}

function execute(more: object = {}): Promise<Followed> {
  return follow(bench, 'optimization/execute', { request_id: `run ${++requests}`, optimization_id: id, ...more });
}

async function newest(): Promise<{ readonly run: RunSummary; readonly result: TuneResult }> {
  const [run] = await bench.store.runs('optimization', id);
  if (run === undefined) throw new Error('it never ran');
  return { run, result: readResult(run.folder) as unknown as TuneResult };
}

/** Figures of trials that do not depend on the clock. */
function measured({ trials }: TuneResult): readonly object[] {
  return trials.map(({ id: trial, change, accuracy, sizeBytes }) => ({ trial, change, accuracy, sizeBytes }));
}

describe('an optimization that goes on', () => {
  it('is refused before anything was measured', async () => {
    expect((await failureOf(execute({ mode: 'resume' }))).code).toBe('request-nothing-to-resume');
    expect((await failureOf(execute({ trial: 1 }))).code).toBe('request-nothing-to-resume');
    expect(await bench.store.runs('optimization', id)).toEqual([]);
  });

  it('begins with the trials of the earlier run and makes as many again where they were all that was allowed', async () => {
    await execute();
    const first = await newest();
    expect(first.result).toMatchObject({ stoppedBy: 'max_trials' });
    await execute({ mode: 'resume' });
    const second = await newest();
    expect(second.run.name).not.toBe(first.run.name);
    expect(measured(second.result).slice(0, 3)).toEqual(measured(first.result));
    expect(second.result.trials.length).toBeGreaterThan(3);
    expect(second.result.trials.length).toBeLessThanOrEqual(5);
  });

  it('takes the trial that a person chooses, makes its model and registers it', async () => {
    const before = await newest();
    const other = before.result.trials.find(
      ({ id: trial, error }) => trial > 0 && error === undefined && trial !== before.result.best.trial,
    );
    if (other === undefined) throw new Error('one trial alone was measured');
    await execute({ trial: other.id });
    const { run, result } = await newest();
    expect(result).toMatchObject({
      stoppedBy: 'choice',
      best: { trial: other.id, accuracy: expect.any(Number) as number },
    });
    expect(measured(result)).toEqual(measured(before.result));
    expect(result.reasons.join(' ')).toContain('chosen by hand');
    expect(result.trials.find((row) => row.id === other.id)?.verdict).toMatch(/^taken by hand/);
    // Nothing was tried, so nobody hears of trials.
    expect(toldTrials(run.folder)).toEqual([]);
    expect(existsSync(join(run.folder, 'model.onnx'))).toBe(true);
    const optimization = await bench.get('optimization', id);
    const model = await bench.get('model', optimization.optimizedModelId ?? 0);
    expect(model.madeBy).toEqual({ optimizationId: id, run: run.name });
  });

  it('refuses a trial that was never measured, and leaves no run behind', async () => {
    const before = await bench.store.runs('optimization', id);
    expect((await failureOf(execute({ trial: 99 }))).code).toBe('request-no-trial');
    expect((await bench.store.runs('optimization', id)).length).toBe(before.length);
  });
});
