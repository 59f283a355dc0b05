// What sensitivity analyses are run with: kinds and methods, and the settings that every door of the product proposes.
import type { SensitivityKind, SensitivityMethod, SensitivitySettings } from '../protocol/pruning';

export const sensitivityKinds = ['loss', 'perf'] as const satisfies readonly SensitivityKind[];
export const sensitivityMethods = ['approx', 'one-shot', 'measured'] as const satisfies readonly SensitivityMethod[];

/** Those of the original (SYSTEMS §6.3, §6.4); on one thread, as all that is measured here. */
export const usualAnalysis = {
  levelFractions: null,
  samples: 5,
  batchSize: 1,
  threads: 1,
  warmupRuns: 5,
  iterations: 30,
} as const satisfies SensitivitySettings;

/** Bounds of the numbers among the settings. */
export const settingBounds = {
  samples: [1, 1_000_000],
  batchSize: [1, 4096],
  threads: [1, 1024],
  warmupRuns: [0, 10_000],
  iterations: [2, 10_000],
} as const;

/** What can be said about how an analysis is done. */
export type AnalysisSetting = keyof SensitivitySettings | 'dataset';

/** By method: settings that would change nothing. */
export const idleSettings: Readonly<Record<SensitivityMethod, readonly AnalysisSetting[]>> = {
  approx: ['dataset', 'levelFractions', 'samples', 'batchSize', 'threads', 'warmupRuns', 'iterations'],
  'one-shot': ['warmupRuns', 'iterations'],
  measured: ['samples'],
};
