// Operations on benchmarks (SYSTEMS §1.3): add, details, list, edit, execute, delete, and their files.
import type { BenchmarkRecord } from '../../store/records';
import type { Bench } from '../bench';
import { benchmarkAdd, benchmarkEdit } from './benchmarkAdd';
import { benchmarkConfigText } from './benchmarkParts';
import { benchmarkExecute } from './benchmarkRun';
import { benchmarkView } from './benchmarkView';
import { answeringFile, answeringLater, answeringNow } from '../operation';
import type { FileOperation, Operation } from '../operation';
import { executePair } from './pairBenchmark';
import { isPairRequest, readPairRequest } from './pairBenchmarkRequest';
import type { PairRequest } from './pairBenchmarkRequest';
import type { ByIdAndName } from '../project/project';
import type { RequestReader } from '../requestReader';
import { presentConfig } from '../runs/configFile';
import { namedParts } from '../runs/namedParts';
import { runList } from '../runs/runList';
import { runLogAnswer } from '../runs/runLogAnswer';
import { cancelRuns } from '../runs/activeRuns';

interface ById {
  readonly id: number;
}

function readId(parameters: RequestReader): ById {
  return { id: parameters.id('id', 'benchmark') };
}

/** One path, two calls that are told apart by what is sent. */
export type BenchmarkCall = ById | { readonly pair: PairRequest };

/** What clients are answered whose messages come later. */
const processing = { exit_code: 102, message: 'processing' } as const;

export const benchmarkDetails: Operation<BenchmarkCall, object> = {
  path: 'benchmark',
  summary:
    'Show a benchmark with what was measured; with input_model and optimized_model: benchmark these two together.',
  read: (parameters) => (isPairRequest(parameters) ? { pair: readPairRequest(parameters) } : readId(parameters)),
  run: async (bench, call) => {
    if ('pair' in call) {
      await executePair(bench, call.pair);
      return processing;
    }
    const record = await bench.get('benchmark', call.id);
    const [newest] = await bench.store.runs('benchmark', call.id);
    return benchmarkView(bench, record, newest, await namedParts(bench, record));
  },
};

export const benchmarkList: Operation<{ readonly projectId: number }, object> = {
  path: 'benchmark/list',
  summary: 'List the benchmarks of a project.',
  read: (parameters) => ({ projectId: parameters.id('project_id', 'project') }),
  run: async (bench, { projectId }) => {
    const benchmarks = await runList(bench, 'benchmark', projectId, (record, newest, partsOf) =>
      benchmarkView(bench, record, newest, partsOf(record)),
    );
    return bench.withProblems({ benchmarks }, 'benchmark', projectId);
  },
};

export const benchmarkDelete: Operation<ByIdAndName, { readonly id: number | null }> = {
  path: 'benchmark/delete',
  summary: 'Delete a benchmark with its results; id and name have to fit.',
  read: (parameters) => ({ ...readId(parameters), name: parameters.text('name') }),
  run: async (bench, { id, name }) => {
    const record = await bench.store.find('benchmark', id);
    if (record?.name !== name) return { id: null };
    await cancelRuns(bench, 'benchmark', id);
    await unpin(bench, record);
    return { id: (await bench.store.remove('benchmark', id)) ? id : null };
  },
};

/** Takes a benchmark off the optimizations it is pinned to. */
async function unpin(bench: Bench, { id, projectId }: BenchmarkRecord): Promise<void> {
  for (const optimization of await bench.store.list('optimization', { projectId })) {
    if (optimization.accuracyBenchmarkId !== id && optimization.performanceBenchmarkId !== id) continue;
    await bench.store.edit('optimization', optimization.id, ({ accuracyBenchmarkId, performanceBenchmarkId }) => ({
      ...(accuracyBenchmarkId === id ? { accuracyBenchmarkId: null } : {}),
      ...(performanceBenchmarkId === id ? { performanceBenchmarkId: null } : {}),
    }));
  }
}

export const benchmarkConfig: FileOperation<ById> = {
  path: 'benchmark/config.yaml',
  summary: 'Show what a benchmark measures, as a config.yaml.',
  read: readId,
  run: async (bench, { id }) => {
    const path = await presentConfig(bench, 'benchmark', id, benchmarkConfigText);
    return { contentType: 'text/yaml; charset=utf-8', content: { path } };
  },
};

export const benchmarkLog: FileOperation<ById> = {
  path: 'benchmark/output.log',
  summary: 'Show what the newest run of a benchmark printed.',
  read: readId,
  run: async (bench, { id }) => runLogAnswer(bench, 'benchmark', id),
};

export const benchmarkOperations = [
  answeringNow(benchmarkAdd),
  answeringNow(benchmarkDetails),
  answeringNow(benchmarkEdit),
  answeringNow(benchmarkList),
  answeringLater(benchmarkExecute),
  answeringNow(benchmarkDelete),
  answeringFile(benchmarkConfig),
  answeringFile(benchmarkLog),
];
