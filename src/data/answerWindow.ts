// The label of a question about a passage (SQuAD): what right answers are, and where in the passage each token stands.
import type { Annotation } from './contracts';

/** From a character of the passage up to, but without, another. */
export type TextSpan = readonly [from: number, to: number];

/** A question with a part of its passage, as one sample of a model that marks where its answer begins and ends. */
export interface AnswerWindow {
  /** The same for all windows of a question, and for no other question. */
  readonly question: string;
  /** The whole passage. */
  readonly context: string;
  /** Texts of which each is right. */
  readonly answers: readonly string[];
  /** For each token of the sample the part of the passage that it stands for; null for all other tokens. */
  readonly spans: readonly (TextSpan | null)[];
  /**
   * For each token whether an answer may begin there. A token that lies in several windows counts in the one that has most of
   * its surroundings; absent: every token of the passage.
   */
  readonly mayBegin?: readonly boolean[];
}

/** Whether a label is one of a question about a passage. */
export function isAnswerWindow(label: Annotation): label is AnswerWindow {
  if (typeof label !== 'object' || label === null) return false;
  const { question, context, answers, spans, mayBegin } = label as Partial<Record<keyof AnswerWindow, unknown>>;
  return (
    typeof question === 'string' &&
    typeof context === 'string' &&
    Array.isArray(answers) &&
    answers.length > 0 &&
    answers.every((answer) => typeof answer === 'string') &&
    Array.isArray(spans) &&
    spans.every(isSpanOrNull) &&
    (mayBegin === undefined || (Array.isArray(mayBegin) && mayBegin.length === spans.length))
  );
}

function isSpanOrNull(value: unknown): boolean {
  if (value === null) return true;
  return Array.isArray(value) && value.length === 2 && value.every((each) => Number.isSafeInteger(each));
}
