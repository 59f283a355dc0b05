// The files of a tokenizer in a local folder, as one description in the form of tokenizer.json.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { dataErrors } from '../dataErrors';
import { readDataText } from '../loaders/dataText';
import { exists } from '../loaders/presentFiles';
import { jsonObjectOf, readJsonObject } from './jsonObject';
import type { JsonObject } from './jsonObject';
import { aroundTextsOfRoberta, bytePairs, wholeWords, withWordsOfAllScripts, wordPieces } from './tokenizerKinds';

/** Large vocabularies have some 10 MB. */
const mostBytes = 128 * 1024 * 1024;

/** What is known of a tokenizer before it is made. */
export interface TokenizerFiles {
  /** The file that says most, for failures. */
  readonly path: string;
  /** In the form of tokenizer.json. */
  readonly description: JsonObject;
  /** What fills up a sample: a number, or tokens of which the first that exists is taken. */
  readonly padId: number | undefined;
  readonly padTokens: readonly string[];
  readonly unknownToken: string | undefined;
}

const usualPadTokens = ['[PAD]', '<pad>', '<PAD>'];

/**
 * Reads tokenizer.json, else vocab.txt (WordPiece), else vocab.json with merges.txt (byte-level BPE), else vocab.json
 * alone (whole words); tokenizer_config.json is asked for what those do not say.
 *
 * @param lowerCase undefined: as the files say, else true
 * @throws DataError when there is none of them, or a damaged one
 */
export async function readTokenizerFiles(folder: string, lowerCase: boolean | undefined): Promise<TokenizerFiles> {
  await checkFolder(folder);
  const settingsPath = join(folder, 'tokenizer_config.json');
  const settings = (await exists(settingsPath)) ? await readJsonObject(settingsPath, mostBytes) : {};
  const found = await readVocabulary(folder, lowerCase, settings);
  const model = jsonObjectOf(found.description['model']);
  const padding = jsonObjectOf(found.description['padding']);
  const padToken = contentOf(settings['pad_token']);
  return {
    ...found,
    padId: typeof padding['pad_id'] === 'number' ? padding['pad_id'] : undefined,
    padTokens: padToken === undefined ? usualPadTokens : [padToken, ...usualPadTokens],
    unknownToken: typeof model['unk_token'] === 'string' ? model['unk_token'] : undefined,
  };
}

async function checkFolder(folder: string): Promise<void> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return;
  throw dataErrors.tokenizerMissing(folder, (await exists(folder)) ? 'is a file, not a folder' : 'does not exist');
}

async function readVocabulary(
  folder: string,
  lowerCase: boolean | undefined,
  settings: JsonObject,
): Promise<Pick<TokenizerFiles, 'path' | 'description'>> {
  const at = (name: string): string => join(folder, name);
  if (await exists(at('tokenizer.json'))) {
    const path = at('tokenizer.json');
    return { path, description: completed(path, await readJsonObject(path, mostBytes), lowerCase) };
  }
  const letters = { lowerCase: lowerCase ?? settings['do_lower_case'] !== false, settings };
  if (await exists(at('vocab.txt'))) {
    const path = at('vocab.txt');
    return { path, description: wordPieces(path, await readDataText(path, mostBytes), letters) };
  }
  const path = at('vocab.json');
  if (!(await exists(path))) {
    throw dataErrors.tokenizerMissing(folder, 'holds none of tokenizer.json, vocab.txt and vocab.json');
  }
  const vocabulary = await readJsonObject(path, mostBytes);
  if (await exists(at('merges.txt'))) {
    const merges = await readDataText(at('merges.txt'), mostBytes);
    return { path, description: bytePairs(path, vocabulary, merges, settings) };
  }
  return { path, description: wholeWords(path, vocabulary, letters) };
}

/** tokenizer.json with what the reader of it expects, and with the letters the data set asks for. */
function completed(path: string, file: JsonObject, lowerCase: boolean | undefined): JsonObject {
  const model = jsonObjectOf(file['model']);
  const nothing = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, added_tokens: [] };
  if (Object.keys(model).length === 0) throw dataErrors.malformed(path, 'it names no model');
  const normalizer = jsonObjectOf(file['normalizer']);
  const processor = jsonObjectOf(file['post_processor']);
  const asked = lowerCase !== undefined && normalizer['type'] === 'BertNormalizer' ? { lowercase: lowerCase } : {};
  return {
    ...nothing,
    ...file,
    ...(Object.keys(asked).length === 0 ? {} : { normalizer: { ...normalizer, ...asked } }),
    // A word is one token or unknown, as with pieces none of which goes on within a word.
    ...(model['type'] === 'WordLevel' ? { model: { ...model, type: 'WordPiece', ...wholeWordsOnly } } : {}),
    ...(processor['type'] === 'RobertaProcessing' ? { post_processor: ofRoberta(processor) } : {}),
    pre_tokenizer: withWordsOfAllScripts(file['pre_tokenizer'] ?? null),
    // It makes text of tokens.
    decoder: null,
  };
}

/** The package gives the tokens of a second text a type of their own, which RoBERTa does not have. */
function ofRoberta({ cls, sep }: JsonObject): JsonObject {
  const tokenOf = (pair: unknown): string => (Array.isArray(pair) ? String(pair[0]) : '');
  return aroundTextsOfRoberta(tokenOf(cls), tokenOf(sep));
}

const wholeWordsOnly = { continuing_subword_prefix: '\u0000', max_input_chars_per_word: Infinity };

/** A token stands there as text, or as an object that holds it. */
function contentOf(token: unknown): string | undefined {
  const content = typeof token === 'string' ? token : jsonObjectOf(token)['content'];
  return typeof content === 'string' ? content : undefined;
}
