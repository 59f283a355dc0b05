// Does a model keep enough accuracy? The criterion of a config against the figures of the float model (SYSTEMS §3.2).
import type { AccuracyCriterion } from '../../config/tuningConfig';
import type { GoalFigure } from '../contracts';

/** One metric of the goal. */
export interface GoalMetric {
  readonly name: string;
  readonly higherIsBetter: boolean;
  /** Factor in the mean; absent for all of them: each has to meet its own target. */
  readonly weight?: number;
}

/** Slack for rounding: 0.1 + 0.2 must not miss a goal of 0.3. */
const rounding = 1e-9;

/**
 * Several weighted metrics count as one: the mean of value · weight. Several without weights each have a target of
 * their own; the first stands for them where one figure is wanted.
 */
export class AccuracyGoal {
  /** Largest acceptable loss of each figure, absolute. */
  private readonly tolerances: readonly number[];
  private readonly baselines: readonly number[];

  /** @param baseline values of the float model, in the order of `metrics`; finite numbers */
  constructor(
    readonly criterion: AccuracyCriterion,
    readonly metrics: readonly GoalMetric[],
    baseline: readonly number[],
  ) {
    this.baselines = this.figures(baseline);
    const { kind, tolerance } = criterion;
    this.tolerances = this.baselines.map((value) => (kind === 'relative' ? Math.abs(value) * tolerance : tolerance));
  }

  /** Higher is better for the figure that stands for all. */
  get higherIsBetter(): boolean {
    return this.criterion.higherIsBetter ?? this.metrics[0]?.higherIsBetter ?? true;
  }

  /** The figure a model must reach (of the first metric, where each has its own). */
  get target(): number {
    const [baseline = NaN] = this.baselines;
    return this.higherIsBetter ? baseline - this.tolerance : baseline + this.tolerance;
  }

  /** Largest acceptable loss of that figure, absolute. */
  get tolerance(): number {
    return this.tolerances[0] ?? NaN;
  }

  /** The one figure that stands for all: the weighted mean, or the first metric. */
  figure(values: readonly number[]): number {
    return this.figures(values)[0] ?? NaN;
  }

  /** Each figure's baseline and largest acceptable loss, with the name of its metric. */
  get goals(): readonly GoalFigure[] {
    const isOne = this.baselines.length === 1;
    return this.baselines.map((baseline, index) => ({
      name: isOne ? this.metrics.map(({ name }) => name).join(' and ') : (this.metrics[index]?.name ?? ''),
      baseline,
      limit: this.tolerances[index] ?? 0,
    }));
  }

  /** What was lost in each figure against the float model, positive is worse; Infinity for what is not a number. */
  drops(values: readonly number[]): readonly number[] {
    return this.gains(values, this.baselines).map((gain) => (Number.isNaN(gain) ? Infinity : -gain));
  }

  /** The figures of some values, signed so that more is better. */
  signed(values: readonly number[]): readonly number[] {
    return this.figures(values).map((figure, index) => (this.isHigherBetter(index) ? figure : -figure));
  }

  meets(values: readonly number[]): boolean {
    return this.gains(values, this.baselines).every((gain, index) => {
      const slack = rounding * Math.max(1, Math.abs(this.baselines[index] ?? 0));
      return gain >= -(this.tolerances[index] ?? 0) - slack;
    });
  }

  /**
   * What was gained over `reference` (values of the float model on the same samples); below −`tolerance` is too little.
   * Of several unweighted metrics the worst counts, measured by its own tolerance. −Infinity where a figure is NaN.
   */
  gain(values: readonly number[], reference: readonly number[]): number {
    const gains = this.gains(values, this.figures(reference));
    if (gains.some(Number.isNaN)) return -Infinity;
    return Math.min(...gains.map((gain, index) => (index === 0 ? gain : this.comparable(gain, index))));
  }

  /** The gain in a further metric as one in the first: what is just acceptable in the one is so in the other. */
  private comparable(gain: number, index: number): number {
    const own = this.tolerances[index] ?? 0;
    // A factor would make every loss acceptable where one of the tolerances is 0.
    return own > 0 && this.tolerance > 0 ? gain * (this.tolerance / own) : gain + own - this.tolerance;
  }

  private gains(values: readonly number[], reference: readonly number[]): number[] {
    return this.figures(values).map((figure, index) => {
      const difference = figure - (reference[index] ?? NaN);
      return this.isHigherBetter(index) ? difference : -difference;
    });
  }

  private isHigherBetter(index: number): boolean {
    return index === 0 ? this.higherIsBetter : (this.metrics[index]?.higherIsBetter ?? true);
  }

  /** One figure for weighted metrics, else one each. */
  private figures(values: readonly number[]): number[] {
    if (!this.metrics.every(({ weight }) => weight !== undefined)) return [...values];
    const sum = values.reduce((total, value, index) => total + value * (this.metrics[index]?.weight ?? 0), 0);
    return [sum / values.length];
  }
}
