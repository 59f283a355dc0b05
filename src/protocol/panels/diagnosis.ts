// What the page of a diagnosis and the process of its bench say to each other: errors and times of operators, and what to change.
import type { DiagnoseResult, HistogramPair, OpDiagnosis } from '../diagnosis';
import { byId, idIn, method, textIn } from '../methods';
import { recordOf } from '../rpcMessages';
import type { JobProgress, NamedRecord } from './profiling';

/** An operator in the table; its histograms are asked for by `diagnosisHistogramsMethod`. */
export interface DiagnosedOp extends Omit<OpDiagnosis, 'activations' | 'weights'> {
  /** Whether another choice of its number type makes a difference. */
  readonly canBeKept: boolean;
}

/** What was found; `ops` in the order of the graph. */
export interface DiagnosisFigures extends Pick<
  DiagnoseResult,
  'findings' | 'times' | 'samples' | 'warnings' | 'environment' | 'machine'
> {
  readonly ops: readonly DiagnosedOp[];
}

/** How things stand with the diagnosis of an optimization. */
export type DiagnosisStatus =
  /** It has no model to diagnose; `reason` says why. */
  | { readonly state: 'impossible'; readonly reason: string }
  /** Nobody has asked for it yet, or it was cancelled. */
  | { readonly state: 'none' }
  | { readonly state: 'working'; readonly job: JobProgress | null }
  | { readonly state: 'failed'; readonly message: string; readonly nextStep: string | null }
  | { readonly state: 'ready'; readonly figures: DiagnosisFigures };

/** Everything the page shows but histograms. */
export interface DiagnosisReport extends NamedRecord {
  readonly projectId: number;
  readonly projectName: string;
  readonly floatModel: (NamedRecord & { readonly path: string }) | null;
  readonly int8Model: (NamedRecord & { readonly path: string }) | null;
  readonly status: DiagnosisStatus;
  /** Settings for all operators at once, by `weight` and `activation`; empty where the optimization does not search. */
  readonly settings: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Operators that this optimization was told to keep in float. */
  readonly keptFloat: readonly string[];
  /** Names of the optimizations of the project, so that a new one gets another. */
  readonly takenNames: readonly string[];
}

/** How the values of an operator are distributed; null for what is not quantized. */
export interface OpHistograms {
  readonly activations: HistogramPair | null;
  readonly weights: HistogramPair | null;
}

/** How things stand with the diagnosis of an optimization; begins none. */
export const diagnosisReportMethod = method<{ readonly id: number }, DiagnosisReport>('diagnosis/report', byId);

/** Puts the diagnosis into the queue where there is none. Resolves when it is there. */
export const startDiagnosisMethod = method<{ readonly id: number }, null>('diagnosis/start', byId);

/** Stops the diagnosis that is under way, if one is. */
export const cancelDiagnosisMethod = method<{ readonly id: number }, null>('diagnosis/cancel', byId);

/** Asked for the operator that is looked at. */
export const diagnosisHistogramsMethod = method<{ readonly id: number; readonly node: string }, OpHistograms>(
  'diagnosis/histograms',
  (value) => {
    const fields = recordOf(value, 'the parameters');
    return { id: idIn(fields, 'id'), node: textIn(fields, 'node') };
  },
);
