// Timed runs of one model, kept without an allocation between two of them.

/** Grows only when told to, which is between two blocks of runs: a write never allocates. */
export class LatencyLog {
  private values = new Float64Array(1024);
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** Milliseconds of the runs so far, in their order; valid until the next `reserve`. */
  get latenciesMs(): Float64Array {
    return this.values.subarray(0, this.count);
  }

  /** Makes room for so many further runs. */
  reserve(runs: number): void {
    if (this.count + runs <= this.values.length) return;
    const larger = new Float64Array(2 * (this.count + runs));
    larger.set(this.latenciesMs);
    this.values = larger;
  }

  add(latencyMs: number): void {
    this.values[this.count++] = latencyMs;
  }
}
