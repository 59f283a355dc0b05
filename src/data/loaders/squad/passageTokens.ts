// The tokens of a passage, each with the characters that it stands for.
import type { TextSpan } from '../../answerWindow';

/** One token. */
export interface PassageToken {
  readonly token: string;
  readonly span: TextSpan;
}

/**
 * Tokens word by word, as SQuAD's own script cuts a passage. A token stands for its own characters where the tokens of a word,
 * read one after the other, give the word again (in lower case and without accents on both sides); else for the whole word.
 *
 * @param tokensOf what a tokenizer makes of a word with a blank before it
 */
export function passageTokens(text: string, tokensOf: (word: string) => readonly string[]): readonly PassageToken[] {
  return [...text.matchAll(/\S+/g)].flatMap((match) => {
    const word = match[0];
    const tokens = tokensOf(` ${word}`);
    const spans = spansWithin(word, tokens) ?? tokens.map((): TextSpan => [0, word.length]);
    return tokens.map((token, at): PassageToken => {
      const [from, to] = spans[at] ?? [0, word.length];
      return { token, span: [match.index + from, match.index + to] };
    });
  });
}

/** Undefined where the tokens do not spell the word. */
function spansWithin(word: string, tokens: readonly string[]): readonly TextSpan[] | undefined {
  const letters = Array.from(word);
  const spans: TextSpan[] = [];
  let from = 0;
  for (const token of tokens) {
    const wanted = folded(token.replace(marksOfPieces, ''));
    let [to, spelt] = [from, ''];
    // An accent by itself folds to nothing, and belongs to the letter before it.
    while (letters[0] !== undefined && (spelt.length < wanted.length || folded(letters[0]) === '')) {
      spelt += folded(letters[0]);
      to += letters[0].length;
      letters.shift();
    }
    if (spelt !== wanted) return undefined;
    spans.push([from, to]);
    from = to;
  }
  return letters.length === 0 ? spans : undefined;
}

/** What vocabularies mark the inside or the beginning of a word with: WordPiece, byte pairs, SentencePiece. */
const marksOfPieces = /^(?:##|Ġ|▁)/;

function folded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
}
