// Metric `ROC`: area under the ROC curve, by ranks (Mann–Whitney), equal scores counted half (SYSTEMS §5.3).
import type { ParametersOf } from '../../dictionary/entry';
import type { metricEntries } from '../../dictionary/metrics';
import type { Metric } from '../contracts';
import { metricErrors } from '../metricErrors';
import { classLabel, labelValues, outputRows } from '../values';
import type { Numbers } from '../values';
import { ranksOf } from './correlations';

/** Scores of a class over all samples, and whether each sample is of the class. */
interface ClassScores {
  readonly scores: number[];
  readonly isMember: boolean[];
}

/** What one sample adds: a score and whether it is right, for each class. */
type PerClass = readonly (readonly [score: number, isMember: boolean])[];

/**
 * The mean over classes (of several classes each against the rest, by their probabilities); those that no sample or
 * every sample is of are left out, and where all are, the figure is NaN. A single sample has no value.
 */
export function roc({ task, output }: ParametersOf<typeof metricEntries, 'ROC'>): Metric {
  let classes: ClassScores[] = [];
  return {
    attributes: { ROC: { direction: 'higher-better', type: 'accuracy' } },
    update: (outputs, annotations) => {
      const { rows, name } = outputRows('ROC', outputs, output, annotations.length);
      rows.forEach((row, index) => {
        perClass(task, name, row, annotations[index]).forEach(([score, isMember], at) => {
          const of = (classes[at] ??= { scores: [], isMember: [] });
          of.scores.push(score);
          of.isMember.push(isMember);
        });
      });
    },
    value: { ROC: [] },
    get avgValue() {
      const areas = classes
        .map(({ scores, isMember }) => areaUnderCurve(scores, isMember))
        .filter((area) => area !== undefined);
      return { ROC: areas.reduce((sum, area) => sum + area, 0) / areas.length };
    },
    reset: () => {
      classes = [];
    },
  };
}

function perClass(
  task: ParametersOf<typeof metricEntries, 'ROC'>['task'],
  output: string,
  row: Numbers,
  annotation: unknown,
): PerClass {
  if (task === 'multiclass') {
    if (row.length < 2) throw wrongSize(output, row.length, 'multiclass needs a score for each class');
    const label = classLabel('ROC', annotation, row.length);
    return probabilities(row).map((score, index) => [score, index === label]);
  }
  if (task === 'multilabel') {
    const { values } = labelValues('ROC', annotation);
    if (values.length !== row.length) throw metricErrors.labelSize('ROC', row.length, values.length);
    return Array.from(row, (score: number, index: number) => [score, isOne(values[index])] as const);
  }
  if (row.length > 2) throw wrongSize(output, row.length, 'binary needs one score, or two');
  // Of two scores the difference says what their probability says, in the same order.
  const score = row.length === 2 ? (row[1] ?? NaN) - (row[0] ?? NaN) : (row[0] ?? NaN);
  const { values } = labelValues('ROC', annotation);
  if (values.length !== 1) throw metricErrors.labelKind('ROC', 'one number, 0 or 1,', `${values.length} numbers`);
  return [[score, isOne(values[0])]];
}

function isOne(label: number | undefined): boolean {
  if (label === 0 || label === 1) return label === 1;
  throw metricErrors.labelKind('ROC', '0 or 1', String(label));
}

function wrongSize(output: string, given: number, expected: string): Error {
  const problem = `it has ${given} ${given === 1 ? 'number' : 'numbers'} for a sample; ${expected}`;
  return metricErrors.outputKind(
    'ROC',
    output,
    problem,
    'Set task to binary, multiclass or multilabel, or name another output.',
  );
}

/** The scores where they are probabilities, else their softmax. */
function probabilities(scores: Numbers): readonly number[] {
  const own = Array.from(scores);
  const sum = own.reduce((total, score) => total + score, 0);
  if (own.every((score) => score >= 0) && Math.abs(sum - 1) < 1e-3) return own;
  const largest = own.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = own.map((score) => Math.exp(score - largest));
  const total = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / total);
}

/** Undefined where all samples are of the class, or none is. NaN when a score is. */
export function areaUnderCurve(scores: readonly number[], isMember: readonly boolean[]): number | undefined {
  const members = isMember.filter(Boolean).length;
  const others = isMember.length - members;
  if (members === 0 || others === 0) return undefined;
  const ranks = ranksOf(scores);
  const sum = ranks.reduce((total, rank, index) => total + (isMember[index] === true ? rank : 0), 0);
  return (sum - (members * (members + 1)) / 2) / (members * others);
}
