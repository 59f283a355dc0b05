// Work on one thing that several clients ask for at once: the same is done once, something else waits its turn.
import type { Bench } from '../bench';

interface UnderWay {
  /** What was asked, to tell the same from something else. */
  readonly question: string;
  readonly answer: Promise<object>;
}

/** Of each bench: the last that was asked for, by what it is about. */
const lastOf = new WeakMap<Bench, Map<string, UnderWay>>();

/** Does `work` when whatever was asked about `key` before has ended; gives what is under way where `question` is the same. */
export function oneAfterAnother<Result extends object>(
  bench: Bench,
  key: string,
  question: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const all = lastOf.get(bench) ?? new Map<string, UnderWay>();
  lastOf.set(bench, all);
  const before = all.get(key);
  // The same question under the same key is that of the same caller.
  if (before?.question === question) return before.answer as Promise<Result>;
  const turn = before === undefined ? Promise.resolve() : before.answer.then(nothing, nothing);
  const answer = turn.then(work).finally(() => {
    if (all.get(key)?.answer === answer) all.delete(key);
  });
  all.set(key, { question, answer });
  return answer;
}

function nothing(): void {
  // How it ended is told to those who asked for it.
}
