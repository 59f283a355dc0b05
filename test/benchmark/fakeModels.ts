// Models whose runs take the time they say, on a clock that only they move: measuring without waiting.
import type { WorkContext } from '../../src/protocol/progress';
import type { Clock, Feeds } from '../../src/benchmark/subject';
import { Subject } from '../../src/benchmark/subject';

export interface FakeMachine {
  readonly clock: Clock;
  /** Names of the models in the order of their runs. */
  readonly runs: string[];
  /** What each run was fed. */
  readonly fed: Feeds[];
  /** A model whose run number n takes `latencyMs(n)`. */
  model(name: string, latencyMs: (run: number) => number, inputs?: readonly Feeds[]): Subject;
}

export function fakeMachine(): FakeMachine {
  let nowMs = 0;
  const runs: string[] = [];
  const fed: Feeds[] = [];
  const clock = (): number => nowMs;
  const model = (name: string, latencyMs: (run: number) => number, inputs: readonly Feeds[] = [{}]): Subject => {
    let run = 0;
    const session = {
      run: (feeds: Feeds) => {
        nowMs += latencyMs(run++);
        runs.push(name);
        fed.push(feeds);
        return Promise.resolve({});
      },
    };
    return new Subject(name, session, inputs, clock);
  };
  return { clock, runs, fed, model };
}

export function quietContext(): WorkContext {
  return { signal: new AbortController().signal, onProgress: () => undefined };
}
