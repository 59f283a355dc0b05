// Descriptions in the form of tokenizer.json, made from the vocabularies that came before it.
import { dataErrors } from '../dataErrors';
import { jsonObjectOf } from './jsonObject';
import type { JsonObject } from './jsonObject';

/** What happens to letters before words are looked up. */
export interface Letters {
  readonly lowerCase: boolean;
  /** tokenizer_config.json: `strip_accents`, `tokenize_chinese_chars`. */
  readonly settings: JsonObject;
}

type Vocabulary = Readonly<Record<string, number>>;

const bertTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const robertaTokens = ['<s>', '<pad>', '</s>', '<unk>', '<mask>'];

/** WordPiece as BERT has it: vocab.txt has a token a line, whose place is its number. */
export function wordPieces(path: string, text: string, letters: Letters): JsonObject {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const vocabulary = Object.fromEntries(lines.map((token, index) => [token, index]));
  const { '[UNK]': unknown, '[CLS]': start, '[SEP]': end } = vocabulary;
  if (unknown === undefined || start === undefined || end === undefined) {
    throw dataErrors.malformed(path, 'it has no [UNK], [CLS] and [SEP], as a vocabulary of BERT has, one token a line');
  }
  return {
    ...wordsOfBert(vocabulary, letters),
    model: pieces(vocabulary, '##'),
    post_processor: { type: 'BertProcessing', cls: ['[CLS]', start], sep: ['[SEP]', end] },
  };
}

/** Words as BERT splits them, each one token or unknown, without special tokens unless the vocabulary has them. */
export function wholeWords(path: string, given: JsonObject, letters: Letters): JsonObject {
  const vocabulary = checkedVocabulary(path, given);
  if (Object.keys(vocabulary).some((token) => token.startsWith('Ġ'))) {
    throw dataErrors.malformed(path, 'it is a vocabulary of byte pairs, whose merges.txt is not beside it');
  }
  if (vocabulary['[UNK]'] === undefined) throw dataErrors.malformed(path, 'it has no [UNK] for unknown words');
  const { '[CLS]': start, '[SEP]': end } = vocabulary;
  const hasEnds = start !== undefined && end !== undefined;
  return {
    ...wordsOfBert(vocabulary, letters),
    model: pieces(vocabulary, '\u0000'),
    post_processor: hasEnds ? { type: 'BertProcessing', cls: ['[CLS]', start], sep: ['[SEP]', end] } : null,
  };
}

/** Byte-level BPE as GPT-2 and RoBERTa have it; the special tokens of RoBERTa where the vocabulary has them. */
export function bytePairs(path: string, given: JsonObject, mergesText: string, settings: JsonObject): JsonObject {
  const vocabulary = checkedVocabulary(path, given);
  // Only the first line may be a comment: '#' is a token like the others.
  const lines = mergesText
    .split(/\r?\n/)
    .filter((line, index) => line !== '' && !(index === 0 && line.startsWith('#version')));
  const merges = lines.map((line) => line.split(' '));
  const broken = merges.findIndex((pair) => pair.length !== 2);
  if (broken >= 0) {
    const file = path.replace(/vocab\.json$/, 'merges.txt');
    throw dataErrors.malformed(file, `"${(lines[broken] ?? '').slice(0, 64)}" is no pair of tokens`);
  }
  const { '<s>': start, '</s>': end } = vocabulary;
  const hasEnds = start !== undefined && end !== undefined;
  return {
    added_tokens: specialTokens(vocabulary, robertaTokens),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: settings['add_prefix_space'] === true, use_regex: true },
    model: {
      type: 'BPE',
      vocab: vocabulary,
      merges,
      unk_token: vocabulary['<unk>'] === undefined ? null : '<unk>',
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
    },
    post_processor: hasEnds ? aroundTextsOfRoberta('<s>', '</s>') : null,
    decoder: null,
  };
}

/** Letters, marks, digits and connectors of every script, which JavaScript's own class of them does not have. */
const wordCharacters = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d';

/** The pre-tokenizer, in which words by white space and punctuation are those of Unicode, not of ASCII alone. */
export function withWordsOfAllScripts(given: unknown): unknown {
  const { type, pretokenizers, ...rest } = jsonObjectOf(given);
  if (type === 'Sequence' && Array.isArray(pretokenizers)) {
    return { ...rest, type, pretokenizers: pretokenizers.map(withWordsOfAllScripts) };
  }
  if (type !== 'Whitespace') return given;
  const words = { Regex: `[${wordCharacters}]+|[^\\s${wordCharacters}]+` };
  return { type: 'Split', pattern: words, behavior: 'Removed', invert: true };
}

/** `<s> A </s>` and `<s> A </s></s> B </s>`, in which no token has a type of its own. */
export function aroundTextsOfRoberta(start: string, end: string): JsonObject {
  const special = (id: string): JsonObject => ({ SpecialToken: { id, type_id: 0 } });
  const text = (id: 'A' | 'B'): JsonObject => ({ Sequence: { id, type_id: 0 } });
  const single = [special(start), text('A'), special(end)];
  return { type: 'TemplateProcessing', single, pair: [...single, special(end), text('B'), special(end)] };
}

function wordsOfBert(vocabulary: Vocabulary, { lowerCase, settings }: Letters): JsonObject {
  const stripAccents = settings['strip_accents'];
  return {
    added_tokens: specialTokens(vocabulary, bertTokens),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: settings['tokenize_chinese_chars'] !== false,
      strip_accents: typeof stripAccents === 'boolean' ? stripAccents : null,
      lowercase: lowerCase,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    decoder: null,
  };
}

function pieces(vocabulary: Vocabulary, prefix: string): JsonObject {
  return {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: prefix,
    max_input_chars_per_word: 100,
    vocab: vocabulary,
  };
}

/** Those that the vocabulary has. A mask takes the space before it along. */
function specialTokens(vocabulary: Vocabulary, names: readonly string[]): readonly JsonObject[] {
  return names.flatMap((content) => {
    const id = vocabulary[content];
    if (id === undefined) return [];
    const flags = { special: true, normalized: false, single_word: false, rstrip: false };
    return [{ id, content, ...flags, lstrip: content === '<mask>' }];
  });
}

function checkedVocabulary(path: string, given: JsonObject): Vocabulary {
  for (const [token, id] of Object.entries(given)) {
    if (typeof id === 'number' && Number.isSafeInteger(id) && id >= 0) continue;
    throw dataErrors.malformed(path, `the number of the token "${token.slice(0, 64)}" is ${String(id).slice(0, 64)}`);
  }
  return given as Vocabulary;
}
