// The account of a tuning: which model won, by how much, what it cost, and why others lost.
import { machineFacts } from '../../benchmark/machineFacts';
import type { TrialRow, TuneGoal, TuneResult } from '../../protocol/tuning';
import { environmentOf } from '../../runtime/environment';
import type { AccuracyGoal } from '../accuracy/accuracyGoal';
import { differenceText, figureText, percentText, sizeText, speedText } from './figureTexts';
import type { BaselineRecord } from '../history';
import type { TuningSession } from '../tuningSession';
import type { Conclusion } from './conclusion';

export interface ResultParts {
  readonly session: TuningSession;
  readonly goal: AccuracyGoal;
  readonly float: BaselineRecord;
  /** The float model's first. */
  readonly trials: readonly TrialRow[];
  /** No trial that could be measured keeps enough accuracy. */
  readonly isGoalMissed: boolean;
  readonly conclusion: Conclusion;
  /** Accuracy was measured on samples that are made up. */
  readonly isRandomData: boolean;
  readonly configSha256: string;
  readonly ms: number;
}

/** The row of the model that was given. */
export function floatRow(float: BaselineRecord, goal: AccuracyGoal, batchSize: number): TrialRow {
  return {
    id: 0,
    change: 'the given model',
    accuracy: goal.figure(float.values),
    samples: float.samples,
    latencyMs: float.latencyMs,
    sizeBytes: float.sizeBytes,
    throughput: (1000 * batchSize) / float.latencyMs,
    footprintBytes: float.footprintBytes ?? null,
    speedup: 1,
    meetsGoal: goal.meets(float.values),
    isKept: false,
    outcome: 'given',
    verdict: 'baseline',
  };
}

export function tuneResult(parts: ResultParts): TuneResult {
  const { session, goal, float, trials, conclusion } = parts;
  const { config, spec } = session;
  return {
    baseline: { accuracy: goal.figure(float.values), latencyMs: float.latencyMs, sizeBytes: float.sizeBytes },
    goal: goalOf(parts),
    strategy: config.tuning.strategy,
    trials,
    best: bestOf(parts),
    stoppedBy: conclusion.stoppedBy,
    reasons: [...reasonsOf(parts), ...conclusion.reasons, ...conclusion.findings],
    notes: conclusion.notes,
    samples: float.samples,
    isRandomData: parts.isRandomData,
    seed: config.tuning.randomSeed,
    modelSha256: session.modelSha256,
    configSha256: parts.configSha256,
    environment: environmentOf(session.threads),
    machine: machineFacts(),
    ms: parts.ms,
    config: spec.configPath,
    model: config.model.name,
  };
}

function goalOf({ goal, session }: ResultParts): TuneGoal {
  const { criterion, metrics, higherIsBetter, target } = goal;
  return {
    metric: metrics.map(({ name }) => name).join(' + '),
    criterion: criterion.kind,
    tolerance: criterion.tolerance,
    higherIsBetter,
    target,
    objective: session.config.tuning.objectives.map(({ name }) => name).join(' + '),
  };
}

function bestOf({ conclusion, goal, float, session }: ResultParts): TuneResult['best'] {
  const { winner } = conclusion;
  if (winner === undefined) {
    const { latencyMs, sizeBytes } = float;
    const accuracy = goal.figure(float.values);
    // A goal that asks for an improvement is not met by staying the same.
    const meetsGoal = goal.meets(float.values);
    return { trial: 0, path: session.modelPath, accuracy, latencyMs, sizeBytes, meetsGoal, speedup: 1 };
  }
  const { id, path, measure } = winner;
  return {
    trial: id,
    path,
    accuracy: goal.figure(measure.values),
    latencyMs: measure.latencyMs,
    sizeBytes: measure.sizeBytes,
    meetsGoal: measure.meetsGoal,
    speedup: measure.latency.ratio,
  };
}

function reasonsOf(parts: ResultParts): string[] {
  const { trials, goal, float } = parts;
  const { winner } = parts.conclusion;
  const tried = trials.filter(({ id }) => id > 0);
  if (winner === undefined) return [nothingPays(parts, tried), ...losers(tried, undefined)];
  const { measure, id } = winner;
  const change = trials.find((row) => row.id === id)?.change ?? '';
  const { metrics } = goal;
  const accuracy = `${figureText(metrics, goal.figure(measure.values))} against ${figureText(metrics, goal.figure(float.values))}`;
  const figures = [speedText(measure.latency.ratio), sizeText(float.sizeBytes, measure.sizeBytes), accuracy];
  const headline = `Trial ${id} (${change}): ${figures.join(', ')}.`;
  const isChosen = parts.conclusion.stoppedBy === 'choice';
  const chosen = isChosen ? ['This trial was chosen by hand among those that were measured.'] : [];
  if (measure.meetsGoal) return [headline, ...chosen, ...losers(tried, id)];
  const missing = differenceText(metrics, Math.max(0, -goal.gain(measure.values, float.values) - goal.tolerance));
  if (isChosen) return [headline, ...chosen, `It misses the goal by ${missing}.`, ...losers(tried, id)];
  return [
    `No trial reached the goal. The most accurate of those that pay, trial ${id}, misses it by ${missing}.`,
    headline,
    ...losers(tried, id),
  ];
}

function nothingPays({ conclusion, session, isGoalMissed }: ResultParts, tried: readonly TrialRow[]): string {
  const { stoppedBy } = conclusion;
  if (tried.length === 0) {
    return stoppedBy === 'strategy'
      ? 'There was nothing to try; the given model stays.'
      : 'No trial was finished; the given model stays.';
  }
  if (tried.every(({ outcome }) => outcome === 'failed')) return 'No trial could be measured; the given model stays.';
  const isAboutSpeed = session.config.tuning.objectives.some(({ name }) => name === 'performance');
  const better = isAboutSpeed ? 'faster than the given one on this machine' : 'better in the objective';
  const until = stoppedBy === 'strategy' ? '' : ' until the search ended';
  if (isGoalMissed) return `No trial reached the goal${until}; the given model stays.`;
  return `Nothing pays${until}: no model that keeps its accuracy is ${better}. The given model stays.`;
}

/** How many lost, and by what, a sentence for each kind of loss. */
function losers(tried: readonly TrialRow[], winner: number | undefined): string[] {
  const others = tried.filter(({ id }) => id !== winner);
  const failed = others.filter(({ outcome }) => outcome === 'failed');
  const inaccurate = others.filter(({ outcome }) => outcome === 'inaccurate');
  const slower = others.filter(({ outcome }) => outcome === 'slower');
  const sentences: string[] = [];
  if (inaccurate.length > 0) sentences.push(`${counted(inaccurate)} lost too much accuracy.`);
  if (slower.length > 0) {
    const worst = Math.max(...slower.map(({ speedup }) => 1 / (speedup ?? 1) - 1));
    sentences.push(
      `${counted(slower)} ran slower than the given model, by ${slower.length > 1 ? 'up to ' : ''}${percentText(worst)}.`,
    );
  }
  if (failed.length > 0) sentences.push(`${counted(failed)} failed: ${failed[0]?.error ?? ''}`);
  return sentences;
}

function counted(rows: readonly TrialRow[]): string {
  return rows.length === 1 ? `Trial ${rows[0]?.id ?? ''}` : `${rows.length} trials`;
}
