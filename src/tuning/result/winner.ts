// Chooses the model that is offered at the end, and proves its speed once more in a process of its own.
import { rename, rm } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { failureRecordOf } from '../../protocol/benchError';
import type { JobContext } from '../../protocol/jobContext';
import type { LatencyRatio } from '../../benchmark/compareLatencies';
import { timesText } from './figureTexts';
import type { TrialMeasure } from '../history';
import { tuningErrors } from '../tuningErrors';
import type { TrialFiles } from '../trials/trialBench';
import type { KeptModel, TuningRun } from '../tuningRun';

/** The model that is offered, and what was found out about others on the way. */
export interface Winner {
  readonly id: number;
  readonly measure: TrialMeasure;
  /** Where the model is for good. */
  readonly path: string;
}

/** How the choice ended: with a winner or without, and what became of the others that were asked. */
export interface Choice {
  readonly winner: Winner | undefined;
  readonly reasons: readonly string[];
}

/** How many of the best are measured once more, beside each other. */
const mostCandidates = 3;

/** Less than this part of the speed of the best is not made up for by another measurement. */
const closeEnough = 0.85;

export interface WinnerParts<Config> {
  readonly run: TuningRun<Config>;
  /** Writes the model of a trial; checks a model in a fresh process. */
  readonly make: (id: number, config: Config) => Promise<TrialFiles>;
  readonly verify: (modelPath: string) => Promise<void>;
  readonly isFastEnough: (comparison: LatencyRatio) => boolean;
  /**
   * Compares models with the given one in a fresh process, all in turns; undefined where speed does not matter, or there
   * is no time.
   */
  readonly compare: ((modelPaths: readonly string[]) => Promise<readonly LatencyRatio[]>) | undefined;
  /** There is no time to make and check models again: only the kept one can win. */
  readonly keptOnly: boolean;
}

/** A candidate on disk, with its speed as a fresh process measured it. */
interface Finalist extends KeptModel {
  readonly latency: LatencyRatio;
}

/**
 * Takes the best acceptable model. Where speed counts, the best few run against each other and the given model in a fresh
 * process: what was measured one by one in the search differs by chance, and the luckiest is not the fastest.
 */
export async function chooseWinner<Config>(parts: WinnerParts<Config>, context: JobContext): Promise<Choice> {
  const { run } = parts;
  const candidates = run.acceptable();
  if (parts.compare === undefined) return offered(candidates, 1, parts, context);
  const enough = (candidates[0]?.measure.latency.ratio ?? 0) * closeEnough;
  const near = candidates.filter(({ measure }) => measure.latency.ratio >= enough).length;
  return offered(candidates, Math.min(near, mostCandidates), parts, context);
}

/** The most accurate trial that is not slower than the given model, where none reached the goal. */
export async function mostAccurate<Config>(
  parts: WinnerParts<Config>,
  context: JobContext,
  remeasure: (files: TrialFiles) => Promise<TrialMeasure>,
): Promise<Choice> {
  return offeredWhole(parts.run.inaccurate(), parts, context, remeasure);
}

/** Takes a trial because a person wants it: the model has to prove that it works, not that it pays. */
export async function chosen<Config>(
  id: number,
  parts: WinnerParts<Config>,
  context: JobContext,
  remeasure: (files: TrialFiles) => Promise<TrialMeasure>,
): Promise<Choice> {
  const measure = parts.run.records.find((record) => record.id === id)?.measure;
  if (measure === undefined || parts.run.configOf(id) === undefined) throw tuningErrors.noTrial(id, context.folder);
  const choice = await offeredWhole([{ id, measure }], { ...parts, isFastEnough: () => true }, context, remeasure);
  if (choice.winner === undefined) throw tuningErrors.notOffered(id, choice.reasons[0] ?? '');
  return choice;
}

/** Takes the first candidate that proves itself, and measures it over all samples where the search had given it up. */
async function offeredWhole<Config>(
  candidates: readonly { readonly id: number; readonly measure: TrialMeasure }[],
  parts: WinnerParts<Config>,
  context: JobContext,
  remeasure: (files: TrialFiles) => Promise<TrialMeasure>,
): Promise<Choice> {
  const { winner, reasons } = await offered(candidates, 1, parts, context);
  if (winner === undefined || winner.measure.isComplete) return { winner, reasons };
  const { path: modelPath, id, measure } = winner;
  const { sizeBytes, latency, latencyMs } = measure;
  const whole = await remeasure({ id, modelPath, folder: context.folder, sizeBytes });
  return { winner: { ...winner, measure: { ...whole, latency, latencyMs } }, reasons };
}

/** Goes down the candidates, the first ones together, then one by one, until one of them proves itself. */
async function offered<Config>(
  candidates: readonly { readonly id: number; readonly measure: TrialMeasure }[],
  together: number,
  parts: WinnerParts<Config>,
  context: JobContext,
): Promise<Choice> {
  const reasons: string[] = [];
  for (let next = 0; next < Math.min(candidates.length, 2 * mostCandidates);) {
    const group = candidates.slice(next, next + (next === 0 ? together : 1));
    next += group.length;
    const finalists = await finalistsOf(group, parts, reasons, context);
    const fast = finalists.filter(({ latency }) => parts.compare === undefined || parts.isFastEnough(latency));
    const fastest = firstOfEqual(fast);
    if (fastest !== undefined && finalists.length > 1) reasons.push(sideBySide(fastest, finalists));
    for (const other of finalists) if (other !== fastest) await parts.run.dismiss(other);
    if (fastest === undefined) continue;
    const { id, measure, latency } = fastest;
    const path = await published(fastest, context.folder);
    const latencyMs = (measure.latencyMs * measure.latency.ratio) / latency.ratio;
    return { winner: { id, measure: { ...measure, latency, latencyMs }, path }, reasons };
  }
  return { winner: undefined, reasons };
}

/** Makes candidates and compares them; those that fail, or are not fast enough after all, leave a reason. */
async function finalistsOf<Config>(
  candidates: readonly { readonly id: number; readonly measure: TrialMeasure }[],
  parts: WinnerParts<Config>,
  reasons: string[],
  context: JobContext,
): Promise<Finalist[]> {
  const made: KeptModel[] = [];
  for (const { id, measure } of candidates) {
    const kept = await filesOf(id, measure, parts).catch((thrown: unknown) => {
      context.signal.throwIfAborted();
      // As in the search: a model that cannot be made, or is none in a fresh process, loses to the next.
      reasons.push(`Trial ${id} could not be offered: ${failureRecordOf(thrown).message}`);
    });
    if (kept !== undefined) made.push(kept);
  }
  if (parts.compare === undefined || made.length === 0) {
    return made.map((kept) => ({ ...kept, latency: kept.measure.latency }));
  }
  const latencies = await parts.compare(made.map(({ modelPath }) => modelPath));
  const finalists = made.flatMap((kept, index) => {
    const latency = latencies[index];
    return latency === undefined ? [] : [{ ...kept, latency }];
  });
  for (const { id, measure, latency } of finalists) {
    if (parts.isFastEnough(latency)) continue;
    reasons.push(
      `Trial ${id} looked ${timesText(measure.latency.ratio)} as fast as float in the search, but a fresh process measured ${timesText(latency.ratio)}, ${latency.verdict}: it is not offered.`,
    );
  }
  return finalists;
}

/** Ratios closer than this are alike. */
const alike = 0.01;

/** Of finalists that are about as fast as the fastest, the one that the search liked best. */
function firstOfEqual(finalists: readonly Finalist[]): Finalist | undefined {
  const highest = Math.max(...finalists.map(({ latency }) => latency.ratio));
  return finalists.find(({ latency }) => latency.ratio >= highest * (1 - alike));
}

function sideBySide(fastest: Finalist, finalists: readonly Finalist[]): string {
  const speeds = finalists.map(({ id, latency }) => `trial ${id} ${timesText(latency.ratio)}`);
  return `Measured side by side in a fresh process (${speeds.join(', ')}), trial ${fastest.id} is taken.`;
}

/** The model of a trial on disk: the kept one's is there, others are made and checked again. */
async function filesOf<Config>(
  id: number,
  measure: TrialMeasure,
  { run, make, verify, keptOnly }: WinnerParts<Config>,
): Promise<KeptModel | undefined> {
  if (run.kept?.id === id) return run.kept;
  if (keptOnly) return undefined;
  const config = run.configOf(id);
  if (config === undefined) return undefined;
  const files = await make(id, config);
  await verify(files.modelPath);
  return { ...files, measure };
}

/** Moves the model, and external data beside it, to the top of the run's folder. */
async function published({ folder }: Pick<TrialFiles, 'folder'>, runFolder: string): Promise<string> {
  await withdraw(runFolder);
  for (const name of readdirSync(folder).sort((a, b) => Number(a === 'model.onnx') - Number(b === 'model.onnx'))) {
    await rename(join(folder, name), join(runFolder, name));
  }
  return join(runFolder, 'model.onnx');
}

/** Removes the model that an earlier session of the run had offered. */
export async function withdraw(runFolder: string): Promise<void> {
  for (const name of ['model.onnx', 'model.onnx.data']) await rm(join(runFolder, name), { force: true });
}
