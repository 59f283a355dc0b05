// Postprocessing `SquadV1`: scores of where an answer begins and ends, as the text of the best answer of each question.
import { isAnswerWindow } from '../../data/answerWindow';
import type { AnswerWindow, TextSpan } from '../../data/answerWindow';
import type { Annotation } from '../../data/contracts';
import type { ParametersOf } from '../../dictionary/entry';
import type { outputStepEntries } from '../../dictionary/postprocessing';
import type { Metric, ModelOutputs } from '../contracts';
import { metricErrors } from '../metricErrors';
import { outputRows } from '../values';
import type { Numbers } from '../values';

type SquadParameters = ParametersOf<typeof outputStepEntries, 'SquadV1'>;

/** The best answer of a question so far. */
interface Answer {
  readonly text: string;
  readonly score: number;
  readonly answers: readonly string[];
}

const step = 'SquadV1';

/**
 * Gives the metric one output `answer`, a text for each question, with the right texts as labels. A question may come in
 * several windows, in any order: the metric is given all questions anew whenever a figure is asked for. Single samples, which
 * are windows, have no values.
 */
export function squadAnswers(parameters: SquadParameters): (metric: Metric) => Metric {
  return (metric) => new SquadAnswers(metric, parameters);
}

class SquadAnswers implements Metric {
  readonly attributes: Metric['attributes'];
  private best = new Map<string, Answer>();
  private isHandedOn = true;

  constructor(
    private readonly metric: Metric,
    private readonly parameters: SquadParameters,
  ) {
    this.attributes = metric.attributes;
  }

  update(outputs: ModelOutputs, annotations: readonly Annotation[]): void {
    const [start, end] = this.scores(outputs, annotations.length);
    annotations.forEach((annotation, row) => {
      const [starts, ends] = [start[row] ?? [], end[row] ?? []];
      const window = windowOf(annotation, Math.min(starts.length, ends.length));
      const { span, score } = bestSpan(window, starts, ends, this.parameters);
      const { question, context, answers } = window;
      const known = this.best.get(question);
      if (known !== undefined && known.score >= score) return;
      this.best.set(question, { text: span === undefined ? '' : context.slice(...span), score, answers });
    });
    this.isHandedOn = false;
  }

  get value(): Metric['value'] {
    return Object.fromEntries(Object.keys(this.attributes).map((name) => [name, []]));
  }

  get avgValue(): Metric['avgValue'] {
    if (!this.isHandedOn) this.handOn();
    return this.metric.avgValue;
  }

  reset(): void {
    this.best = new Map();
    this.isHandedOn = true;
    this.metric.reset();
  }

  private handOn(): void {
    const all = [...this.best.values()];
    this.metric.reset();
    this.metric.update(
      { answer: { type: 'string', dims: [all.length], data: all.map(({ text }) => text) } },
      all.map(({ answers }) => answers),
    );
    this.isHandedOn = true;
  }

  /** Rows of the outputs named, else of those whose names say so, else of the first two. */
  private scores(outputs: ModelOutputs, batch: number): readonly [start: readonly Numbers[], end: readonly Numbers[]] {
    const names = Object.keys(outputs);
    const first = this.parameters.start_output ?? names.find((name) => /start/i.test(name)) ?? names[0];
    const others = names.filter((name) => name !== first);
    const second = this.parameters.end_output ?? others.find((name) => /end/i.test(name)) ?? others[0];
    if (second === undefined) throw metricErrors.answerOutputs(names);
    return [scoresOf(outputs, first, batch), scoresOf(outputs, second, batch)];
  }
}

function scoresOf(outputs: ModelOutputs, name: string | undefined, batch: number): readonly Numbers[] {
  const { rows, rowDims, name: output } = outputRows(step, outputs, name, batch);
  if (rowDims.slice(1).every((size) => size === 1)) return rows;
  const problem = `a sample of it is of [${rowDims.join(', ')}], not one score for each token`;
  throw metricErrors.stepOutputKind(step, output, problem, 'Name the outputs with start_output and end_output.');
}

/** Throws MetricError for a label that tells nothing of the passage, or of more tokens than there are scores. */
function windowOf(annotation: Annotation, scores: number): AnswerWindow {
  if (!isAnswerWindow(annotation)) throw metricErrors.answerLabel();
  // With dynamic_length a batch is as long as its longest sample.
  if (annotation.spans.length > scores) throw metricErrors.answerTokens(scores, annotation.spans.length);
  return annotation;
}

interface ScoredSpan {
  /** Absent where no answer is possible. */
  readonly span: TextSpan | undefined;
  readonly score: number;
}

/** The span with the highest sum of both scores, out of the `n_best_size` highest of each. */
function bestSpan(
  { spans, mayBegin }: AnswerWindow,
  start: Numbers,
  end: Numbers,
  { n_best_size: most, max_answer_length: longest }: SquadParameters,
): ScoredSpan {
  let best: ScoredSpan = { span: undefined, score: -Infinity };
  const ends = highest(end, most).filter((token) => (spans[token] ?? null) !== null);
  for (const first of highest(start, most)) {
    const from = spans[first]?.[0];
    if (from === undefined || mayBegin?.[first] === false) continue;
    for (const last of ends) {
      const to = spans[last]?.[1];
      const score = Number(start[first]) + Number(end[last]);
      if (to === undefined || last < first || last - first + 1 > longest || score <= best.score) continue;
      best = { span: [from, to], score };
    }
  }
  return best;
}

/** Places of the highest scores, the highest first; of equal ones the first. */
function highest(scores: Numbers, most: number): readonly number[] {
  const places = Array.from({ length: scores.length }, (_, place) => place);
  return places.sort((a, b) => Number(scores[b]) - Number(scores[a]) || a - b).slice(0, most);
}
