// Tokenizers from local files give the numbers that the tokenizers of Hugging Face give.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutLengths, openTokenizer } from '../../../src/data/text/textTokenizer';
import { temporaryFolder } from '../../support/temporaryFolder';

const fixtures = resolve(import.meta.dirname, '../../fixtures/tokenizers');
const folder = temporaryFolder();

interface Golden {
  readonly text: string;
  readonly pair?: string;
  readonly longest: number;
  readonly ids: readonly number[];
  readonly typeIds: readonly number[];
}

const golden = JSON.parse(readFileSync(join(fixtures, 'golden.json'), 'utf8')) as Record<string, Golden[]>;

const around = '{"type": "BertProcessing", "cls": ["a", 0], "sep": ["<end>", 1]}';

describe('a tokenizer from local files', () => {
  it.each([
    ['wordPiece', 'vocab.txt', 'wordPiece', undefined],
    ['wordPiece', 'vocab.txt without lower-casing', 'wordPieceCased', false],
    ['wordPieceJson', 'tokenizer.json of WordPiece', 'wordPieceJson', undefined],
    ['bytePairs', 'vocab.json and merges.txt', 'bytePairs', undefined],
    ['bytePairsJson', 'tokenizer.json of byte pairs', 'bytePairsJson', undefined],
    ['words', 'vocab.json of words', 'words', undefined],
    ['wordsJson', 'tokenizer.json of words', 'wordsJson', undefined],
  ])('reads %s: %s', async (name, _files, cases, lowerCase) => {
    const tokenizer = await openTokenizer(join(fixtures, name), lowerCase);
    for (const { text, pair, longest, ids, typeIds } of golden[cases]!) {
      expect(tokenizer.encode(text, pair, longest), JSON.stringify({ text, pair, longest })).toEqual({ ids, typeIds });
    }
  });

  it('follows tokenizer_config.json where the vocabulary is silent, and the data set above all', async () => {
    folder.write('cased/vocab.txt', '[PAD]\n[UNK]\n[CLS]\n[SEP]\nCat\ncat\n[FILL]\n');
    folder.write('cased/tokenizer_config.json', '{"do_lower_case": false, "pad_token": {"content": "[FILL]"}}');
    const cased = await openTokenizer(join(folder.path, 'cased'), undefined);
    expect(cased.encode('Cat', undefined, 8).ids).toEqual([2, 4, 3]);
    expect(cased.padId).toBe(6);
    expect((await openTokenizer(join(folder.path, 'cased'), true)).encode('Cat', undefined, 8).ids).toEqual([2, 5, 3]);
  });

  it('splits words of any script as they are split where the files were made', async () => {
    const vocab =
      '{"<unk>": 0, "c": 1, "c</w>": 2, "é": 3, "é</w>": 4, "s</w>": 5, "cé</w>": 6, "!": 7, "!</w>": 8, "?</w>": 9, "!?</w>": 10, "_": 11, "語</w>": 12}';
    const merges = '[["c", "é</w>"], ["!", "?</w>"]]';
    const model = `{"type": "BPE", "unk_token": "<unk>", "end_of_word_suffix": "</w>", "vocab": ${vocab}, "merges": ${merges}}`;
    const splitting = '{"type": "Sequence", "pretokenizers": [{"type": "Whitespace"}]}';
    folder.write('accents/tokenizer.json', `{"pre_tokenizer": ${splitting}, "model": ${model}}`);
    const tokenizer = await openTokenizer(join(folder.path, 'accents'), undefined);
    // What the tokenizers package for Python (0.23) makes of the same file.
    expect(tokenizer.encode('cé cés !?', undefined, 99).ids).toEqual([6, 1, 3, 5, 10]);
    expect(tokenizer.encode('c語 c_é ٣s e\u0301s, é\u200ds', undefined, 99).ids).toEqual([
      1, 12, 1, 11, 4, 0, 5, 0, 0, 5, 0, 3, 0, 5,
    ]);
  });

  it('knows what fills up a sample', async () => {
    expect((await openTokenizer(join(fixtures, 'wordPieceJson'), undefined)).padId).toBe(0);
    expect((await openTokenizer(join(fixtures, 'bytePairs'), undefined)).padId).toBe(1);
  });

  it.each<[string, Readonly<Record<string, string>> | undefined, RegExp]>([
    ['nowhere', {}, /There is no tokenizer at .*nowhere: it does not exist/],
    ['empty', { 'readme.md': '' }, /holds none of tokenizer\.json, vocab\.txt and vocab\.json/],
    ['file', undefined, /is a file, not a folder/],
    ['json', { 'tokenizer.json': '{"model": ' }, /tokenizer\.json is no JSON: it ends too early/],
    ['model', { 'tokenizer.json': '{}' }, /it names no model/],
    ['kind', { 'tokenizer.json': '{"model": {"type": "Abacus"}}' }, /tokenizer\.json cannot be used: .*Abacus/],
    ['bert', { 'vocab.txt': 'a\nb\n' }, /it has no \[UNK\], \[CLS\] and \[SEP\]/],
    ['gpt', { 'vocab.json': '{"Ġa": 0}' }, /merges\.txt is not beside it/],
    ['unknown', { 'vocab.json': '{"a": 0}' }, /it has no \[UNK\]/],
    ['number', { 'vocab.json': '{"a": "x"}' }, /the number of the token "a" is x/],
    ['merge', { 'vocab.json': '{"a": 0}', 'merges.txt': 'a b c\n' }, /merges\.txt cannot be read: "a b c" is no pair/],
  ])('says what is wrong with %s', async (name, files, message) => {
    if (files === undefined) folder.write(name, '');
    for (const [file, text] of Object.entries(files ?? {})) folder.write(`${name}/${file}`, text);
    await expect(openTokenizer(join(folder.path, name), undefined)).rejects.toThrow(message);
  });

  it('names the file whose tokens have no number', async () => {
    const model = '{"type": "BPE", "vocab": {"a": 0}, "merges": []}';
    folder.write('gap/tokenizer.json', `{"model": ${model}, "post_processor": ${around}}`);
    const tokenizer = await openTokenizer(join(folder.path, 'gap'), undefined);
    expect(() => tokenizer.encode('a', undefined, 8)).toThrow(/no number for "<end>", and no token for unknown words/);
  });

  it('cuts pairs into the room there is, the longer text first', () => {
    const length = fc.nat({ max: 60 });
    fc.assert(
      fc.property(length, length, length, (first, second, room) => {
        const [kept, keptOfPair] = cutLengths(first, second, room);
        expect(kept + keptOfPair).toBe(Math.min(first + second, room));
        expect(kept <= first && keptOfPair <= second).toBe(true);
        // Whoever was cut below the other was the shorter one.
        if (kept < keptOfPair - 1) expect(kept).toBe(first);
        if (keptOfPair < kept - 1) expect(keptOfPair).toBe(second);
      }),
    );
  });
});
