// Text as the numbers of tokens a language model is fed with.
import type { Tokenizer } from '@huggingface/tokenizers';
import { dataErrors } from '../dataErrors';
import { readTokenizerFiles } from './tokenizerFiles';
import type { TokenizerFiles } from './tokenizerFiles';

/** Token numbers of one text, or of a pair. */
export interface EncodedText {
  readonly ids: readonly number[];
  /** 0 for the first text, 1 for the second. */
  readonly typeIds: readonly number[];
}

/**
 * Opens the tokenizer of a folder; nothing is fetched.
 *
 * @param lowerCase undefined: as its files say
 * @throws DataError when the folder holds no tokenizer or a damaged one; FileError for what cannot be read
 */
export async function openTokenizer(folder: string, lowerCase: boolean | undefined): Promise<TextTokenizer> {
  const files = await readTokenizerFiles(folder, lowerCase);
  // Only jobs over text need the package: it is loaded when the first of them begins.
  const { Tokenizer: Made } = await import('@huggingface/tokenizers');
  try {
    return new TextTokenizer(new Made(files.description, {}), files);
  } catch (thrown) {
    throw dataErrors.tokenizerDamaged(files.path, thrown);
  }
}

/** A tokenizer with its special tokens (`[CLS]` … `[SEP]`) and its padding. */
export class TextTokenizer {
  /** Fills up short samples. */
  readonly padId: number;

  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly files: TokenizerFiles,
  ) {
    const known = files.padTokens.map((token) => tokenizer.token_to_id(token)).find((id) => id !== undefined);
    this.padId = files.padId ?? known ?? 0;
  }

  /** Tokens of a text, without special ones. */
  tokensOf(text: string): readonly string[] {
    return this.tokenizer.tokenize(text);
  }

  /**
   * Text, or a pair, with special tokens, at most `longest` tokens. Too long a pair is cut as the tokenizers of Hugging
   * Face cut it (`longest_first`): the longer text first, then both alike; it keeps an odd token.
   */
  encode(text: string, pair: string | undefined, longest: number): EncodedText {
    const first = this.tokensOf(text);
    const second = pair === undefined ? undefined : this.tokensOf(pair);
    const special = this.assembled([], second === undefined ? undefined : []).ids.length;
    const [kept, keptOfPair] = cutLengths(first.length, second?.length ?? 0, Math.max(0, longest - special));
    return this.assembled(first.slice(0, kept), second?.slice(0, keptOfPair));
  }

  /** Tokens of one text or two with the special ones around them. */
  assembled(first: readonly string[], second: readonly string[] | undefined): EncodedText {
    const { tokens, typeIds } = this.withSpecialTokens(first, second);
    return { ids: tokens.map((token) => this.idOf(token)), typeIds };
  }

  private withSpecialTokens(
    first: readonly string[],
    second: readonly string[] | undefined,
  ): { tokens: readonly string[]; typeIds: readonly number[] } {
    const { post_processor: around } = this.tokenizer;
    const plain = [...first, ...(second ?? [])];
    const processed = around?.post_process([...first], second === undefined ? null : [...second], true);
    // One that only moves positions hands a pair back as it is.
    const tokens =
      processed === undefined || (second !== undefined && processed.tokens.length === first.length)
        ? plain
        : processed.tokens;
    const types = processed?.token_type_ids;
    const ownTypes = types?.length === tokens.length ? types : undefined;
    return { tokens, typeIds: ownTypes ?? tokens.map((_, index) => (index < first.length ? 0 : 1)) };
  }

  private idOf(token: string): number {
    const id = this.tokenizer.token_to_id(token) ?? this.unknownId();
    if (id === undefined) throw dataErrors.tokenUnknown(this.files.path, token);
    return id;
  }

  private unknownId(): number | undefined {
    const { unknownToken } = this.files;
    return unknownToken === undefined ? undefined : this.tokenizer.token_to_id(unknownToken);
  }
}

/** How much remains of two texts of `first` and `second` tokens when there is room for `room`. */
export function cutLengths(first: number, second: number, room: number): readonly [number, number] {
  if (first + second <= room) return [first, second];
  const shorter = Math.min(first, second);
  const halved = Math.floor(room / 2);
  const [ofShorter, ofLonger] = shorter <= halved ? [shorter, room - shorter] : [halved, room - halved];
  return first <= second ? [ofShorter, ofLonger] : [ofLonger, ofShorter];
}
