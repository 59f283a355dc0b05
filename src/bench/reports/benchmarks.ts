// The page of compared benchmarks: what each measured, how it stands to a reference, and which others there are.
import type {
  BenchmarkChoice,
  BenchmarkMode,
  BenchmarksReport,
  BenchmarksRequest,
  Compared,
  ComparedAccuracy,
  ComparedPerformance,
  ComparedSection,
} from '../../protocol/panels/benchmarks';
import type { RunSummary } from '../../protocol/runs';
import type { BenchmarkRecord } from '../../store/records';
import type { Bench } from '../bench';
import { newestRunFacts } from '../facts/runFacts';
import { keyFigures } from '../facts/keyFigures';
import { namedPartsOfProject } from '../runs/namedParts';
import type { NamedParts } from '../runs/namedParts';
import { newestResult } from '../runs/runViews';
import type { RunResult } from '../runs/runViews';
import { compareAccuracy, comparePerformance } from './benchmarkFairness';
import { accuracyResult, performanceResult } from './benchmarkResults';
import { jobProgressOf } from './jobProgress';

/** A benchmark with all that belongs to it. */
interface Found {
  readonly record: BenchmarkRecord;
  readonly parts: NamedParts;
  readonly newest: RunSummary | undefined;
}

/** Everything the page shows. */
export async function benchmarksReport(
  bench: Bench,
  { projectId, ids, references }: BenchmarksRequest,
): Promise<BenchmarksReport> {
  const project = await bench.get('project', projectId);
  const partsOf = await namedPartsOfProject(bench, projectId);
  const newest = await bench.store.newestRuns('benchmark', { projectId });
  const all = (await bench.store.list('benchmark', { projectId })).map((record): Found => ({
    record,
    parts: partsOf(record),
    newest: newest.get(record.id),
  }));
  const chosen = (mode: BenchmarkMode): readonly Found[] =>
    all.filter(({ record }) => record.mode === mode && ids.includes(record.id));
  const [performance, accuracy] = await Promise.all([
    Promise.all(chosen('performance').map((found) => performanceOf(bench, found))),
    Promise.all(chosen('accuracy').map((found) => accuracyOf(bench, found))),
  ]);
  return {
    projectId,
    projectName: project.name,
    choices: await Promise.all(all.map((found) => choiceOf(bench, found))),
    performance: sectionOf(performance, references.performance, comparePerformance),
    accuracy: sectionOf(accuracy, references.accuracy, compareAccuracy),
  };
}

async function choiceOf(bench: Bench, { record, parts, newest }: Found): Promise<BenchmarkChoice> {
  const { id, name, mode } = record;
  const figures = await keyFigures(bench, 'benchmark', id, newest);
  return { id, name, mode, modelName: parts.model?.name ?? null, hasResult: figures !== undefined };
}

async function performanceOf(bench: Bench, found: Found): Promise<ComparedPerformance> {
  const result = await resultOf(bench, found);
  const measured = result === undefined ? undefined : performanceResult(found.record, found.parts, result);
  return { ...(await comparedOf(bench, found)), result: measured ?? null };
}

async function accuracyOf(bench: Bench, found: Found): Promise<ComparedAccuracy> {
  const result = await resultOf(bench, found);
  const measured = result === undefined ? undefined : accuracyResult(found.record, found.parts, result);
  return { ...(await comparedOf(bench, found)), result: measured ?? null };
}

function resultOf(bench: Bench, { record, newest }: Found): Promise<RunResult | undefined> {
  return newestResult(bench, 'benchmark', record.id, newest);
}

async function comparedOf(
  bench: Bench,
  { record, parts: { model }, newest }: Found,
): Promise<Omit<Compared<never, never>, 'result'>> {
  return {
    id: record.id,
    name: record.name,
    model: model === undefined ? null : { id: model.id, name: model.name, precision: model.precision },
    run: await newestRunFacts(bench, newest),
    job: await jobProgressOf(bench, newest),
    comparison: null,
  };
}

/** Compares each result with that of the reference: the wanted one, or the first. */
function sectionOf<Result, Comparison extends object>(
  items: readonly Compared<Result, Comparison>[],
  wanted: number | null,
  compare: (one: Result, reference: Result) => Comparison,
): ComparedSection<Compared<Result, Comparison>> {
  const measured = items.filter(({ result }) => result !== null);
  const reference = measured.find(({ id }) => id === wanted) ?? measured[0];
  const standing = reference?.result;
  if (standing === undefined || standing === null) return { referenceId: null, items };
  return {
    referenceId: reference?.id ?? null,
    items: items.map((item) => {
      if (item.result === null) return item;
      const comparison = compare(item.result, standing);
      return { ...item, comparison: item === reference ? { ...comparison, verdict: 'reference' } : comparison };
    }),
  };
}
