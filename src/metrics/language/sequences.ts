// What a model says and what would be right, as sequences of tokens: words of text, or token numbers.
import type { Annotation } from '../../data/contracts';
import type { ModelOutputs } from '../contracts';
import { metricErrors } from '../metricErrors';
import { argMax, labelValues, outputRows } from '../values';

export type Token = string | number;
export type Sequence = readonly Token[];

/** Parameters of the metrics over sequences. */
export interface SequenceParameters {
  readonly ignore_tokens: readonly number[];
  readonly end_token: number | undefined;
  readonly ctc_blank: number | undefined;
  readonly output: string | undefined;
}

/** Cuts text into words. */
export type Words = (text: string) => readonly string[];

/** One sample: what was said, and all that would have been right. */
export interface Spoken {
  readonly said: Sequence;
  readonly right: readonly Sequence[];
}

/**
 * Outputs as sequences: text is cut into words, whole numbers are tokens, and scores (tokens × vocabulary) are tokens by
 * their arg-max. Labels are of the same kind; a list of texts, or of lists, gives several right answers.
 */
export function spoken(
  metric: string,
  outputs: ModelOutputs,
  annotations: readonly Annotation[],
  parameters: SequenceParameters,
  words: Words,
): readonly Spoken[] {
  const texts = textRows(metric, outputs, parameters.output, annotations.length);
  if (texts !== undefined) {
    return texts.map((text, index) => ({
      said: words(text),
      right: rightTexts(metric, annotations[index]).map(words),
    }));
  }
  const { rows, rowDims, isFloat, name } = outputRows(metric, outputs, parameters.output, annotations.length);
  return rows.map((row, index) => {
    const [, classes = 0] = rowDims;
    if (isFloat && rowDims.length !== 2) {
      const problem = `floating point numbers are scores, and a sample of it is of [${rowDims.join(', ')}], not of tokens × vocabulary`;
      throw metricErrors.outputKind(
        metric,
        name,
        problem,
        'Let the model give token numbers as integers (int64), or name an output of scores: "output: <name>".',
      );
    }
    const tokens = isFloat
      ? Array.from({ length: rowDims[0] ?? 0 }, (_, at) => argMax(row, at * classes, classes))
      : [...row];
    return { said: cleaned(tokens, parameters), right: rightNumbers(metric, annotations[index], parameters) };
  });
}

/** The texts of an output, one a sample; undefined for an output of numbers. */
export function textRows(
  metric: string,
  outputs: ModelOutputs,
  output: string | undefined,
  batch: number,
): readonly string[] | undefined {
  const name = output ?? Object.keys(outputs)[0] ?? '';
  const tensor = outputs[name];
  if (tensor === undefined || ArrayBuffer.isView(tensor.data)) return undefined;
  if (tensor.data.length === batch) return tensor.data;
  const problem = `its shape [${tensor.dims.join(', ')}] has no text for each of ${batch} samples`;
  throw metricErrors.outputKind(metric, name, problem, 'Name an output with one text for a sample.');
}

/** A label that is text, or a list of texts of which each is right. */
export function rightTexts(metric: string, annotation: Annotation): readonly string[] {
  if (annotation === undefined || annotation === null) throw metricErrors.labelMissing(metric);
  const texts: readonly unknown[] = Array.isArray(annotation) ? annotation : [annotation];
  if (texts.length > 0 && texts.every((text) => typeof text === 'string')) return texts;
  throw metricErrors.labelKind(metric, 'text, or a list of texts,', 'something else');
}

function rightNumbers(metric: string, annotation: Annotation, parameters: SequenceParameters): readonly Sequence[] {
  const isList = Array.isArray(annotation) && annotation.length > 0 && annotation.every(Array.isArray);
  const all: readonly unknown[] = isList ? annotation : [annotation];
  const dropped = { ...parameters, ctc_blank: undefined };
  return all.map((one) => cleaned([...labelValues(metric, one).values], dropped));
}

function cleaned(
  tokens: readonly number[],
  { ignore_tokens: ignored, end_token: end, ctc_blank: blank }: SequenceParameters,
): Sequence {
  const last = end === undefined ? -1 : tokens.indexOf(end);
  const until = last < 0 ? tokens : tokens.slice(0, last);
  const merged =
    blank === undefined ? until : until.filter((token, index) => token !== blank && token !== until[index - 1]);
  return merged.filter((token) => !ignored.includes(token));
}
