// What clients are told of a run: news of the queue as messages of the API (SYSTEMS §1.4), for each kind of run.
import type { RunNews } from '../../jobs/runQueue';
import type { Bench } from '../bench';
import { benchmarkMessages } from '../benchmark/benchmarkRun';
import type { BenchMessage } from '../operation';
import { optimizationMessages } from '../optimization/optimizationMessages';
import { pairSubjectKind } from '../benchmark/pairBenchmark';
import { pairMessages } from '../benchmark/pairBenchmarkMessages';
import { profilingMessages } from '../profiling/profilingRun';

/** Makes the messages of one kind of run; none for news that clients of that kind are not told. */
export type MessagesOf = (bench: Bench, news: RunNews, subjectId: number) => Promise<readonly BenchMessage[]>;

/** By kind of `RunSubject`. */
const composers: ReadonlyMap<string, MessagesOf> = new Map([
  ['optimization', optimizationMessages],
  ['benchmark', benchmarkMessages],
  ['profiling', profilingMessages],
  [pairSubjectKind, pairMessages],
]);

/** The messages for a piece of news, in the order they are to be told; none for work that no client knows. */
export async function messagesOfRun(bench: Bench, news: RunNews): Promise<readonly BenchMessage[]> {
  return (await composers.get(news.subject.kind)?.(bench, news, news.subject.id)) ?? [];
}
