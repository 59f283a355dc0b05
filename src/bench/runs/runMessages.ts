// What clients are told of a run: news of the queue as messages of the API (SYSTEMS §1.4), for each kind of run.
import type { RunNews } from '../../jobs/runQueue';
import { failureRecordOf } from '../../protocol/benchError';
import type { FailureRecord } from '../../protocol/benchError';
import type { Bench } from '../bench';
import { benchmarkMessages } from '../benchmark/benchmarkRun';
import type { BenchMessage } from '../operation';
import { optimizationMessages } from '../optimization/optimizationMessages';
import { pairSubjectKind } from '../benchmark/pairSubject';
import { pairMessages } from '../benchmark/pairBenchmarkMessages';
import { profilingMessages } from '../profiling/profilingRun';
import { sensitivityMessages } from '../sensitivity/sensitivityRun';

/** Makes the messages of one kind of run; none for news that clients of that kind are not told. */
export type MessagesOf = (bench: Bench, news: RunNews, subjectId: number) => Promise<readonly BenchMessage[]>;

interface Composer {
  readonly compose: MessagesOf;
  /** Subject of the message that tells of a run's end. */
  readonly finishSubject: string;
}

/** By kind of `RunSubject`. */
const composers: ReadonlyMap<string, Composer> = new Map([
  ['optimization', { compose: optimizationMessages, finishSubject: 'optimization_finish' }],
  ['benchmark', { compose: benchmarkMessages, finishSubject: 'benchmark_finish' }],
  ['profiling', { compose: profilingMessages, finishSubject: 'profiling_finish' }],
  ['sensitivity', { compose: sensitivityMessages, finishSubject: 'sensitivity_finish' }],
  [pairSubjectKind, { compose: pairMessages, finishSubject: 'benchmark_finish' }],
]);

/**
 * The messages for a piece of news, in the order they are to be told; none for work that no client knows. Does not
 * reject: whoever waits for a run hears of its end also when the bench's files cannot be read at that moment.
 */
export async function messagesOfRun(bench: Bench, news: RunNews): Promise<readonly BenchMessage[]> {
  const composer = composers.get(news.subject.kind);
  if (composer === undefined) return [];
  try {
    return await composer.compose(bench, news, news.subject.id);
  } catch (thrown) {
    return news.type === 'ended' ? [untoldEnd(composer, news, failureRecordOf(thrown))] : [];
  }
}

function untoldEnd({ finishSubject }: Composer, { run, subject }: RunNews, failure: FailureRecord): BenchMessage {
  const data = {
    message: 'Failure',
    reason: `The run ended (${run.state}), but what came of it cannot be read: ${failure.message}`,
    code: 404,
    state: run.state,
    request_id: run.requestId,
    id: subject.id,
  };
  return { subject: finishSubject, status: 'error', data };
}
