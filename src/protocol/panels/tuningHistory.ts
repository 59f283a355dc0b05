// What the page of a tuning's history and the process of its bench say to each other: trials, goal, state, result, one trial's settings.
import type { RunFacts } from '../facts';
import { idIn, method, textIn } from '../methods';
import type { PruneAccuracy, PrunedLayer } from '../pruning';
import { recordOf } from '../rpcMessages';
import type { StoppedBy, TrialRow } from '../tuning';
import type { NamedValue } from './graph';
import type { PanelSubject } from './panel';
import type { JobProgress, NamedRecord } from './profiling';

/** What trials are held against. */
export interface ShownGoal {
  /** Several are joined by ` + `. */
  readonly metric: string;
  /** A share of the samples: shown in percent. */
  readonly isShare: boolean;
  /** Measured on samples that are made up. */
  readonly isRandomData: boolean;
  readonly higherIsBetter: boolean;
  /** The figure a model has to reach; null before the given model was measured. */
  readonly minimalAccuracy: number | null;
  readonly objective: string;
}

/** How the shown run ended. */
export interface ShownResult {
  /** Why the best one won or nothing pays, a sentence each, the most telling one first. */
  readonly reasons: readonly string[];
  readonly notes: readonly string[];
  readonly stoppedBy: StoppedBy;
  readonly bestTrial: number;
  readonly meetsGoal: boolean;
  readonly accuracy: number;
  readonly speedup: number;
  readonly sizeBytes: number;
  readonly latencyMs: number;
  readonly samples: number;
  /** Of the search, also where a person took one of its trials afterwards. */
  readonly durationMs: number;
  readonly engineVersion: string;
  readonly cpuModel: string;
  readonly threads: number;
  /** Of the best trial, where it is not the given model. */
  readonly modelPath: string | null;
}

/** What is tuned: an optimization of the bench, or a config that belongs to none, by its absolute path. */
export type TuningQuestion = { readonly id: number } | { readonly config: string };

/** Checks a question; throws Error for anything else. */
export function readTuningQuestion(value: unknown): TuningQuestion {
  const fields = recordOf(value, 'what is tuned');
  return fields['config'] === undefined ? { id: idIn(fields, 'id') } : { config: textIn(fields, 'config') };
}

/** What a page of a history is about. */
export type TuningSubject = PanelSubject & TuningQuestion;

/** A subject as an earlier window left it; throws Error for anything else. */
export function readTuningSubject(value: unknown): TuningSubject {
  return { bench: textIn(recordOf(value, 'what a panel is about'), 'bench'), ...readTuningQuestion(value) };
}

/** A layer of a pruned model. */
export interface ShownLayer extends Pick<PrunedLayer, 'name' | 'label' | 'node' | 'opType' | 'weights' | 'zeros'> {
  /** What was asked for, as a fraction. */
  readonly sparsity: number;
  /** The same in words; of a dense layer why it is. */
  readonly sparsityText: string;
}

/** What came of an optimization that prunes, which has no trials. */
export interface ShownPruning {
  readonly reasons: readonly string[];
  readonly notes: readonly string[];
  /** Share of the weights of all layers that are 0. */
  readonly sparsity: number;
  /** Null where nothing was measured. */
  readonly accuracy: (PruneAccuracy & { readonly isShare: boolean }) | null;
  readonly sizeBytes: number;
  readonly givenSizeBytes: number;
  /** Share of the operations that are left for an engine to which zeros cost nothing; null where it is not known. */
  readonly operationsLeft: number | null;
  readonly layers: readonly ShownLayer[];
  readonly durationMs: number;
  readonly engineVersion: string;
  readonly cpuModel: string;
}

/** Everything the page shows but how models of trials are made. */
export interface TuningHistoryReport {
  readonly name: string;
  /** Project, model, data set, what is made and how it is searched; what of it is known. */
  readonly about: readonly string[];
  /** False for a config that belongs to no optimization: its models are files, and no records. */
  readonly isRecord: boolean;
  /** Nothing is searched: there is a pruning in place of trials. */
  readonly prunes: boolean;
  /** Of the newest run that pruned; null where none did. */
  readonly pruning: ShownPruning | null;
  /** The newest run; null where there is none. */
  readonly run: RunFacts | null;
  readonly job: JobProgress | null;
  /** The trial whose model is being made again, because a person took it; null where a search or nothing is under way. */
  readonly chosenTrial: number | null;
  /** Name of the run that the trials are of: the newest one with trials; null for none. */
  readonly trialsOf: string | null;
  /** The given model first, then the trials in order. */
  readonly trials: readonly TrialRow[];
  readonly goal: ShownGoal | null;
  readonly result: ShownResult | null;
  readonly optimizedModel: NamedRecord | null;
  /** The trial that the optimized model is of, where it is one of those shown. */
  readonly optimizedTrial: number | null;
  /** Trials whose model can be made again. */
  readonly usableTrials: readonly number[];
  /** What a run could go on with; null where the newest one is under way, the strategy is through, or nothing was measured. */
  readonly resume: { readonly trials: number } | null;
}

/** Fails with `request-not-found`. */
export const tuningHistoryMethod = method<TuningQuestion, TuningHistoryReport>(
  'tuningHistory/report',
  readTuningQuestion,
);

/** Which trial of what. */
export type TrialQuestion = TuningQuestion & { readonly trial: number };

/** How the model of a trial is made. */
export interface TrialSettings {
  readonly settings: readonly NamedValue[];
  /** How many operators are computed in each way, the most frequent first. */
  readonly ops: readonly { readonly form: string; readonly count: number }[];
  /** Operators that stay in float, and are in 8 bit in another trial: the first of them, and how many there are. */
  readonly floatOps: { readonly names: readonly string[]; readonly count: number };
}

/** The settings of a trial of the shown run; null where its history does not tell. */
export const trialSettingsMethod = method<TrialQuestion, TrialSettings | null>('tuningHistory/trial', (value) => ({
  ...readTuningQuestion(value),
  trial: idIn(recordOf(value, 'the parameters'), 'trial'),
}));
