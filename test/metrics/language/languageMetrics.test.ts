// The metrics of language models against figures worked out by hand or by scikit-learn, and against what must hold.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Metric, ModelOutputs } from '../../../src/metrics/contracts';
import { answerWords } from '../../../src/metrics/language/squadF1';
import { areaUnderCurve } from '../../../src/metrics/language/rocAuc';
import { matthewsCorrelation, ranksOf } from '../../../src/metrics/language/correlations';
import { translationWords } from '../../../src/metrics/language/bleu';
import { wordErrors } from '../../../src/metrics/language/wordErrorRate';
import { createMetric } from '../../../src/metrics/registry';

function scores(rows: readonly (readonly number[])[]): ModelOutputs {
  const width = rows[0]?.length ?? 0;
  return { scores: { type: 'float32', dims: [rows.length, width], data: Float32Array.from(rows.flat()) } };
}

function texts(...data: string[]): ModelOutputs {
  return { text: { type: 'string', dims: [data.length], data } };
}

function tokens(rows: readonly (readonly number[])[]): ModelOutputs {
  const data = BigInt64Array.from(rows.flat(), BigInt);
  return { tokens: { type: 'int64', dims: [rows.length, rows[0]?.length ?? 0], data } };
}

const sequence = { ignore_tokens: [] };

function metric(name: string, parameters: Readonly<Record<string, unknown>> = {}): Metric {
  return createMetric(name, parameters);
}

describe('GLUE', () => {
  const answers = [
    [0, 1],
    [0, 1],
    [1, 0],
    [1, 0],
    [0, 1],
  ];

  it('is accuracy, sample by sample, with F1 beside it for pairs that say the same', () => {
    const accuracy = metric('GLUE', { task: 'mrpc' });
    accuracy.update(scores(answers), [1, 0, 0, 1, 1]);
    expect(accuracy.value).toEqual({ GLUE: [1, 0, 1, 0, 1] });
    // Of class 1: 2 right of 3 answers and 3 labels.
    expect(accuracy.avgValue).toEqual({ GLUE: 0.6, f1: 4 / 6 });
    accuracy.reset();
    expect(accuracy.value).toEqual({ GLUE: [] });
  });

  it('is Matthews correlation for cola', () => {
    const cola = metric('GLUE', { task: 'cola' });
    cola.update(scores(answers), [1, 0, 0, 1, 1]);
    // TP 2, TN 1, FP 1, FN 1: (2·1 − 1·1) / √(3·3·2·2).
    expect(cola.avgValue['GLUE']).toBeCloseTo(1 / 6, 12);
    expect(cola.value).toEqual({ GLUE: [] });
    expect(matthewsCorrelation({ predicted: [1, 1], labels: [0, 1] })).toBe(0);
    // scikit-learn 1.9: matthews_corrcoef([0,1,2,2,1,0,2],[0,2,2,2,1,0,1]).
    expect(matthewsCorrelation({ predicted: [0, 2, 2, 2, 1, 0, 1], labels: [0, 1, 2, 2, 1, 0, 2] })).toBeCloseTo(
      0.5625,
      12,
    );
  });

  it('is the mean of two correlations for sts-b', () => {
    const similarity = metric('GLUE', { task: 'sts-b' });
    similarity.update(scores([[1], [2]]), [1, 3]);
    similarity.update(scores([[3], [10]]), [2, 4]);
    // Pearson by hand: Σxy 13 over √(50 · 5); ranks 1 2 3 4 and 1 3 2 4: 1 − 6·2/60.
    expect(similarity.avgValue['spearman']).toBeCloseTo(0.8, 12);
    expect(similarity.avgValue['pearson']).toBeCloseTo(13 / Math.sqrt(250), 12);
    expect(similarity.avgValue['GLUE']).toBeCloseTo((0.8 + 13 / Math.sqrt(250)) / 2, 12);
  });

  it('says which output or label does not fit', () => {
    expect(() => metric('GLUE', { task: 'mrpc' }).update(scores([[1]]), [0])).toThrow(/one number for a sample/);
    expect(() => metric('GLUE', { task: 'sts-b' }).update(scores([[1, 2]]), [0])).toThrow(/sts-b needs one/);
    expect(() => metric('GLUE', { task: 'rte' }).update(scores([[1, 2]]), [2])).toThrow(/label 2 is not among the 2/);
  });
});

describe('ROC', () => {
  it('counts pairs in the right order, and equal scores half', () => {
    expect(areaUnderCurve([0.1, 0.4, 0.35, 0.8], [false, false, true, true])).toBe(0.75);
    expect(areaUnderCurve([1, 1, 1], [true, false, true])).toBe(0.5);
    expect(areaUnderCurve([1, 2], [true, true])).toBeUndefined();
  });

  it('takes one score, or two of which the second counts', () => {
    const one = metric('ROC', { task: 'binary' });
    one.update(scores([[0.1], [0.4], [0.35], [0.8]]), [0, 0, 1, 1]);
    expect(one.avgValue).toEqual({ ROC: 0.75 });
    const two = metric('ROC', { task: 'dlrm' });
    two.update(
      scores([
        [0, 1],
        [0, 4],
        [1, 4.5],
        [0, 8],
      ]),
      [0, 0, 1, 1],
    );
    expect(two.avgValue).toEqual({ ROC: 0.75 });
  });

  it('is the mean over classes', () => {
    const classes = metric('ROC', { task: 'multiclass' });
    classes.update(
      scores([
        [0.5, 0.25, 0.25],
        [0.25, 0.5, 0.25],
        [0.5, 0.25, 0.25],
      ]),
      [0, 1, 2],
    );
    // Class 0: 0.5 against 0.25 and 0.5; class 1: above both; class 2: equal to both.
    expect(classes.avgValue['ROC']).toBeCloseTo((0.75 + 1 + 0.5) / 3, 12);
    const labels = metric('ROC', { task: 'multilabel' });
    labels.update(
      scores([
        [1, 5, 0],
        [2, 6, 0],
      ]),
      [
        [0, 1, 1],
        [1, 0, 1],
      ],
    );
    expect(labels.avgValue).toEqual({ ROC: 0.5 });
  });

  it('has no figure without both kinds of samples', () => {
    const empty = metric('ROC', { task: 'binary' });
    empty.update(scores([[1], [2]]), [1, 1]);
    expect(empty.avgValue['ROC']).toBeNaN();
  });

  it('does not change when scores are mapped in their order, and turns over when they are turned', () => {
    const sample = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(sample, { minLength: 2, maxLength: 40 }), (samples) => {
        const values = samples.map(([score]) => score);
        const isMember = samples.map(([, member]) => member);
        const area = areaUnderCurve(values, isMember);
        expect(
          areaUnderCurve(
            values.map((value) => value ** 3 - 7),
            isMember,
          ),
        ).toBe(area);
        if (area === undefined) return;
        expect(
          areaUnderCurve(
            values.map((value) => -value),
            isMember,
          ),
        ).toBeCloseTo(1 - area, 12);
        expect(
          areaUnderCurve(
            values,
            isMember.map((member) => !member),
          ),
        ).toBeCloseTo(1 - area, 12);
      }),
    );
  });

  it.each([
    [{ task: 'binary' }, [[1, 2, 3]], [0], /binary needs one score, or two/],
    [{ task: 'multiclass' }, [[1]], [0], /multiclass needs a score for each class/],
    [{ task: 'multilabel' }, [[1, 2]], [[1]], /an output has 2 elements and its label 1/],
    [{ task: 'binary' }, [[1]], [2], /needs 0 or 1 as label/],
  ])('%j says what does not fit', (parameters, rows, labels, message) => {
    expect(() => metric('ROC', parameters).update(scores(rows), labels)).toThrow(message);
  });
});

it('ranks share the mean of equal values, and add up', () => {
  expect(ranksOf([3, 1, 3, 2])).toEqual([3.5, 1, 3.5, 2]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5 })), (values) => {
      const sum = ranksOf(values).reduce((total, rank) => total + rank, 0);
      expect(sum).toBe((values.length * (values.length + 1)) / 2);
    }),
  );
});

describe('BLEU', () => {
  it('counts words in a row over all samples, as worked out by hand', () => {
    const bleu = metric('BLEU', sequence);
    bleu.update(texts('the cat sat on the mat'), ['the cat is on the mat']);
    bleu.update(texts('a b c d e'), ['a b c d e']);
    // Matches of 1 to 4 words: 5+5 of 6+5, 3+4 of 5+4, 1+3 of 4+3, 0+2 of 3+2; as long as the right ones.
    const precisions = (10 / 11) * (7 / 9) * (4 / 7) * (2 / 5);
    expect(bleu.avgValue['BLEU']).toBeCloseTo(100 * precisions ** 0.25, 10);
    expect(bleu.value).toEqual({ BLEU: [] });
  });

  it('punishes short answers, and takes the best of several right ones', () => {
    const bleu = metric('BLEU', sequence);
    bleu.update(tokens([[1, 2, 3, 4]]), [
      [
        [1, 2, 3, 4, 5, 6],
        [7, 8, 9, 7, 8, 9, 7, 8],
      ],
    ]);
    expect(bleu.avgValue['BLEU']).toBeCloseTo(100 * Math.exp(1 - 6 / 4), 10);
  });

  it('is 100 for what is right, 0 for what has no right word, and never outside', () => {
    const sentences = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(sentences, sentences, (said, right) => {
        const perfect = metric('BLEU', sequence);
        perfect.update(tokens(said), said);
        expect(perfect.avgValue['BLEU']).toBeCloseTo(100, 9);
        const some = metric('BLEU', sequence);
        some.update(
          tokens(said),
          said.map((_, index) => right[index % right.length]),
        );
        expect(some.avgValue['BLEU']).toBeGreaterThanOrEqual(0);
        expect(some.avgValue['BLEU']).toBeLessThanOrEqual(100 + 1e-9);
      }),
    );
    const none = metric('BLEU', sequence);
    none.update(texts('x y z w'), ['a b c d']);
    expect(none.avgValue).toEqual({ BLEU: 0 });
  });

  it('takes punctuation and symbols as words, but for those within numbers', () => {
    expect(translationWords('Well, $1,234.50 (a lot) in 2024.')).toEqual([
      'Well',
      ',',
      '$',
      '1,234.50',
      '(',
      'a',
      'lot',
      ')',
      'in',
      '2024.',
    ]);
  });
});

describe('WER', () => {
  it('counts words put in, left out and exchanged', () => {
    const wer = metric('WER', sequence);
    wer.update(texts('the cat sat on mat', 'hello'), ['the cat is on the mat', 'hello world']);
    expect(wer.avgValue).toEqual({ WER: 3 / 8 });
    expect(wer.value).toEqual({ WER: [4 / 8, 2 / 8] });
  });

  it('reads what a CTC model says, and leaves padding out', () => {
    const spoken = [0, 5, 5, 0, 5, 6, 6, 0];
    const frames = spoken.map((token) => Array.from({ length: 7 }, (_, index) => (index === token ? 1 : 0)));
    const outputs: ModelOutputs = {
      logits: { type: 'float32', dims: [1, 8, 7], data: Float32Array.from(frames.flat()) },
    };
    const wer = metric('WER', { ignore_tokens: [-100], ctc_blank: 0 });
    wer.update(outputs, [[5, 5, 6, -100, -100]]);
    expect(wer.avgValue).toEqual({ WER: 0 });
    const ended = metric('WER', { ...sequence, end_token: 2 });
    ended.update(tokens([[7, 8, 2, 9]]), [[7, 9, 2]]);
    expect(ended.avgValue).toEqual({ WER: 1 / 2 });
  });

  it('is a distance: symmetric, 0 only for equal ones, within its bounds, without shortcuts', () => {
    const words = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 8 });
    fc.assert(
      fc.property(words, words, words, (a, b, c) => {
        const errors = wordErrors(a, b);
        expect(errors).toBe(wordErrors(b, a));
        expect(errors === 0).toBe(a.join() === b.join());
        expect(errors).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(errors).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(wordErrors(a, c)).toBeLessThanOrEqual(errors + wordErrors(b, c));
      }),
    );
  });

  it.each([
    [
      scores([[1, 2]]),
      [[1]],
      /floating point numbers are scores, and a sample of it is of \[2\], not of tokens × vocabulary/,
    ],
    [texts('a'), [3], /needs text, or a list of texts, as label/],
    [texts('a'), [undefined], /compares with labels, but the data set has none/],
    [{ text: { type: 'string', dims: [2, 1], data: ['a', 'b'] } } as const, ['a'], /no text for each of 1 samples/],
  ])('says what does not fit (%#)', (outputs, labels, message) => {
    expect(() => metric('WER', sequence).update(outputs, labels)).toThrow(message);
  });
});

describe('SquadF1', () => {
  it('is the best overlap with a right answer, whatever the letters, articles and punctuation', () => {
    const squad = metric('SquadF1');
    squad.update(texts('The Denver Broncos!', 'in Paris'), [
      ['Denver Broncos', 'Broncos'],
      ['London', 'Paris, France'],
    ]);
    // "in paris" and "paris france" share one word of two and two.
    expect(squad.value).toEqual({ SquadF1: [100, 50], exact_match: [100, 0] });
    expect(squad.avgValue).toEqual({ SquadF1: 75, exact_match: 50 });
    expect(answerWords("An apple a day; the doctor's")).toEqual(['apple', 'day', 'doctors']);
  });

  it('needs text', () => {
    expect(() => metric('SquadF1').update(scores([[1]]), ['a'])).toThrow(/it is numbers, not text/);
  });
});
