// Metric of segmentations: mIOU (SYSTEMS §5.3).
import { argMaxAnswers } from './classification';
import type { Metric } from './contracts';
import { metricErrors } from './metricErrors';
import { labelValues, outputRows } from './values';
import type { Numbers, OutputRows } from './values';

const name = 'mIOU';

/** Counts of one class over the elements of labels. */
class ClassCounts {
  readonly hits: Float64Array;
  readonly falseAlarms: Float64Array;
  readonly misses: Float64Array;

  constructor(private readonly classes: number) {
    this.hits = new Float64Array(classes);
    this.falseAlarms = new Float64Array(classes);
    this.misses = new Float64Array(classes);
  }

  /** Elements whose label is no class count for nothing; an answer that is no class is a miss. */
  add(answers: Numbers, labels: Numbers): void {
    for (let at = 0; at < labels.length; at++) {
      const label = labels[at] ?? NaN;
      const answer = answers[at] ?? NaN;
      if (!this.isClass(label)) continue;
      if (answer === label) increase(this.hits, label);
      else {
        increase(this.misses, label);
        if (this.isClass(answer)) increase(this.falseAlarms, answer);
      }
    }
  }

  addAll(other: ClassCounts): void {
    for (let index = 0; index < this.classes; index++) {
      increase(this.hits, index, other.hits[index]);
      increase(this.falseAlarms, index, other.falseAlarms[index]);
      increase(this.misses, index, other.misses[index]);
    }
  }

  /** Mean over classes that occur among labels or answers of TP / (TP + FP + FN); NaN where none does. */
  mean(): number {
    let sum = 0;
    let present = 0;
    for (let index = 0; index < this.classes; index++) {
      const hits = this.hits[index] ?? 0;
      const union = hits + (this.falseAlarms[index] ?? 0) + (this.misses[index] ?? 0);
      if (union === 0) continue;
      sum += hits / union;
      present++;
    }
    return sum / present;
  }

  private isClass(value: number): boolean {
    return Number.isInteger(value) && value >= 0 && value < this.classes;
  }
}

function increase(counts: Float64Array, index: number, by = 1): void {
  counts[index] = (counts[index] ?? 0) + by;
}

/**
 * Mean intersection over union over all elements of all samples. Outputs are scores, whose arg-max over the classes
 * (first axis of a sample, else the last) has to leave as many answers as the label has elements, or integer answers. A
 * sample's own value is that of its elements; 1 where none of its labels is a class.
 */
export function meanIntersectionOverUnion(parameters: {
  readonly num_classes: number;
  readonly output: string | undefined;
}): Metric {
  const { num_classes: classes, output } = parameters;
  let total = new ClassCounts(classes);
  let values: number[] = [];
  return {
    attributes: { [name]: { direction: 'higher-better', type: 'accuracy' } },
    update: (outputs, annotations) => {
      const rows = outputRows(name, outputs, output, annotations.length);
      annotations.forEach((annotation, index) => {
        const labels = labelValues(name, annotation).values;
        const counts = new ClassCounts(classes);
        counts.add(answersOf(rows, index, labels.length), labels);
        total.addAll(counts);
        const mean = counts.mean();
        values.push(Number.isNaN(mean) ? 1 : mean);
      });
    },
    get value() {
      return { [name]: values };
    },
    get avgValue() {
      return { [name]: total.mean() };
    },
    reset: () => {
      total = new ClassCounts(classes);
      values = [];
    },
  };
}

function answersOf({ rows, rowDims, isFloat }: OutputRows, index: number, size: number): Numbers {
  const row = rows[index] ?? [];
  if (!isFloat && row.length === size) return row;
  const answers = isFloat ? argMaxAnswers(row, rowDims, size) : undefined;
  if (answers === undefined) throw metricErrors.labelSize(name, row.length, size);
  return answers.predicted;
}
