// Several questions one after the other, with a way back: the order of the questions, apart from how they are asked.
import { isDeepStrictEqual } from 'node:util';

/** What a question is answered with to return to the one before. */
export const back = Symbol('back');

/** Where a question stands among the others. */
export interface Place {
  readonly title: string;
  /** Absent for a question that stands alone. */
  readonly step?: number;
  readonly totalSteps?: number;
  readonly canGoBack?: boolean;
}

/** An answer, the wish to go back, or undefined where the person gave up. */
export type Asked<Value> = Value | typeof back | undefined;

/** One question. */
export interface Step<State> {
  /** Absent: it is always asked. */
  isAsked?(state: State): boolean;
  /** Resolves with what the answer changes. */
  ask(state: State, place: Place): Promise<Asked<Partial<State>>>;
}

interface Answered<State> {
  readonly index: number;
  readonly before: State;
}

/** Asks one question after the other; undefined when the person gives up. */
export async function askSteps<State>(
  title: string,
  steps: readonly Step<State>[],
  initial: State,
): Promise<State | undefined> {
  const answered: Answered<State>[] = [];
  // What a question was answered with before the person went back; it is proposed when the question comes again.
  const earlier = new Map<number, Partial<State>>();
  let state = initial;
  let index = nextAsked(steps, state, 0);
  while (index < steps.length) {
    const step = answered.length + 1;
    const place = { title, step, totalSteps: step + countAsked(steps, state, index + 1), canGoBack: step > 1 };
    const answer = await steps[index]?.ask({ ...state, ...earlier.get(index) }, place);
    if (answer === undefined) return undefined;
    if (answer === back) {
      const last = answered.pop();
      ({ index, before: state } = last ?? { index, before: state });
      continue;
    }
    if (!isDeepStrictEqual(answer, earlier.get(index))) forgetFrom(earlier, index);
    earlier.set(index, answer);
    answered.push({ index, before: state });
    state = { ...state, ...answer };
    index = nextAsked(steps, state, index + 1);
  }
  return state;
}

/** Another answer may make those after it senseless. */
function forgetFrom(earlier: Map<number, unknown>, index: number): void {
  for (const later of [...earlier.keys()].filter((one) => one >= index)) earlier.delete(later);
}

function nextAsked<State>(steps: readonly Step<State>[], state: State, from: number): number {
  const found = steps.findIndex((step, index) => index >= from && isAsked(step, state));
  return found === -1 ? steps.length : found;
}

/** As far as the answers so far tell. */
function countAsked<State>(steps: readonly Step<State>[], state: State, from: number): number {
  return steps.slice(from).filter((step) => isAsked(step, state)).length;
}

function isAsked<State>(step: Step<State>, state: State): boolean {
  return step.isAsked?.(state) ?? true;
}
