// The part of a new module that judges outputs, in TypeScript and in JavaScript with types in comments.

/** A class with types of its own. */
export const typescriptMetric = `/**
 * Judges the outputs of the model. The class is made once for each evaluation, is given the outputs batch by batch, and is
 * asked for its result. Whether a greater result is a better one is the parameter "higher_is_better" of the metric. As it
 * stands the result is the share of samples whose highest score is that of their label: put your own judgement in its place.
 */
export class Metric {
  private right = 0;
  private samples = 0;

  /** Outputs are by name, with the batch as first axis; there is an annotation for each sample. */
  update(outputs: Readonly<Record<string, Tensor>>, annotations: readonly unknown[]): void {
    const scores = Array.from(Object.values(outputs)[0]?.data ?? [], Number);
    const classes = scores.length / annotations.length;
    annotations.forEach((annotation, sample) => {
      const own = scores.slice(sample * classes, (sample + 1) * classes);
      if (own.indexOf(Math.max(...own)) === Number(annotation)) this.right += 1;
    });
    this.samples += annotations.length;
  }

  /** The figure over everything so far. */
  result(): number {
    return this.samples === 0 ? 0 : this.right / this.samples;
  }
}
`;

/** The same with types in comments. */
export const javascriptMetric = `/**
 * Judges the outputs of the model. The class is made once for each evaluation, is given the outputs batch by batch, and is
 * asked for its result. Whether a greater result is a better one is the parameter "higher_is_better" of the metric. As it
 * stands the result is the share of samples whose highest score is that of their label: put your own judgement in its place.
 */
export class Metric {
  right = 0;
  samples = 0;

  /**
   * @param {Readonly<Record<string, Tensor>>} outputs by name, with the batch as first axis
   * @param {readonly unknown[]} annotations one for each sample
   */
  update(outputs, annotations) {
    const scores = Array.from(Object.values(outputs)[0]?.data ?? [], Number);
    const classes = scores.length / annotations.length;
    annotations.forEach((annotation, sample) => {
      const own = scores.slice(sample * classes, (sample + 1) * classes);
      if (own.indexOf(Math.max(...own)) === Number(annotation)) this.right += 1;
    });
    this.samples += annotations.length;
  }

  /** The figure over everything so far. */
  result() {
    return this.samples === 0 ? 0 : this.right / this.samples;
  }
}
`;
