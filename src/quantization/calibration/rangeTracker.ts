// Smallest and largest finite value of each calibrated tensor, over all samples.
import type { TensorRange } from '../../config/recipe';

interface Extremes {
  min: number;
  max: number;
  sawNonFinite: boolean;
}

/** Collects ranges sample by sample; its size depends on the number of tensors only. */
export class RangeTracker {
  private readonly extremes = new Map<string, Extremes>();

  constructor(tensors: readonly string[]) {
    for (const tensor of tensors) this.extremes.set(tensor, unseen());
  }

  /** Forgets everything, for whoever wants each run's extremes by themselves. */
  reset(): void {
    for (const tensor of this.extremes.keys()) this.extremes.set(tensor, unseen());
  }

  /** Takes the smallest or largest value of a run; false when it is not finite, and then it is not taken. */
  addExtreme(tensor: string, extreme: 'min' | 'max', value: number): boolean {
    if (!Number.isFinite(value)) return false;
    const known = this.extremesOf(tensor);
    if (extreme === 'min') known.min = Math.min(known.min, value);
    else known.max = Math.max(known.max, value);
    return true;
  }

  /** Takes the finite ones of some values. */
  addValues(tensor: string, values: Float32Array): void {
    const known = this.extremesOf(tensor);
    let { min, max } = known;
    for (let left = values.length - 1; left >= 0; left--) {
      const value = values[left] ?? 0;
      if (Number.isFinite(value)) {
        if (value < min) min = value;
        if (value > max) max = value;
      } else known.sawNonFinite = true;
    }
    known.min = min;
    known.max = max;
  }

  /** Ranges of the tensors that had a finite value; a minimum that was never looked at is 0. */
  ranges(): Map<string, TensorRange> {
    const ranges = new Map<string, TensorRange>();
    for (const [tensor, { min, max }] of this.extremes) {
      if (max > -Infinity) ranges.set(tensor, { min: min === Infinity ? Math.min(0, max) : min, max });
    }
    return ranges;
  }

  /** Tensors in which NaN or infinities were seen and left out. */
  tensorsWithNonFinite(): string[] {
    return [...this.extremes].filter(([, { sawNonFinite }]) => sawNonFinite).map(([tensor]) => tensor);
  }

  private extremesOf(tensor: string): Extremes {
    const known = this.extremes.get(tensor);
    if (known === undefined) throw new RangeError(`"${tensor}" is not calibrated`);
    return known;
  }
}

function unseen(): Extremes {
  return { min: Infinity, max: -Infinity, sawNonFinite: false };
}
