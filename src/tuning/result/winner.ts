// Chooses the model that is offered at the end, and proves its speed once more in a process of its own.
import { rename, rm } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { failureRecordOf } from '../../protocol/benchError';
import type { JobContext } from '../../protocol/jobContext';
import type { Comparison } from '../../protocol/jobs';
import { timesText } from './figureTexts';
import type { TrialMeasure } from '../history';
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

/** How many candidates are measured once more before the given model wins. */
const mostCandidates = 3;

export interface WinnerParts<Config> {
  readonly run: TuningRun<Config>;
  /** Writes the model of a trial; checks a model in a fresh process. */
  readonly make: (id: number, config: Config) => Promise<TrialFiles>;
  readonly verify: (modelPath: string) => Promise<void>;
  readonly isFastEnough: (comparison: Comparison) => boolean;
  /** Compares a model with the given one in a fresh process; undefined where speed does not matter, or there is no time. */
  readonly compare: ((modelPath: string) => Promise<Comparison>) | undefined;
  /** There is no time to make and check models again: only the kept one can win. */
  readonly keptOnly: boolean;
}

/** Takes the best acceptable model that stays faster in a fresh process. */
export async function chooseWinner<Config>(parts: WinnerParts<Config>, context: JobContext): Promise<Choice> {
  const { run, compare } = parts;
  const reasons: string[] = [];
  for (const { id, measure } of run.acceptable().slice(0, mostCandidates)) {
    const kept = await filesOf(id, measure, parts).catch((thrown: unknown) => {
      context.signal.throwIfAborted();
      // As in the search: a model that cannot be made, or is none in a fresh process, loses to the next.
      reasons.push(`Trial ${id} could not be offered: ${failureRecordOf(thrown).message}`);
    });
    if (kept === undefined) continue;
    const comparison = compare === undefined ? undefined : await compare(kept.modelPath);
    if (comparison !== undefined && !parts.isFastEnough(comparison)) {
      reasons.push(
        `Trial ${id} looked ${timesText(measure.latency.ratio)} as fast as float in the search, but a fresh process measured ${timesText(comparison.ratio)}, ${comparison.verdict}: it is not offered.`,
      );
      await run.dismiss(kept);
      continue;
    }
    const path = await published(kept, context.folder);
    const latency = comparison ?? measure.latency;
    const latencyMs = (measure.latencyMs * measure.latency.ratio) / latency.ratio;
    return { winner: { id, measure: { ...measure, latency, latencyMs }, path }, reasons };
  }
  return { winner: undefined, reasons };
}

/** The most accurate trial of all, where none reached the goal. */
export async function mostAccurate<Config>(
  { run, make, verify }: WinnerParts<Config>,
  context: JobContext,
  remeasure: (files: TrialFiles) => Promise<TrialMeasure>,
): Promise<Winner | undefined> {
  const measured = run.records.filter((record) => record.measure !== undefined);
  const [best] = measured.sort((a, b) => (b.measure?.gain ?? 0) - (a.measure?.gain ?? 0));
  const config = best === undefined ? undefined : run.configOf(best.id);
  if (best?.measure === undefined || config === undefined) return undefined;
  const files = await make(best.id, config);
  await verify(files.modelPath);
  const measure = best.measure.isComplete ? best.measure : await remeasure(files);
  const path = await published(files, context.folder);
  return { id: best.id, measure, path };
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
