// The history of an earlier run, for a run that goes on with it: copied into the new run's folder, the old one stays as it is.
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfigText } from '../../config/configText';
import { checkTuningText } from '../../config/tuningFile';
import { readLines } from '../../files/appendLog';
import type { RunSummary } from '../../protocol/runs';
import type { TuneSpec } from '../../protocol/tuning';
import type { Bench } from '../bench';
import { requestErrors } from '../requestErrors';

/** Name of the journal of a tuning in the folder of its run. */
export const historyName = 'history.jsonl';

/** What is known of an earlier run. */
export interface EarlierHistory {
  readonly run: RunSummary;
  /** Trials that ended. */
  readonly trials: number;
  /** Those of them whose model could be measured. */
  readonly measured: ReadonlySet<number>;
  /** Time spent on them. */
  readonly elapsedMs: number;
}

/** The newest run of an optimization that measured something; undefined for none. */
export async function earlierHistory(bench: Bench, id: number): Promise<EarlierHistory | undefined> {
  for (const run of await bench.store.runs('optimization', id)) {
    const history = historyOf(run);
    if (history !== undefined) return history;
  }
  return undefined;
}

/** What the journal of a run says; undefined where there is none, or the given model was not measured yet. */
export function historyOf(run: RunSummary): EarlierHistory | undefined {
  const measured = new Set<number>();
  const ended = new Set<number>();
  let elapsedMs = 0;
  let hasBaseline = false;
  for (const line of readLines(join(run.folder, historyName))) {
    const { type, id, measure, elapsedMs: spent } = (line ?? {}) as Readonly<Record<string, unknown>>;
    if (type === 'baseline') hasBaseline = true;
    if (type !== 'end' || typeof id !== 'number') continue;
    ended.add(id);
    if (measure !== undefined) measured.add(id);
    if (typeof spent === 'number') elapsedMs = Math.max(elapsedMs, spent);
  }
  return hasBaseline ? { run, trials: ended.size, measured, elapsedMs } : undefined;
}

/** Copies a history into the folder of a new run. */
export async function takeHistory({ run }: EarlierHistory, folder: string): Promise<void> {
  await copyFile(join(run.folder, historyName), join(folder, historyName));
}

/** The history that is gone on with. Throws RequestError where there is none. */
export async function historyToGoOnWith(bench: Bench, id: number): Promise<EarlierHistory> {
  const history = await earlierHistory(bench, id);
  if (history !== undefined) return history;
  throw requestErrors.refused(
    'nothing-to-resume',
    `The optimization ${id} has no run that measured something.`,
    'Run it from the beginning.',
  );
}

/** The history of the run that measured a trial. Throws RequestError where there is none. */
export async function historyWithTrial(bench: Bench, id: number, trial: number): Promise<EarlierHistory> {
  const history = await historyToGoOnWith(bench, id);
  if (history.measured.has(trial)) return history;
  throw requestErrors.refused(
    'no-trial',
    `The newest run of the optimization ${id} has no measured trial ${trial}.`,
    'Choose a trial that was measured.',
  );
}

/**
 * The limits of a search that goes on: those of the config; where they are used up already, as much again, since somebody
 * who resumes wants more than what there is.
 */
export function limitsFromHere(
  configPath: string,
  { trials, elapsedMs }: EarlierHistory,
): Pick<TuneSpec, 'maxTrials' | 'timeoutS'> {
  const { config } = checkTuningText(readConfigText(configPath), configPath);
  if (config === undefined) return {};
  const { maxTrials, timeoutS } = config.tuning;
  const spentS = elapsedMs / 1000;
  return {
    ...(trials >= maxTrials ? { maxTrials: trials + maxTrials } : {}),
    ...(timeoutS > 0 && spentS >= timeoutS ? { timeoutS: Math.ceil(spentS) + timeoutS } : {}),
  };
}
