// What the job `tune` is asked to do, tells while it works, and answers.
import type { Environment, MachineFacts, DimensionSizes } from './environment';

export interface TuneSpec {
  readonly verb: 'tune';
  readonly configPath: string;
  /** Takes the place of `model.path` in the config. */
  readonly modelPath?: string;
  /** Where caches shared between runs are kept: the bench folder. */
  readonly benchFolder: string;
  readonly dimensions: DimensionSizes;
  /** Take the places of the config's exit policy. */
  readonly timeoutS?: number;
  readonly maxTrials?: number;
  /** Go on from the history that is in the job's folder. */
  readonly isResumed: boolean;
  /** Searches no further: makes the model of this trial of that history and offers it, whatever the goal says. */
  readonly chosenTrial?: number;
  /** How the process that ran the last unfinished trial of that history ended, when that was the trial's doing. */
  readonly crash?: string;
}

/**
 * - `given`: the float model; `kept`: the best so far; `beaten`: good, but another one was better;
 * - `inaccurate`: misses the goal; `slower`: than the float model, beyond the noise; `no gain`: not better in the objective;
 * - `failed`: could not be made, run or measured.
 */
export type TrialEnd = 'given' | 'kept' | 'beaten' | 'inaccurate' | 'slower' | 'no gain' | 'failed';

/** A trial as people and `--json` see it; a row the moment the trial ends. */
export interface TrialRow {
  /** 0 is the model that was given. */
  readonly id: number;
  /** What is different from the trial it builds on, for people. */
  readonly change: string;
  /** Null for a trial that failed. */
  readonly accuracy: number | null;
  /** Samples behind `accuracy`: fewer than all where the trial was given up early. */
  readonly samples: number;
  /** Of one run: of a whole batch where the config has batches. */
  readonly latencyMs: number | null;
  readonly sizeBytes: number | null;
  /** Samples a second: with a batch, all of its samples. */
  readonly throughput: number | null;
  /** Peak memory of a process that runs the model; measured where `footprint` is an objective. */
  readonly footprintBytes: number | null;
  /** Latency of the float model, measured in turns with this one, over that of this one. */
  readonly speedup: number | null;
  readonly meetsGoal: boolean;
  /** Becomes the best so far. */
  readonly isKept: boolean;
  /** What became of it; a UI groups by it. */
  readonly outcome: TrialEnd;
  /** Why it is not kept, or what makes it the best, in words. */
  readonly verdict: string;
  readonly error?: string;
}

export interface TuneGoal {
  readonly metric: string;
  readonly criterion: 'relative' | 'absolute';
  readonly tolerance: number;
  readonly higherIsBetter: boolean;
  /** The figure a model has to reach (several unweighted metrics: the first one's). */
  readonly target: number;
  readonly objective: string;
}

/** `choice`: nothing was searched, a person chose a trial of an earlier run. */
export type StoppedBy = 'strategy' | 'max_trials' | 'timeout' | 'cancel' | 'choice';

export interface TuneResult {
  readonly baseline: { readonly accuracy: number; readonly latencyMs: number; readonly sizeBytes: number };
  readonly goal: TuneGoal;
  readonly strategy: string;
  readonly trials: readonly TrialRow[];
  readonly best: {
    readonly trial: number;
    /** The verified model; the given model when nothing pays. */
    readonly path: string;
    readonly accuracy: number;
    readonly latencyMs: number;
    readonly sizeBytes: number;
    readonly meetsGoal: boolean;
    readonly speedup: number;
  };
  readonly stoppedBy: StoppedBy;
  /** Why the best one won and the others lost, a sentence each. */
  readonly reasons: readonly string[];
  readonly notes: readonly string[];
  readonly samples: number;
  /** They are made up: accuracy on them says how far the models agree, not how right they are. */
  readonly isRandomData: boolean;
  readonly seed: number;
  readonly modelSha256: string;
  readonly configSha256: string;
  readonly environment: Environment;
  readonly machine: MachineFacts;
  readonly ms: number;
  /** What the config calls the model. */
  readonly model: string;
  /** The config.yaml that was run. */
  readonly config: string;
}
