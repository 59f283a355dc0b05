// A long passage in windows that overlap, by the rules of SQuAD's own script.

/** Tokens of the passage from `start`, `length` of them. */
export interface TokenWindow {
  readonly start: number;
  readonly length: number;
}

/**
 * Windows over `tokens` tokens, each `stride` further than the last, until one reaches the end.
 *
 * @param room tokens that a window may have
 */
export function windowsOf(tokens: number, room: number, stride: number): readonly TokenWindow[] {
  const windows: TokenWindow[] = [];
  for (let start = 0; ; start += Math.min(room, stride)) {
    const length = Math.min(room, tokens - start);
    windows.push({ start, length });
    if (start + length >= tokens) return windows;
  }
}

/** The window in which a token has most of its surroundings: the smaller side counts, then the length of the window. */
export function bestWindow(windows: readonly TokenWindow[], token: number): number {
  let best = 0;
  let most = -Infinity;
  for (const [index, { start, length }] of windows.entries()) {
    const after = start + length - 1 - token;
    const before = token - start;
    if (before < 0 || after < 0) continue;
    const score = Math.min(before, after) + 0.01 * length;
    if (score > most) [best, most] = [index, score];
  }
  return best;
}
