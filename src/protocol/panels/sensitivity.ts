// What the page of a sensitivity analysis and the process of its bench say to each other: curves of layers, and how a
// sparsity is shared out among them.
import type { RunFacts } from '../facts';
import { idIn, method, textIn } from '../methods';
import type { DenseReason, SensitivityKind, SensitivityMethod } from '../pruning';
import { recordOf } from '../rpcMessages';
import type { JobProgress, NamedRecord } from './profiling';

/** What the figures of curves are. */
export type CurveUnit = 'magnitude' | 'divergence' | 'operations' | 'milliseconds';

/** A figure at a sparsity; null where it was no finite number. */
export interface CurvePoint {
  readonly sparsityFraction: number;
  readonly value: number | null;
}

/** A curve at a sparsity, straight between its points; null where it has none. */
export function valueAt(points: readonly CurvePoint[], sparsityFraction: number): number | null {
  const next = points.findIndex((point) => point.sparsityFraction >= sparsityFraction);
  const [right, left] = [points[next] ?? points.at(-1), points[next - 1]];
  if (right === undefined || right.value === null) return null;
  if (left === undefined || left.value === null || right.sparsityFraction <= sparsityFraction) return right.value;
  const share = (sparsityFraction - left.sparsityFraction) / (right.sparsityFraction - left.sparsityFraction);
  return left.value + share * (right.value - left.value);
}

/** A layer, with its curves; those are empty where nothing is known of it. */
export interface SensitivityLayer {
  /** The weight; recipes call the layer so. */
  readonly name: string;
  /** What the page calls it: its node, or the weight where that tells more. */
  readonly label: string;
  readonly node: string;
  readonly opType: string;
  readonly weights: number;
  /** Why it stays dense when a sparsity is shared out: as the first layer, or as a grouped convolution; null for others. */
  readonly denseReason: DenseReason | null;
  /** Operations of one sample, a multiplication with its addition as one; null where they are not known. */
  readonly flops: { readonly weight: number; readonly bias: number } | null;
  readonly loss: readonly CurvePoint[];
  readonly perf: readonly CurvePoint[];
}

/** An analysis whose curves are on the page. */
export interface CurveSource {
  /** Null: operations counted in the model, which are no analysis of their own. */
  readonly id: number | null;
  readonly name: string;
  readonly unit: CurveUnit;
}

/** What was found, by the newest successful run. */
export interface SensitivityFindings {
  /** ISO time; null where it is not known. */
  readonly foundAt: string | null;
  /** In the order of the file. */
  readonly layers: readonly SensitivityLayer[];
  /** Null where no analysis of the model tells it. */
  readonly loss: CurveSource | null;
  readonly perf: CurveSource | null;
  /** Samples of the data set, or seeded random numbers; null where nothing was run. */
  readonly data: 'dataset' | 'random' | null;
  /** Another model than the one that was analysed lies at its path now. */
  readonly isModelChanged: boolean;
  /** What a person should know of how it was found, a sentence each. */
  readonly notes: readonly string[];
  /** What zeros are worth to the engine here. */
  readonly engineNote: string;
  /** How and where it was found. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** Everything the page shows. */
export interface SensitivityReport extends NamedRecord {
  readonly projectId: number;
  readonly projectName: string;
  readonly kind: SensitivityKind;
  readonly method: SensitivityMethod;
  /** Null where it is gone. */
  readonly model: (NamedRecord & { readonly path: string; readonly isPresent: boolean }) | null;
  readonly dataset: NamedRecord | null;
  readonly run: RunFacts | null;
  readonly job: JobProgress | null;
  /** Null before the first successful run. */
  readonly findings: SensitivityFindings | null;
  /** Analyses of the other kind of the same model that have results, the newest first: their curves can stand beside. */
  readonly others: readonly (NamedRecord & { readonly method: SensitivityMethod })[];
}

/** An analysis, and the one of the other kind beside it; 0: the newest there is. */
export interface SensitivityQuestion {
  readonly id: number;
  readonly otherId: number;
}

/** What a person chose on the page. */
export interface AllocationQuestion extends SensitivityQuestion {
  /** Mean sparsity of the layers that take part. */
  readonly targetFraction: number;
  /** 1: by loss alone; 0: by performance alone. */
  readonly lossWeight: number;
  /** Sparsities set by hand, by name of the layer. */
  readonly overrides: readonly (readonly [name: string, sparsityFraction: number])[];
}

/** What a layer gets. */
export interface AllocatedLayer {
  readonly name: string;
  readonly sparsityFraction: number;
  /** 1: as good as dense; 0 and below: it loses twice as much as where loss alone decides. */
  readonly estimatedRecovery: number;
  readonly isSetByHand: boolean;
}

/** A sparsity shared out. */
export interface SparsityAllocation {
  readonly layers: readonly AllocatedLayer[];
  /** Mean of the layers that take part: the target, unless some of them were set by hand. */
  readonly meanFraction: number;
  /** Zeros among the weights of all prunable layers. */
  readonly sparsityFraction: number;
  /** Mean of the layers that can be pruned. */
  readonly estimatedRecovery: number;
  /** Of the prunable layers, dense and without those on zeros; null where those of a layer are not known. */
  readonly flops: { readonly dense: number; readonly theoretical: number } | null;
}

/** An allocation as a file. */
export interface RecipeQuestion extends AllocationQuestion {
  /** Absolute path of the recipe, which names its model from there. */
  readonly path: string;
}

/** A recipe as `prune --recipe` reads it. */
export interface RecipeText {
  readonly text: string;
  /** Absolute path of a data set file by which a pruned model can be judged; null where the analysis was run without one. */
  readonly datasetPath: string | null;
  /** As on the page: the recipe is one for another model than that of the analysis. */
  readonly isModelChanged: boolean;
}

/** The greatest sparsity that a person may choose, and that a layer is given. */
export const mostSparsityFraction = 0.97;

/** Overrides that a message may hold. */
const mostOverrides = 20_000;

/** The analysis as it stands. */
export const sensitivityReportMethod = method<SensitivityQuestion, SensitivityReport>(
  'sensitivity/report',
  readQuestion,
);

/** Shares a sparsity out. Fails with `request-no-results` where nothing tells the loss of the layers. */
export const sparsityAllocationMethod = method<AllocationQuestion, SparsityAllocation>(
  'sensitivity/allocation',
  readAllocationQuestion,
);

/** The same as a recipe. */
export const pruningRecipeMethod = method<RecipeQuestion, RecipeText>('sensitivity/recipe', (value) => ({
  ...readAllocationQuestion(value),
  path: textIn(recordOf(value, 'the parameters'), 'path'),
}));

function readQuestion(value: unknown): SensitivityQuestion {
  const fields = recordOf(value, 'the parameters');
  const otherId = fields['otherId'] === 0 ? 0 : idIn(fields, 'otherId');
  return { id: idIn(fields, 'id'), otherId };
}

/** What a page chose; throws Error for anything else. */
export function readAllocationQuestion(value: unknown): AllocationQuestion {
  const fields = recordOf(value, 'the parameters');
  const overrides = fields['overrides'];
  if (!Array.isArray(overrides) || overrides.length > mostOverrides) {
    throw new Error(`"overrides" is a list of at most ${mostOverrides} layers with their sparsities`);
  }
  return {
    ...readQuestion(value),
    targetFraction: fractionIn(fields['targetFraction'], 'targetFraction', mostSparsityFraction),
    lossWeight: fractionIn(fields['lossWeight'], 'lossWeight', 1),
    overrides: overrides.map((one: unknown) => {
      const [name, sparsity] = Array.isArray(one) ? (one as readonly unknown[]) : [];
      if (typeof name !== 'string') throw new Error('an override is a name and a sparsity');
      return [name, fractionIn(sparsity, 'an override', 1)] as const;
    }),
  };
}

function fractionIn(value: unknown, name: string, most: number): number {
  if (typeof value === 'number' && value >= 0 && value <= most) return value;
  throw new Error(`"${name}" is a number from 0 to ${most}`);
}
