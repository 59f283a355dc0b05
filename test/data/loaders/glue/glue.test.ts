// The loader GLUE: columns and quirks of every task, inputs of every kind of model, batches of their own length.
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDatasetFile } from '../../../../src/config/datasetFile';
import { batches } from '../../../../src/data/batches';
import type { DataItem } from '../../../../src/data/contracts';
import { openDatasetConfig } from '../../../../src/data/openDataset';
import type { OpenedDataset } from '../../../../src/data/openDataset';
import { temporaryFolder } from '../../../support/temporaryFolder';

const tokenizers = resolve(import.meta.dirname, '../../../fixtures/tokenizers');
const folder = temporaryFolder();
const words = ['[PAD]', '[UNK]', 'one', 'two', 'three', '"', 'four'];

folder.write('words/vocab.json', JSON.stringify(Object.fromEntries(words.map((word, index) => [word, index]))));

function open(parameters: Readonly<Record<string, unknown>>, rest = ''): Promise<OpenedDataset> {
  const all = { data_dir: '.', model_name_or_path: 'words', max_seq_length: 8, ...parameters };
  return openDatasetConfig(
    parseDatasetFile(`dataset: {GLUE: ${JSON.stringify(all)}}\n${rest}`, join(folder.path, 'DATASET.yaml')),
  );
}

async function items(parameters: Readonly<Record<string, unknown>>): Promise<DataItem[]> {
  const { loader } = await open(parameters);
  const read: DataItem[] = [];
  for (let index = 0; index < loader.length!; index++) read.push(await loader.get(index));
  return read;
}

function numbersOf(item: DataItem, name = 'input_ids'): number[] {
  return Array.from(item.inputs[name]!.data as BigInt64Array, Number);
}

describe('the tables of GLUE', () => {
  const header = (columns: number): string => Array.from({ length: columns }, (_, index) => `c${index}`).join('\t');
  const mnli = (...labels: string[]): string =>
    ['0', '1', '2', '3', '4', '5', '6', '7', 'one', 'two', ...labels].join('\t');

  it.each([
    ['mrpc', 'dev.tsv', `\uFEFF${header(5)}\r\n1\ta\tb\tone\ttwo\r\n`, [2, 3], 1],
    ['qqp', 'dev.tsv', `${header(6)}\n9\t1\t2\tone\ttwo\t0\n`, [2, 3], 0],
    ['qnli', 'dev.tsv', `${header(4)}\n0\tone\ttwo\tnot_entailment\n`, [2, 3], 1],
    ['rte', 'dev.tsv', `${header(4)}\n0\tone\ttwo\tentailment\n`, [2, 3], 0],
    ['sts-b', 'dev.tsv', `${header(10)}\n0\ta\tb\tc\td\te\tf\tone\ttwo\t3.8\n`, [2, 3], 3.8],
    ['cola', 'dev.tsv', 'src\t0\t*\tone two\n', [2, 3], 0],
    ['mnli', 'dev_matched.tsv', `${header(16)}\n${mnli('x1', 'x2', 'x3', 'x4', 'x5', 'neutral')}\n`, [2, 3], 2],
    ['wnli', 'dev.tsv', `${header(4)}\n0\tone\ttwo\t1\n`, [2, 3], 1],
    ['sst-2', 'dev.tsv', `sentence\tlabel\none two \t1\n`, [2, 3], 1],
  ])('of %s are read from %s', async (task, file, text, tokens, label) => {
    folder.write(`${task}/${file}`, text);
    const [item, ...others] = await items({ data_dir: task, task, model_type: 'distilbert' });
    expect(others).toEqual([]);
    expect(numbersOf(item!)).toEqual([...tokens, 0, 0, 0, 0, 0, 0]);
    expect(numbersOf(item!, 'attention_mask')).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
    expect(item?.text?.trim()).toMatch(/^one\s+two$/);
    expect(item).toMatchObject({ annotation: label, id: `${file}:${task === 'cola' ? 1 : 2}` });
  });

  it('take quotes as letters, also single ones', async () => {
    folder.write('quotes/dev.tsv', 'sentence\tlabel\n"one\t0\ntwo"\t1\n');
    const read = await items({ data_dir: 'quotes', task: 'sst-2' });
    expect(read.map((item) => numbersOf(item).slice(0, 3))).toEqual([
      [5, 2, 0],
      [3, 5, 0],
    ]);
  });

  it('have train.tsv for training, and any other file by name', async () => {
    folder.write('parts/train.tsv', 'sentence\tlabel\none\t0\n');
    folder.write('parts/other.tsv', 'sentence\tlabel\ntwo\t1\n');
    const ids = async (more: object): Promise<unknown> =>
      (await items({ data_dir: 'parts', task: 'sst-2', ...more })).map(({ id }) => id);
    expect(await ids({ evaluate: false })).toEqual(['train.tsv:2']);
    expect(await ids({ file: 'other.tsv' })).toEqual(['other.tsv:2']);
    await expect(items({ data_dir: 'parts', task: 'sst-2' })).rejects.toThrow(/dev\.tsv/);
  });

  it('of mnli have two labels swapped for RoBERTa', async () => {
    folder.write('swapped/dev_matched.tsv', `${header(12)}\n${mnli('x', 'neutral')}\n${mnli('x', 'entailment')}\n`);
    const labels = async (type: string): Promise<unknown> =>
      (await items({ data_dir: 'swapped', task: 'mnli', model_type: type })).map(({ annotation }) => annotation);
    expect(await labels('bert')).toEqual([2, 1]);
    expect(await labels('roberta')).toEqual([1, 2]);
  });

  it('of qqp may have broken rows, which are counted', async () => {
    folder.write('broken/dev.tsv', `${header(6)}\n9\t1\t2\tone\n9\t1\t2\tone\ttwo\t0\n`);
    const { loader, notes } = await open({ data_dir: 'broken', task: 'qqp' });
    expect(loader.length).toBe(1);
    expect(notes).toEqual([
      expect.stringMatching(/^1 row of .*dev\.tsv without two questions and a label is left out\.$/),
    ]);
  });

  it.each([
    ['rte', `${header(4)}\n0\tone\n`, /Line 2 of .*: it has 2 columns separated by tabs; rows of rte have at least 4/],
    [
      'rte',
      `${header(4)}\n\n0\tone\ttwo\tyes\n`,
      /Line 3 of .*: the label "yes" is none of entailment, not_entailment/,
    ],
    ['sts-b', `${header(10)}\n0\ta\tb\tc\td\te\tf\tone\ttwo\thigh\n`, /Line 2 of .*: the label "high" is no number/],
    ['sst-2', 'sentence\tlabel\n', /has no row of the task sst-2/],
  ])('of %s say which line is wrong: %j', async (task, text, message) => {
    folder.write('wrong/dev.tsv', text);
    await expect(open({ data_dir: 'wrong', task })).rejects.toThrow(message);
  });

  it('need a tokenizer in a folder', async () => {
    await expect(
      open({ data_dir: 'sst-2', task: 'sst-2', model_name_or_path: 'bert-base-uncased' }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/There is no tokenizer at .*bert-base-uncased: it does not exist\./) as string,
      nextStep: expect.stringMatching(/Nothing is fetched.*model_name_or_path/) as string,
    });
  });
});

describe('inputs of a language model', () => {
  folder.write('pairs/dev.tsv', 'i\ta\tb\tlabel\n0\tone\ttwo three\tentailment\n1\tone\ttwo three four\tentailment\n');

  it('have types of tokens only where the model has them', async () => {
    const names = async (type: string): Promise<unknown> =>
      Object.keys((await items({ data_dir: 'pairs', task: 'rte', model_type: type }))[0]!.inputs);
    expect(await names('bert')).toEqual(['input_ids', 'attention_mask', 'token_type_ids']);
    expect(await names('mobilebert')).toEqual(['input_ids', 'attention_mask', 'token_type_ids']);
    expect(await names('distilbert')).toEqual(['input_ids', 'attention_mask']);
    expect(await names('roberta')).toEqual(['input_ids', 'attention_mask']);
  });

  it('are filled up with the padding of the tokenizer', async () => {
    const model = join(tokenizers, 'bytePairs');
    const [item] = await items({
      data_dir: 'pairs',
      task: 'rte',
      model_type: 'roberta',
      model_name_or_path: model,
      max_seq_length: 32,
    });
    expect(numbersOf(item!).at(-1)).toBe(1);
    expect(numbersOf(item!, 'attention_mask').at(-1)).toBe(0);
  });

  it('are as long as the longest of their batch with dynamic_length, also shuffled', async () => {
    for (const rest of ['', 'shuffle: true']) {
      const { loader } = await open({ data_dir: 'pairs', task: 'rte', dynamic_length: true }, rest);
      const signal = new AbortController().signal;
      for await (const { inputs } of batches(loader, { batchSize: 2, signal })) {
        expect(Object.values(inputs).map(({ dims }) => dims)).toEqual([
          [2, 4],
          [2, 4],
          [2, 4],
        ]);
        const ids = Array.from(inputs['input_ids']!.data as BigInt64Array, Number);
        expect([ids.slice(0, 4), ids.slice(4)]).toEqual(
          expect.arrayContaining([
            [2, 3, 4, 0],
            [2, 3, 4, 6],
          ]),
        );
      }
    }
  });
});
