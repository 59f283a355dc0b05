// SquadV1: the text of the best answer of each question, and an evaluation from passages to SquadF1 on the real engine.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AnswerWindow } from '../../../src/data/answerWindow';
import { runEvaluate } from '../../../src/metrics/evaluate';
import type { Metric, ModelOutputs } from '../../../src/metrics/contracts';
import { createMetric } from '../../../src/metrics/registry';
import { DataType } from '../../../src/onnx/dataTypes';
import { intAttribute, makeTensor } from '../../../src/onnx/makeMessages';
import { encodeModel } from '../../../src/onnx/writeModel';
import { node, protoOf } from '../../quantization/rewritingModels';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();
const context = 'one two three four';
const spans = [null, [0, 3], [4, 7], [8, 13], [14, 18]] as const;

const windowOf = (rest: Partial<AnswerWindow> = {}): AnswerWindow => {
  return { question: 'q', context, answers: ['two three'], spans, ...rest };
};

function squad(parameters: Readonly<Record<string, unknown>> = {}, name = 'SquadF1'): Metric {
  const all = { n_best_size: 20, max_answer_length: 30, ...parameters };
  return createMetric(name, {}, [{ name: 'SquadV1', parameters: all }]);
}

/** Scores of samples of five tokens. */
function scores(...rows: readonly (readonly [start: readonly number[], end: readonly number[]])[]): ModelOutputs {
  const tensor = (part: 0 | 1): ModelOutputs[string] => {
    const data = Float32Array.from(rows.flatMap((row) => row[part]));
    return { type: 'float32', dims: [rows.length, data.length / rows.length], data };
  };
  // In the order in which some exporters give them.
  return { end_logits: tensor(1), start_logits: tensor(0) };
}

describe('SquadV1', () => {
  it.each<[string, readonly [readonly number[], readonly number[]], Readonly<Record<string, unknown>>, number]>([
    // "two three" is right: F1 is 100; "two" and "three" have half the words: 2/3.
    [
      'takes the span with the highest sum',
      [
        [0, 0, 9, 0, 0],
        [0, 0, 0, 9, 0],
      ],
      {},
      100,
    ],
    [
      'keeps out what is not of the passage',
      [
        [99, 0, 9, 0, 0],
        [99, 0, 0, 9, 0],
      ],
      {},
      100,
    ],
    [
      'keeps the order',
      [
        [0, 0, 0, 9, 0],
        [0, 0, 9, 0, 5],
      ],
      {},
      50,
    ],
    [
      'keeps to a length',
      [
        [0, 0, 9, 5, 0],
        [0, 0, 0, 9, 0],
      ],
      { max_answer_length: 1 },
      200 / 3,
    ],
    [
      'tries only the best of each',
      [
        [0, 0, 0, 9, 8],
        [0, 0, 9, 8, 0],
      ],
      { n_best_size: 1 },
      0,
    ],
  ])('%s', (_, row, parameters, figure) => {
    const metric = squad(parameters);
    metric.update(scores(row), [windowOf()]);
    expect(metric.avgValue['SquadF1']).toBeCloseTo(figure, 10);
  });

  it('takes the best of the windows of a question, in any order, and again after more of them', () => {
    const metric = squad();
    const [good, bad] = [
      [
        [0, 0, 9, 0, 0],
        [0, 0, 0, 9, 0],
      ],
      [
        [0, 5, 0, 0, 0],
        [0, 5, 0, 0, 0],
      ],
    ] as const;
    metric.update(scores(bad), [windowOf()]);
    expect(metric.avgValue['SquadF1']).toBe(0);
    metric.update(scores(good, bad), [windowOf(), windowOf({ question: 'other', answers: ['one'] })]);
    expect(metric.avgValue).toEqual({ SquadF1: 100, exact_match: 100 });
    metric.update(scores(bad), [windowOf()]);
    expect(metric.avgValue).toEqual({ SquadF1: 100, exact_match: 100 });
    expect(metric.value).toEqual({ SquadF1: [], exact_match: [] });
    metric.reset();
    metric.update(scores(bad), [windowOf()]);
    expect(metric.avgValue['SquadF1']).toBe(0);
  });

  it('lets an answer begin only where the token has most of its surroundings', () => {
    const metric = squad();
    const row = [
      [0, 0, 9, 5, 0],
      [0, 0, 0, 9, 0],
    ] as const;
    metric.update(scores(row), [windowOf({ mayBegin: [false, true, false, true, true] })]);
    expect(metric.avgValue['SquadF1']).toBeCloseTo(200 / 3, 10);
  });

  it('refuses labels and outputs that do not fit, with what to do', () => {
    const row = [
      [0, 0, 9, 0, 0],
      [0, 0, 0, 9, 0],
    ] as const;
    expect(() => squad().update(scores(row), [3])).toThrow(/labels of this data set do not tell/);
    expect(() => squad().update(scores(row), [windowOf({ answers: [] })])).toThrow(/labels of this data set/);
    const { start_logits: only } = scores(row);
    expect(() => squad().update({ logits: only! }, [windowOf()])).toThrow('SquadV1 needs two outputs');
    const short = [row[0].slice(0, 3), row[1].slice(0, 3)] as const;
    expect(() => squad().update(scores(short), [windowOf()])).toThrow('3 scores for a sample of 5 tokens');
    const deep = { ...only!, dims: [1, 1, 5] };
    expect(() => squad().update({ start: deep, end: deep }, [windowOf()])).toThrow('of [1, 5], not one score for each');
    expect(() => squad({ start_output: 'a' }).update(scores(row), [windowOf()])).toThrow('looks at the output "a"');
    const agreement = squad({}, 'topk');
    agreement.update(scores(row), [windowOf()]);
    expect(() => agreement.avgValue).toThrow();
  });
});

/** Marks the token 5 as the beginning and the token 6 as the end. */
function markingModel(): string {
  const path = join(folder.path, 'marking.onnx');
  const mark = (name: string, token: number) => ({
    nodes: [
      node('Equal', ['input_ids', `${name}_token`], `${name}_is`),
      node('Cast', [`${name}_is`], name, [intAttribute('to', DataType.float32)]),
    ],
    initializer: makeTensor(`${name}_token`, DataType.int64, [1], BigInt64Array.of(BigInt(token))),
  });
  const parts = [mark('end_logits', 6), mark('start_logits', 5)];
  const proto = protoOf({
    nodes: parts.flatMap(({ nodes }) => nodes),
    inputs: { input_ids: ['n', 't'] },
    inputTypes: { input_ids: DataType.int64 },
    outputs: ['end_logits', 'start_logits'],
    initializers: parts.map(({ initializer }) => initializer),
  });
  writeFileSync(path, encodeModel(proto));
  return path;
}

it('a model is evaluated on passages', async () => {
  const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'who', 'jane', '##s', 'wrote', 'it', '.'];
  folder.write('vocab.txt', words.join('\n'));
  const qas = [
    { id: 'a', question: 'who', answers: [{ text: 'Janes' }] },
    { id: 'b', question: 'who', answers: [{ text: 'Janes it' }] },
  ];
  folder.write('dev.json', JSON.stringify({ data: [{ paragraphs: [{ context: 'It. (Janes) wrote it.', qas }] }] }));
  const datasetPath = folder.write(
    'DATASET.yaml',
    'dataset: {SQuAD: {path: dev.json, max_seq_length: 9, doc_stride: 2}}\nbatch_size: 2\npostprocess: {transform: {SquadV1: {}}}\nmetric: SquadF1\n',
  );
  const context = {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    folder: folder.path,
    log: () => undefined,
  };
  const spec = { verb: 'evaluate', modelPath: markingModel(), datasetPath, dimensions: {}, threads: 1 } as const;
  const result = await runEvaluate(spec, context);
  // "(Janes)" is said: right, and one of two words of the other.
  expect(result).toMatchObject({ metric: 'SquadF1', value: 250 / 3, figures: { exact_match: 50 } });
});
