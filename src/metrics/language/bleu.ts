// Metric `BLEU` (Papineni et al. 2002) over all samples, as mteval and sacreBLEU count it (SYSTEMS §5.3).
import type { Metric } from '../contracts';
import { spoken } from './sequences';
import type { Sequence, SequenceParameters, Spoken } from './sequences';

const longestGram = 4;

interface Counts {
  /** By length of the n-grams, from 1. */
  readonly matches: number[];
  readonly possible: number[];
  said: number;
  right: number;
}

/** 100 × geometric mean of the precisions of 1 to 4 words × brevity penalty. A single sample has no value. */
export function bleu(parameters: SequenceParameters): Metric {
  let counts = noCounts();
  return {
    attributes: { BLEU: { direction: 'higher-better', type: 'bleu' } },
    update: (outputs, annotations) => {
      for (const one of spoken('BLEU', outputs, annotations, parameters, translationWords)) add(counts, one);
    },
    value: { BLEU: [] },
    get avgValue() {
      return { BLEU: scoreOf(counts) };
    },
    reset: () => {
      counts = noCounts();
    },
  };
}

/**
 * Punctuation and symbols are words, but for those between digits, and right behind the digits a text ends with
 * (international form of mteval 14).
 */
export function translationWords(text: string): readonly string[] {
  return text
    .replace(/(\P{Nd})(\p{P})/gu, '$1 $2 ')
    .replace(/(\p{P})(\P{Nd})/gu, ' $1 $2')
    .replace(/(\p{S})/gu, ' $1 ')
    .split(/\s+/)
    .filter((word) => word !== '');
}

function noCounts(): Counts {
  const zeros = (): number[] => new Array<number>(longestGram).fill(0);
  return { matches: zeros(), possible: zeros(), said: 0, right: 0 };
}

function add(counts: Counts, { said, right }: Spoken): void {
  counts.said += said.length;
  counts.right += nearestLength(said.length, right);
  for (let length = 1; length <= longestGram; length++) {
    const own = grams(said, length);
    const allowed = right.map((one) => grams(one, length));
    for (const [gram, count] of own) {
      const most = Math.max(...allowed.map((each) => each.get(gram) ?? 0));
      counts.matches[length - 1] = (counts.matches[length - 1] ?? 0) + Math.min(count, most);
    }
    counts.possible[length - 1] = (counts.possible[length - 1] ?? 0) + Math.max(0, said.length - length + 1);
  }
}

/** Of several right answers the length nearest to ours counts, the shorter of two equally near ones. */
function nearestLength(said: number, right: readonly Sequence[]): number {
  const lengths = right.map(({ length }) => length);
  return lengths.reduce((best, length) => {
    const difference = Math.abs(length - said) - Math.abs(best - said);
    return difference < 0 || (difference === 0 && length < best) ? length : best;
  });
}

function grams(tokens: Sequence, length: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + length <= tokens.length; start++) {
    const gram = JSON.stringify(tokens.slice(start, start + length));
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/** A precision without a match counts as half, a quarter, … of one match, so that small sets are not 0 at once. */
function scoreOf({ matches, possible, said, right }: Counts): number {
  if (right === 0 && said === 0) return NaN;
  let missed = 1;
  let logarithms = 0;
  for (let index = 0; index < longestGram; index++) {
    const count = matches[index] ?? 0;
    const all = possible[index] ?? 0;
    // Not one word is right, or no answer is long enough.
    if (all === 0 || (index === 0 && count === 0)) return 0;
    if (count === 0) missed *= 2;
    logarithms += Math.log((count === 0 ? 1 / missed : count) / all);
  }
  const brevity = said >= right ? 1 : Math.exp(1 - right / said);
  return 100 * brevity * Math.exp(logarithms / longestGram);
}
