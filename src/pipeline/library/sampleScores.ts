// What the walk of AccuracyAwareQuantization asks of models: what they lose, on which samples, and what others make of those.
import { BenchError } from '../../protocol/benchError';
import type { WalkOutcome, WalkParts } from '../accuracyAware/walk';
import type { AccuracyJudge, JudgedFigure, Verdict } from './accuracyJudge';
import type { ModelConfiguration, ModelQuantizer } from './modelQuantizer';
import { PipelineError } from './pipelineErrors';

export interface ScoreParts {
  readonly quantizer: ModelQuantizer;
  readonly judge: AccuracyJudge;
  readonly figures: readonly JudgedFigure[];
  /** Of the float model. */
  readonly baseline: Verdict;
}

/** Slack for rounding: 0.1 + 0.2 must not miss a goal of 0.3. */
const rounding = 1e-9;

export class SampleScores {
  /** Of the configurations that were tried on all samples. */
  private readonly verdicts = new Map<string, Verdict>();

  constructor(private readonly parts: ScoreParts) {}

  /** Tries a configuration on all samples. A model that cannot be made or run loses everything. */
  async outcome(config: ModelConfiguration, change: string): Promise<WalkOutcome> {
    const { figures } = this.parts;
    const verdict = await orUndefined(() => this.measured(config, `evaluating: ${change}`));
    if (verdict === undefined) return { drops: figures.map(() => Infinity), meetsGoal: false };
    this.verdicts.set(JSON.stringify(config), verdict);
    const drops = figures.map(({ baseline }, index) => this.signed(index, baseline - (verdict.values[index] ?? NaN)));
    const known = drops.map((drop) => (Number.isNaN(drop) ? Infinity : drop));
    return { drops: known, meetsGoal: known.every((drop, index) => drop <= (figures[index]?.limit ?? 0) + rounding) };
  }

  /** The samples that lose most of a figure, hardest first. */
  readonly hardest: WalkParts<ModelConfiguration>['samples']['hardest'] = async (config, figure, count) => {
    const losses = await this.losses(config, figure);
    losses.sort((a, b) => b.loss - a.loss || a.index - b.index);
    return losses.slice(0, count).map(({ index }) => index);
  };

  /** A figure over some samples, signed so that more is better. */
  readonly score: WalkParts<ModelConfiguration>['samples']['score'] = async (config, figure, samples) => {
    const verdict = await orUndefined(() => this.measured(config, 'ranking layers', samples));
    const value = verdict?.values[figure] ?? NaN;
    return Number.isNaN(value) ? -Infinity : this.signed(figure, value);
  };

  private async losses(config: ModelConfiguration, figure: number): Promise<{ index: number; loss: number }[]> {
    const { baseline, figures, judge, quantizer } = this.parts;
    if (figures[figure]?.comparesOutputs === true) {
      const distances = await quantizer.withModel(config, (model) =>
        judge.distances(model, 'looking for hard samples'),
      );
      return [...distances].map(([index, loss]) => ({ index, loss }));
    }
    const known =
      this.verdicts.get(JSON.stringify(config)) ?? (await this.measured(config, 'looking for hard samples'));
    const own = known.perSample[figure];
    return [...(baseline.perSample[figure] ?? [])].flatMap(([index, value]) => {
      const found = own?.get(index);
      return found === undefined ? [] : [{ index, loss: this.signed(figure, value - found) }];
    });
  }

  private measured(config: ModelConfiguration, phase: string, samples?: readonly number[]): Promise<Verdict> {
    const { quantizer, judge, figures } = this.parts;
    const names = figures.map(({ name }) => name);
    return quantizer.withModel(config, (model) => judge.verdict(model, names, phase, samples));
  }

  private signed(figure: number, difference: number): number {
    return this.parts.figures[figure]?.isHigherBetter === false ? -difference : difference;
  }
}

/** Nothing where the model is at fault; a script's mistakes and faults of ours are thrown on. */
async function orUndefined(measure: () => Promise<Verdict>): Promise<Verdict | undefined> {
  try {
    return await measure();
  } catch (thrown) {
    if (thrown instanceof BenchError && !(thrown instanceof PipelineError)) return undefined;
    if (thrown instanceof PipelineError && ['pipeline-engine-gone', 'pipeline-engine-stalled'].includes(thrown.code))
      return undefined;
    throw thrown;
  }
}
