// Answers that are shared are never older than the question.
import { describe, expect, it } from 'vitest';
import { SharedAnswers } from '../../src/server/sharedAnswers';

/** Makes answers that tell the value of a variable when their making began; each waits to be let go. */
function maker() {
  const gates: (() => void)[] = [];
  const state = { value: 0, made: 0 };
  const make = async (): Promise<Buffer> => {
    state.made++;
    const seen = state.value;
    await new Promise<void>((go) => gates.push(go));
    if (seen < 0) throw new Error('cannot be made');
    return Buffer.from(String(seen));
  };
  return { state, make, letGo: () => gates.splice(0).forEach((go) => go()) };
}

const turn = (): Promise<void> => new Promise((next) => setImmediate(() => setImmediate(next)));

describe('shared answers', () => {
  it('are made once for all who ask together', async () => {
    const { state, make, letGo } = maker();
    const shared = new SharedAnswers();
    const all = Promise.all(Array.from({ length: 50 }, () => shared.ask('list', make)));
    await turn();
    letGo();
    expect((await all).map(String)).toEqual(Array(50).fill('0'));
    expect(state.made).toBe(1);
  });

  it('tell what changed before the question, to those who ask while another answer is made', async () => {
    const { state, make, letGo } = maker();
    const shared = new SharedAnswers();
    const first = shared.ask('list', make);
    await turn();
    state.value = 1;
    const later = [shared.ask('list', make), shared.ask('list', make)];
    letGo();
    expect(String(await first)).toBe('0');
    await turn();
    letGo();
    expect((await Promise.all(later)).map(String)).toEqual(['1', '1']);
    expect(state.made).toBe(2);
  });

  it('are apart for other questions, and forgotten when they are given', async () => {
    const { state, make, letGo } = maker();
    const shared = new SharedAnswers();
    const answers = [shared.ask('a', make), shared.ask('b', make)];
    await turn();
    letGo();
    await Promise.all(answers);
    state.value = 7;
    const again = shared.ask('a', make);
    await turn();
    letGo();
    expect(String(await again)).toBe('7');
    expect(state.made).toBe(3);
  });

  it('that fail do so for all who asked, and for nobody after them', async () => {
    const { state, make, letGo } = maker();
    const shared = new SharedAnswers();
    state.value = -1;
    const failing = [shared.ask('a', make), shared.ask('a', make)];
    const outcomes = Promise.allSettled(failing);
    await turn();
    state.value = 2;
    const after = shared.ask('a', make);
    letGo();
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await turn();
    letGo();
    expect(String(await after)).toBe('2');
  });
});
