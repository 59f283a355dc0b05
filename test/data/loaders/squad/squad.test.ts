// The loader SQuAD: tokens with their places in a passage, windows of long passages, and files that are not of SQuAD.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDatasetFile } from '../../../../src/config/datasetFile';
import type { AnswerWindow } from '../../../../src/data/answerWindow';
import { isAnswerWindow } from '../../../../src/data/answerWindow';
import type { DataItem } from '../../../../src/data/contracts';
import { passageTokens } from '../../../../src/data/loaders/squad/passageTokens';
import { bestWindow, windowsOf } from '../../../../src/data/loaders/squad/windows';
import { openDatasetConfig } from '../../../../src/data/openDataset';
import type { OpenedDataset } from '../../../../src/data/openDataset';
import { temporaryFolder } from '../../../support/temporaryFolder';

const folder = temporaryFolder();
const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'who', '?', 'jose', 'wrote', 'it', '(', '18', '##13', ')', '.'];
folder.write('bert/vocab.txt', words.join('\n'));

interface Paragraph {
  readonly context: string;
  readonly qas: readonly object[];
}

function squad(...paragraphs: readonly Paragraph[]): string {
  return JSON.stringify({ version: '1.1', data: [{ title: 't', paragraphs }] });
}

const who = { id: 'q1', question: 'Who?', answers: [{ text: 'José', answer_start: 0 }, { text: 'José' }] };
const context = 'José wrote it  (1813).';

function open(text: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<OpenedDataset> {
  const path = folder.write('dev.json', text);
  const all = { path, model_name_or_path: 'bert', max_seq_length: 16, ...parameters };
  return openDatasetConfig(
    parseDatasetFile(`dataset: {SQuAD: ${JSON.stringify(all)}}\n`, join(folder.path, 'DATASET.yaml')),
  );
}

async function items({ loader }: OpenedDataset): Promise<DataItem[]> {
  const read: DataItem[] = [];
  for (let index = 0; index < loader.length!; index++) read.push(await loader.get(index));
  return read;
}

/** What each token of a sample stands for; null for those that are not of the passage. */
function texts({ annotation }: DataItem): (string | null)[] {
  const { spans, context: passage } = annotation as AnswerWindow;
  return spans.map((span) => span && passage.slice(...span));
}

describe('a question', () => {
  it('is one sample with its passage, each token of which knows its letters', async () => {
    const [item, ...others] = await items(await open(squad({ context, qas: [who] })));
    expect(others).toEqual([]);
    expect(item).toMatchObject({ id: 'q1', annotation: { question: 'q1', answers: ['José'] } });
    expect(item?.text).toBe('Who?\nJosé wrote it  (1813).');
    expect(Array.from(item!.inputs['input_ids']!.data as BigInt64Array, Number)).toEqual([
      ...[2, 4, 5, 3],
      ...[6, 7, 8, 9, 10, 11, 12, 13, 3],
      ...[0, 0, 0],
    ]);
    expect(Array.from(item!.inputs['token_type_ids']!.data as BigInt64Array, Number)).toEqual([
      ...[0, 0, 0, 0],
      ...[1, 1, 1, 1, 1, 1, 1, 1, 1],
      ...[0, 0, 0],
    ]);
    expect(texts(item!)).toEqual([
      ...[null, null, null, null],
      ...['José', 'wrote', 'it', '(', '18', '13', ')', '.', null],
      ...[null, null, null],
    ]);
    expect(isAnswerWindow(item!.annotation)).toBe(true);
  });

  it('comes in windows of a passage that is too long, each token with one best place to begin', async () => {
    const opened = await open(squad({ context, qas: [who] }), { max_seq_length: 9, doc_stride: 2 });
    const windows = await items(opened);
    // Room for four tokens beside [CLS] who ? [SEP] and [SEP].
    expect(windows.map(({ id }) => id)).toEqual(['q1/1', 'q1/2', 'q1/3']);
    expect(windows.map((item) => texts(item).slice(4, 8))).toEqual([
      ['José', 'wrote', 'it', '('],
      ['it', '(', '18', '13'],
      ['18', '13', ')', '.'],
    ]);
    expect(windows.map(({ text }) => text)).toEqual([
      'Who?\nJosé wrote it  ( …',
      'Who?\n… it  (1813 …',
      'Who?\n… 1813).',
    ]);
    const best = windows.map(({ annotation }) => (annotation as AnswerWindow).mayBegin!.slice(4, 8));
    expect(best).toEqual([
      [true, true, true, false],
      [false, true, true, false],
      [false, true, true, true],
    ]);
    expect(opened.notes).toEqual(['1 question makes 3 samples: long passages are cut into windows.']);
  });

  it('has no more tokens than its batch needs with dynamic_length', async () => {
    const [item] = await items(await open(squad({ context, qas: [who] }), { dynamic_length: true }));
    expect(item!.inputs['input_ids']!.dims).toEqual([13]);
    expect((item!.annotation as AnswerWindow).spans).toHaveLength(13);
  });

  it('without an answer is left out, and said', async () => {
    const qas = [who, { id: 'q2', question: 'Who?', is_impossible: true, answers: [] }];
    const opened = await open(squad({ context, qas }));
    expect([opened.loader.length, ...opened.notes]).toEqual([1, '1 question without an answer is left out.']);
  });
});

describe('windows', () => {
  it('follow each other by the stride until one reaches the end', () => {
    expect(windowsOf(10, 4, 2).map(({ start }) => start)).toEqual([0, 2, 4, 6]);
    expect(windowsOf(10, 4, 9)).toEqual([
      { start: 0, length: 4 },
      { start: 4, length: 4 },
      { start: 8, length: 2 },
    ]);
    expect(windowsOf(0, 4, 2)).toEqual([{ start: 0, length: 0 }]);
  });

  it('cover every token, which begins in exactly one of them', () => {
    for (const [tokens, room, stride] of [
      [37, 8, 3],
      [16, 16, 1],
      [50, 7, 20],
    ] as const) {
      const windows = windowsOf(tokens, room, stride);
      for (let token = 0; token < tokens; token++) {
        const { start, length } = windows[bestWindow(windows, token)]!;
        expect(token >= start && token < start + length).toBe(true);
      }
    }
  });
});

describe('the letters of tokens', () => {
  const spans = (text: string, ...tokens: string[]): string[] =>
    passageTokens(text, () => tokens).map(({ span }) => text.slice(...span));

  it('are found in byte pairs and pieces, whatever the case', () => {
    expect(spans('Unhappy', 'Ġun', 'happy')).toEqual(['Un', 'happy']);
    expect(spans('Unhappy.', 'un', '##happy', '.')).toEqual(['Un', 'happy', '.']);
    expect(spans('e\u0301t\u0301', 'e', '##t')).toEqual(['e\u0301', 't\u0301']);
  });

  it('are those of the word where tokens do not spell it', () => {
    expect(spans('Straße', '[UNK]')).toEqual(['Straße']);
    expect(spans('Straße', 'stra', '##sse')).toEqual(['Straße', 'Straße']);
  });
});

describe('a file', () => {
  it.each([
    ['[]', 'it holds no JSON object'],
    ['{}', 'it has no list "data"'],
    ['{"data": [{"paragraphs": [{"qas": []}]}]}', 'data[0].paragraphs[0] has no text "context"'],
    [squad({ context, qas: [{ id: 1, question: 'Who?' }] }), 'data[0].paragraphs[0].qas[0] has no texts'],
    [squad({ context, qas: [] }), 'no question in it has an answer'],
  ])('of %s is refused with the place', async (text, reason) => {
    await expect(open(text)).rejects.toThrow(reason);
  });

  it('with a question that leaves no room for its passage is refused', async () => {
    await expect(
      open(squad({ context, qas: [{ ...who, question: 'who who who who who' }] }), { max_seq_length: 8 }),
    ).rejects.toMatchObject({
      code: 'data-no-room',
      nextStep: 'Set max_seq_length higher, or max_query_length lower.',
    });
  });
});
