// Questions one after the other: forward, back, skipped, given up.
import { describe, expect, it } from 'vitest';
import { askSteps, back } from '../../../src/vscode/commands/steps';
import type { Asked, Place, Step } from '../../../src/vscode/commands/steps';

interface State {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

const zero: State = { a: 0, b: 0, c: 0 };

/** A question that gives the prepared answers, one each time it is asked, and notes where it stood. */
function prepared(places: Place[], ...answers: readonly Asked<Partial<State>>[]): Step<State> {
  const left = [...answers];
  return {
    ask: (_, place) => {
      places.push(place);
      return Promise.resolve(left.shift());
    },
  };
}

describe('askSteps', () => {
  it('gives what the answers come to, and numbers the questions', async () => {
    const places: Place[] = [];
    const steps = [prepared(places, { a: 1 }), prepared(places, { b: 2 })];
    expect(await askSteps('T', steps, zero)).toEqual({ a: 1, b: 2, c: 0 });
    expect(places).toEqual([
      { title: 'T', step: 1, totalSteps: 2, canGoBack: false },
      { title: 'T', step: 2, totalSteps: 2, canGoBack: true },
    ]);
  });

  it('asks the question before again on the way back, and proposes what was answered', async () => {
    const seen: number[] = [];
    const first: Step<State> = {
      ask: ({ a }) => {
        seen.push(a);
        return Promise.resolve({ a: seen.length });
      },
    };
    expect(await askSteps('T', [first, prepared([], back, { b: 5 })], zero)).toEqual({ a: 2, b: 5, c: 0 });
    expect(seen).toEqual([0, 1]);
  });

  it('proposes later answers again as long as those before them stay', async () => {
    const seen: number[] = [];
    const second: Step<State> = {
      ask: ({ b }) => {
        seen.push(b);
        return Promise.resolve(seen.length === 2 || seen.length === 3 ? back : { b: 7 });
      },
    };
    const steps = [prepared([], { a: 1 }, { a: 1 }, { a: 2 }), second, prepared([], back, { c: 3 })];
    expect(await askSteps('T', steps, zero)).toEqual({ a: 2, b: 7, c: 3 });
    expect(seen).toEqual([0, 7, 7, 0]);
  });

  it('leaves out what is not asked, forwards and back', async () => {
    const places: Place[] = [];
    const skipped: Step<State> = {
      isAsked: ({ a }) => a > 1,
      ask: () => Promise.resolve({ b: 9 }),
    };
    const steps = [prepared(places, { a: 1 }, { a: 2 }), skipped, prepared(places, back, { c: 3 }, { c: 3 })];
    expect(await askSteps('T', steps, zero)).toEqual({ a: 2, b: 9, c: 3 });
    expect(places.at(-1)).toEqual({ title: 'T', step: 3, totalSteps: 3, canGoBack: true });
  });

  it('ends without a result when the person gives up', async () => {
    expect(await askSteps('T', [prepared([], { a: 1 }), prepared([], undefined)], zero)).toBeUndefined();
  });

  it('stays at the first question when there is no way back', async () => {
    expect(await askSteps('T', [prepared([], back, { a: 4 })], zero)).toEqual({ a: 4, b: 0, c: 0 });
  });
});
