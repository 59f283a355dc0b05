// Metric `SquadF1`: words shared by an answer and the best of the right ones, by the rules of SQuAD (SYSTEMS §5.3).
import type { Metric } from '../contracts';
import { tokenF1 } from '../f1';
import { metricErrors } from '../metricErrors';
import { rightTexts, textRows } from './sequences';

/** 100 × mean over questions of the F1 of words; beside it the share of answers that are exactly right (× 100). */
export function squadF1({ output }: { output: string | undefined }): Metric {
  let overlaps: number[] = [];
  let exact: number[] = [];
  return {
    attributes: {
      SquadF1: { direction: 'higher-better', type: 'f1' },
      exact_match: { direction: 'higher-better', type: 'accuracy' },
    },
    update: (outputs, annotations) => {
      const texts = textRows('SquadF1', outputs, output, annotations.length);
      if (texts === undefined)
        throw metricErrors.outputKind('SquadF1', output ?? Object.keys(outputs)[0] ?? '', noText, nextStep);
      texts.forEach((text, index) => {
        const said = answerWords(text);
        const right = rightTexts('SquadF1', annotations[index]).map(answerWords);
        overlaps.push(100 * Math.max(...right.map((words) => tokenF1(said, words))));
        exact.push(right.some((words) => words.join(' ') === said.join(' ')) ? 100 : 0);
      });
    },
    get value() {
      return { SquadF1: overlaps, exact_match: exact };
    },
    get avgValue() {
      return { SquadF1: mean(overlaps), exact_match: mean(exact) };
    },
    reset: () => {
      overlaps = [];
      exact = [];
    },
  };
}

const noText = 'it is numbers, not text';
const nextStep = 'Name an output with the text of the answer ("output: <name>"), or measure F1 on numbers of tokens.';

/** Words in lower case, without ASCII punctuation and articles. */
export function answerWords(text: string): readonly string[] {
  return text
    .toLowerCase()
    .replace(/[!-/:-@[-`{-~]/g, '')
    .replace(/\b(a|an|the)\b/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '');
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
