// Brackets and quotes of YAML, followed sign by sign: what is open around a place, and where the word at it begins.

/** A key of a block map that is open around a place. */
interface BlockFrame {
  readonly kind: 'block';
  readonly indent: number;
  readonly key: string;
  /** Its value stands beside it: nothing belongs below. */
  readonly isComplete: boolean;
}

/** A bracket that is open. */
interface FlowFrame {
  readonly kind: 'map' | 'list';
  key: string | undefined;
}

/** What is open around a place. */
export type Frame = BlockFrame | FlowFrame;

/** Follows brackets, quotes, commas and colons. */
export class FlowReader {
  /** Where the word that is being written begins. */
  wordStart = 0;

  constructor(
    private readonly frames: Frame[],
    public openQuote: string | undefined,
  ) {}

  take(text: string): void {
    let word = '';
    for (let index = 0; index < text.length; index++) {
      const sign = text.charAt(index);
      if (this.openQuote !== undefined) {
        word += sign;
        if (sign === '\\' && this.openQuote === '"') index++;
        else if (sign === this.openQuote) this.openQuote = undefined;
        if (this.isOutside()) break;
        continue;
      }
      if (sign === '#' && (index === 0 || /\s/.test(text.charAt(index - 1)))) break;
      if ((sign === '"' || sign === "'") && word.trim() === '') {
        this.wordStart = index;
        this.openQuote = sign;
        word = sign;
      } else if (this.takeSign(sign, word, text.charAt(index + 1))) {
        word = '';
        this.wordStart = index + 1;
      } else {
        if (word.trim() === '') this.wordStart = /\s/.test(sign) ? index + 1 : index;
        word += sign;
      }
      if (this.isOutside()) break;
    }
    if (this.openQuote === undefined && word.trim() === '') this.wordStart = text.length;
  }

  /** Whether all brackets and quotes are closed. */
  private isOutside(): boolean {
    const frame = this.frames.at(-1);
    return this.openQuote === undefined && (frame === undefined || frame.kind === 'block');
  }

  /** Whether the sign ends a word. */
  private takeSign(sign: string, word: string, next: string): boolean {
    const frame = this.frames.at(-1);
    const flow = frame === undefined || frame.kind === 'block' ? undefined : frame;
    switch (sign) {
      case '{':
      case '[':
        this.frames.push({ kind: sign === '{' ? 'map' : 'list', key: undefined });
        return true;
      case '}':
      case ']':
        if (flow !== undefined) this.frames.pop();
        return true;
      case ',':
        if (flow !== undefined) flow.key = undefined;
        return true;
      case ':':
        if (flow === undefined || (next !== '' && !/[\s,[\]{}"']/.test(next))) return false;
        flow.key = unquoted(word.trim());
        return true;
      default:
        return false;
    }
  }
}

/** A word without its quotes, of which the last may not be written yet. */
export function unquoted(word: string): string {
  const quote = word.charAt(0);
  if (quote !== '"' && quote !== "'") return word;
  return word.length > 1 && word.endsWith(quote) ? word.slice(1, -1) : word.slice(1);
}
