// Runs of a tuning on parts that tests make up.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Objective } from '../../src/config/tuningConfig';
import type { JobContext } from '../../src/protocol/jobContext';
import type { StoppedBy, TrialRow } from '../../src/protocol/tuning';
import { AccuracyGoal } from '../../src/tuning/accuracy/accuracyGoal';
import type { TrialOutcome, TrialRequest } from '../../src/tuning/contracts';
import { TuningHistory } from '../../src/tuning/history';
import type { RunIdentity, TrialMeasure } from '../../src/tuning/history';
import { Ranking } from '../../src/tuning/result/ranking';
import { TuningRun } from '../../src/tuning/tuningRun';
import type { RunParts } from '../../src/tuning/tuningRun';
import { temporaryFolder } from '../support/temporaryFolder';
import { latencyOf, measureOf } from './measures';

const folder = temporaryFolder();
const float = measureOf({ latencyMs: 10, latency: latencyOf(1), sizeBytes: 1000 });
const goal = new AccuracyGoal({ kind: 'absolute', tolerance: 0.01 }, [{ name: 'topk', higherIsBetter: true }], [0.8]);

export const identity: RunIdentity = { modelSha256: '', configSha256: '', engineVersion: '' };

/** What a trial is, and what comes of it. */
export interface Config {
  readonly name: string;
}

export type Asked = TrialOutcome<Config>;

/** How the models of a run turn out, by name; what is missing is `measureOf()`. */
export interface World {
  readonly measures?: Readonly<Record<string, Partial<TrialMeasure>>>;
  /** Fail while they are made, measured, or checked in a fresh process. */
  readonly unmakable?: readonly string[];
  readonly unmeasurable?: readonly string[];
  readonly unverified?: readonly string[];
  readonly parts?: Partial<RunParts<Config>>;
  readonly objective?: Objective['name'];
  /** A run that is gone on with. */
  readonly resumed?: string;
}

export interface Played {
  readonly run: TuningRun<Config>;
  readonly stoppedBy: StoppedBy;
  readonly outcomes: readonly Asked[];
  readonly rows: readonly TrialRow[];
  /** Names of the models that were made, measured, and checked. */
  readonly made: string[];
  readonly measured: string[];
  readonly verified: string[];
  readonly logged: string[];
  readonly folder: string;
}

let runs = 0;

/** Asks for the configurations by these names, one after another. */
export async function play(names: readonly string[], world: World = {}): Promise<Played> {
  const runFolder = world.resumed ?? join(folder.path, `run ${++runs}`);
  mkdirSync(runFolder, { recursive: true });
  const history = TuningHistory.open(
    join(runFolder, 'history.jsonl'),
    runFolder,
    identity,
    world.resumed !== undefined,
  );
  const [made, measured, verified, logged]: string[][] = [[], [], [], []];
  const rows: TrialRow[] = [];
  const outcomes: Asked[] = [];
  const nameOf = new Map<string, string>();
  const refuse = (names_: readonly string[] | undefined, name: string, word: string): void => {
    if (names_?.includes(name) === true) throw new Error(`${name} is not ${word}`);
  };
  const parts: RunParts<Config> = {
    history,
    goal,
    ranking: new Ranking([{ name: world.objective ?? 'performance', weight: 1, higherIsBetter: false }], float),
    performanceOnly: false,
    maxTrials: 100,
    batchSize: 1,
    budget: { signal: new AbortController().signal, stoppedBy: () => 'timeout' },
    make: (id, { name }) => {
      made!.push(name);
      refuse(world.unmakable, name, 'made');
      const trial = join(runFolder, 'trials', String(id));
      mkdirSync(trial, { recursive: true });
      const modelPath = join(trial, 'model.onnx');
      writeFileSync(modelPath, name);
      nameOf.set(modelPath, name);
      return Promise.resolve({ id, folder: trial, modelPath, sizeBytes: 1 });
    },
    measure: ({ modelPath }) => {
      const name = nameOf.get(modelPath) ?? '';
      measured!.push(name);
      refuse(world.unmeasurable, name, 'measured');
      return Promise.resolve(measureOf(world.measures?.[name]));
    },
    verify: (modelPath) => {
      const name = nameOf.get(modelPath) ?? '';
      verified!.push(name);
      refuse(world.unverified, name, 'verified');
      return Promise.resolve();
    },
    onTrial: (row) => void rows.push(row),
    ...world.parts,
  };
  const context = { log: (line: string) => void logged!.push(line) } as unknown as JobContext;
  const run = new TuningRun<Config>(parts, context);
  const stoppedBy = await run.run(strategy(names, outcomes));
  return {
    run,
    stoppedBy,
    outcomes,
    rows,
    made: made!,
    measured: measured!,
    verified: verified!,
    logged: logged!,
    folder: runFolder,
  };
}

async function* strategy(
  names: readonly string[],
  outcomes: Asked[],
): AsyncGenerator<TrialRequest<Config>, void, Asked> {
  for (const name of names) outcomes.push(yield { config: { name }, change: `try ${name}` });
  await Promise.resolve();
}

/** A model that is `ratio` times as fast as the float one. */
export const speed = (ratio: number, more: Partial<TrialMeasure> = {}): Partial<TrialMeasure> => ({
  latency: latencyOf(ratio),
  latencyMs: 10 / ratio,
  ...more,
});
/** One that gains this, which is too little. */
export const inaccurate = (gain: number): Partial<TrialMeasure> => ({ meetsGoal: false, gain, values: [0.8 + gain] });
/** The folders of trials that are left. */
export const trialsOf = (played: Played): string[] => {
  const path = join(played.folder, 'trials');
  return existsSync(path) ? readdirSync(path).sort() : [];
};
