// Which of two models is better in the objectives of a config, and which is good enough at all (SYSTEMS §3.2, DESIGN §5).
import type { Objective } from '../../config/tuningConfig';
import type { TrialMeasure } from '../history';

/** What objectives look at; the float model has a ratio of 1. */
export type Ranked = Pick<TrialMeasure, 'latencyMs' | 'latency' | 'sizeBytes' | 'footprintBytes' | 'gain'>;

/** Latencies closer than this are alike: then the more accurate model is the better one. */
const alike = 0.01;

/** A smaller peak of memory than this part is chance. */
const smallestMemoryGain = 0.03;

export class Ranking {
  /**
   * @param objectives at least one
   * @param float the model that was given
   * @param acceptsEqualSpeed a model that is merely not slower is worth having: it was asked for by itself
   */
  constructor(
    private readonly objectives: readonly Objective[],
    private readonly float: Ranked,
    private readonly acceptsEqualSpeed = false,
  ) {}

  get looksAtSpeed(): boolean {
    return this.objectives.some(({ name }) => name === 'performance');
  }

  get looksAtFootprint(): boolean {
    return this.objectives.some(({ name }) => name === 'footprint');
  }

  /**
   * Better than the float model, beyond the noise: faster where speed is among the objectives, else better in the first
   * of them. The others only decide between models that are.
   */
  beatsFloat(model: Ranked): boolean {
    if (this.looksAtSpeed && !this.isFastEnough(model)) return false;
    const [first] = this.objectives;
    if (this.looksAtSpeed || first === undefined) return true;
    const gain =
      first.name === 'accuracy' ? model.gain : 1 - valueOf(first.name, model) / valueOf(first.name, this.float);
    return gain > (first.name === 'footprint' ? smallestMemoryGain : 0);
  }

  /** Faster than the float model beyond the noise, or as fast where that is enough. */
  isFastEnough({ latency }: Pick<Ranked, 'latency'>): boolean {
    return latency.verdict === 'faster' || (this.acceptsEqualSpeed && latency.verdict !== 'slower');
  }

  /** Best first; of models that beat the float one. */
  sorted<Model extends Ranked>(models: readonly Model[]): Model[] {
    const scores = this.scores(models);
    const order = models.map((model, index) => ({ model, score: scores[index] ?? 0 }));
    return order.sort((a, b) => this.compare(b, a)).map(({ model }) => model);
  }

  private compare(a: { model: Ranked; score: number }, b: { model: Ranked; score: number }): number {
    const [first, ...others] = this.objectives;
    if (others.length === 0 && first?.name === 'performance') {
      const [fast, slow] = [a.model.latency.ratio, b.model.latency.ratio];
      return Math.abs(fast / slow - 1) > alike ? fast - slow : a.model.gain - b.model.gain || fast - slow;
    }
    return a.score - b.score || a.model.gain - b.model.gain;
  }

  /**
   * The weighted sum of SYSTEMS §3.2: baseline over value in each objective, brought to 0..1 over all models; a column
   * whose values are all equal stays as it is.
   */
  private scores(models: readonly Ranked[]): number[] {
    const sums = models.map(() => 0);
    for (const { name, weight, higherIsBetter } of this.objectives) {
      const base = name === 'accuracy' ? 0 : valueOf(name, this.float);
      const column = models.map((model) =>
        name === 'accuracy' ? model.gain : base / Math.max(valueOf(name, model), 1e-20),
      );
      const [low, high] = [Math.min(...column), Math.max(...column)];
      column.forEach((value, index) => {
        const isFlipped = higherIsBetter && name !== 'accuracy';
        const directed = isFlipped ? high + low - value : value;
        sums[index] = (sums[index] ?? 0) + weight * (high > low ? (directed - low) / (high - low) : directed);
      });
    }
    return sums;
  }
}

function valueOf(name: Objective['name'], model: Ranked): number {
  switch (name) {
    case 'performance':
      return model.latencyMs;
    case 'modelsize':
      return model.sizeBytes;
    case 'footprint':
      return model.footprintBytes ?? NaN;
    case 'accuracy':
      return -model.gain;
  }
}
