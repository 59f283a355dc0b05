// Which model is offered at the end, and what becomes of those that fail their last test.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JobContext } from '../../../src/protocol/jobContext';
import type { TrialMeasure } from '../../../src/tuning/history';
import { chooseWinner, mostAccurate } from '../../../src/tuning/result/winner';
import type { Choice, WinnerParts } from '../../../src/tuning/result/winner';
import { latencyOf, measureOf } from '../measures';
import { inaccurate, play, speed, trialsOf } from '../playRun';
import type { Config, Played } from '../playRun';

/** What fresh processes say of a model, by name; without a ratio it is what the search said. */
interface Fresh {
  readonly ratios?: Readonly<Record<string, number>>;
  readonly unverified?: readonly string[];
  readonly keptOnly?: boolean;
  readonly ignoresSpeed?: boolean;
}

function partsOf(
  played: Played,
  { ratios = {}, unverified = [], keptOnly = false, ignoresSpeed = false }: Fresh,
): WinnerParts<Config> {
  const nameOf = (path: string): string => readFileSync(path, 'utf8');
  return {
    run: played.run,
    make: (id, { name }) => {
      const folder = join(played.folder, 'trials', String(id));
      mkdirSync(folder, { recursive: true });
      const modelPath = join(folder, 'model.onnx');
      writeFileSync(modelPath, name);
      writeFileSync(join(folder, 'model.onnx.data'), `${name} data`);
      return Promise.resolve({ id, folder, modelPath, sizeBytes: 1 });
    },
    verify: (path) => (unverified.includes(nameOf(path)) ? Promise.reject(new Error('no model')) : Promise.resolve()),
    isFastEnough: ({ verdict }) => verdict === 'faster',
    compare: ignoresSpeed
      ? undefined
      : (paths) => Promise.resolve(paths.map((path) => latencyOf(ratios[nameOf(path)] ?? 2))),
    keptOnly,
  };
}

function contextOf({ folder }: Played): JobContext {
  const { signal } = new AbortController();
  return { folder, signal, onProgress: () => undefined, log: () => undefined };
}

async function chosen(
  measures: Readonly<Record<string, Partial<TrialMeasure>>>,
  fresh: Fresh = {},
): Promise<Played & Choice> {
  const played = await play(Object.keys(measures), { measures });
  return { ...played, ...(await chooseWinner(partsOf(played, fresh), contextOf(played))) };
}

describe('chooseWinner', () => {
  it('offers the fastest, at its place, with the speed of a fresh process', async () => {
    const { winner, reasons, folder } = await chosen({ a: speed(1.5), b: speed(2) }, { ratios: { b: 1.6 } });
    expect(winner).toMatchObject({
      id: 2,
      path: join(folder, 'model.onnx'),
      measure: { latency: latencyOf(1.6) },
    });
    expect(reasons).toEqual([]);
    // 5 ms at twice the speed are 6.25 at 1.6 times.
    expect(winner?.measure.latencyMs).toBeCloseTo(6.25);
    expect(readFileSync(join(folder, 'model.onnx'), 'utf8')).toBe('b');
  });

  it('offers the next where the fastest was so by chance, with data beside it, and says why', async () => {
    const { winner, reasons, folder } = await chosen({ a: speed(1.5), b: speed(2) }, { ratios: { b: 1.01 } });
    expect(winner?.id).toBe(1);
    expect(reasons).toEqual([
      'Trial 2 looked 2.00× as fast as float in the search, but a fresh process measured 1.01×, within the noise: it is not offered.',
    ]);
    expect(readFileSync(join(folder, 'model.onnx'), 'utf8')).toBe('a');
    expect(readFileSync(join(folder, 'model.onnx.data'), 'utf8')).toBe('a data');
  });

  it('takes of finalists that are alike the one that the search liked best, and says so', async () => {
    const { winner, reasons } = await chosen({ a: speed(1.9), b: speed(2) }, { ratios: { a: 2.01, b: 2.0 } });
    expect(winner?.id).toBe(2);
    expect(reasons).toEqual([
      'Measured side by side in a fresh process (trial 2 2.00×, trial 1 2.01×), trial 2 is taken.',
    ]);
  });

  it('goes on to the next where a model does not pass the check', async () => {
    const measures = { a: speed(1.5), b: speed(1.7), c: speed(2) };
    const { winner, reasons } = await chosen(measures, { ratios: { c: 1 }, unverified: ['b'] });
    expect(winner?.id).toBe(1);
    expect(reasons[0]).toMatch(/^Trial 2 could not be offered: .*no model/);
    expect(reasons[1]).toMatch(/^Trial 3 looked 2\.00×/);
  });

  it('offers none where all fail, or none is acceptable', async () => {
    const measures = { a: speed(1.5), b: speed(1.7), c: speed(1.8), d: speed(2) };
    const slow = await chosen(measures, { ratios: { a: 1, b: 1, c: 1, d: 1 } });
    expect(slow.winner).toBeUndefined();
    expect(slow.reasons).toHaveLength(4);
    expect(existsSync(join(slow.folder, 'model.onnx'))).toBe(false);
    expect(trialsOf(slow)).toEqual([]);
    expect((await chosen({ a: inaccurate(-1) })).winner).toBeUndefined();
  });

  it('compares nothing where speed does not matter, and makes nothing where there is no time', async () => {
    expect((await chosen({ a: speed(2) }, { ignoresSpeed: true, ratios: { a: 1 } })).winner?.measure).toEqual(
      measureOf(speed(2)),
    );
    const stopped = await play(['a', 'b'], { measures: { a: speed(1.5), b: speed(2) } });
    await stopped.run.dismiss(stopped.run.kept!);
    const choice = await chooseWinner(partsOf(stopped, { keptOnly: true }), contextOf(stopped));
    expect(choice.winner).toBeUndefined();
  });
});

describe('mostAccurate', () => {
  it('offers the trial that lost least, measured over all samples', async () => {
    const measures = { a: inaccurate(-0.3), b: { ...inaccurate(-0.1), isComplete: false }, c: inaccurate(-0.2) };
    const played = await play(['a', 'b', 'c'], { measures });
    const whole = measureOf(inaccurate(-0.12));
    const { winner } = await mostAccurate(partsOf(played, {}), contextOf(played), () => Promise.resolve(whole));
    expect(winner).toMatchObject({ id: 2, measure: { gain: -0.12 } });
    expect(readFileSync(join(played.folder, 'model.onnx'), 'utf8')).toBe('b');
  });

  it('offers none where nothing could be measured', async () => {
    const played = await play(['a'], { unmakable: ['a'] });
    const choice = await mostAccurate(partsOf(played, {}), contextOf(played), () => Promise.reject(new Error()));
    expect(choice.winner).toBeUndefined();
  });

  it('offers no model that is slower than the given one, however accurate', async () => {
    const measures = { a: { ...inaccurate(-0.1), latency: latencyOf(0.8) }, b: inaccurate(-0.3) };
    const played = await play(['a', 'b'], { measures });
    const { winner } = await mostAccurate(partsOf(played, {}), contextOf(played), () => Promise.reject(new Error()));
    expect(winner?.id).toBe(2);
  });
});
