// The projects of a bench for the editor, and what is in one of them.
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type {
  BenchmarkFacts,
  DatasetFacts,
  ModelFacts,
  OptimizationFacts,
  ProblemFacts,
  ProfilingFacts,
  ProjectFacts,
  ProjectListFacts,
  ProjectParts,
  SensitivityFacts,
} from '../../protocol/facts';
import type { RunSummary } from '../../protocol/runs';
import { recordKinds } from '../../store/records';
import type {
  BenchmarkRecord,
  DatasetRecord,
  ModelRecord,
  OptimizationRecord,
  ProfilingRecord,
  ProjectRecord,
  RecordKind,
  SensitivityRecord,
} from '../../store/records';
import type { Bench } from '../bench';
import { configFileName } from '../runs/configFile';
import { keyFigures, noFigures } from './keyFigures';
import { newestRunFacts } from './runFacts';

/** Newest runs by id of their record. */
type NewestRuns = ReadonlyMap<number, RunSummary>;

/** All projects. */
export async function projectsOf(bench: Bench): Promise<ProjectListFacts> {
  const records = await bench.store.list('project');
  return { projects: records.map(projectFacts), problems: problemsOf(bench, ['project']) };
}

/** Everything in a project; each file of it is looked at once. */
export async function partsOf(bench: Bench, { id }: { readonly id: number }): Promise<ProjectParts> {
  const record = await bench.get('project', id);
  const inProject = { projectId: id };
  const { store } = bench;
  const [models, datasets, ...runnable] = await Promise.all([
    store.list('model', inProject),
    store.list('dataset', inProject),
    store.list('optimization', inProject),
    store.list('benchmark', inProject),
    store.list('profiling', inProject),
    store.list('sensitivity', inProject),
    store.newestRuns('optimization', inProject),
    store.newestRuns('benchmark', inProject),
    store.newestRuns('profiling', inProject),
    store.newestRuns('sensitivity', inProject),
  ]);
  const [optimizations, benchmarks, profilings, sensitivities, tuned, timed, profiled, analysed] = runnable;
  return {
    project: projectFacts(record),
    notes: record.notes,
    models: await each(models, (model) => modelFacts(bench, model)),
    datasets: datasets.map((dataset) => datasetFacts(bench, dataset)),
    optimizations: await each(optimizations, (optimization) => optimizationFacts(bench, optimization, tuned)),
    benchmarks: await each(benchmarks, (benchmark) => benchmarkFacts(bench, benchmark, timed)),
    profilings: await each(profilings, (profiling) => profilingFacts(bench, profiling, profiled)),
    sensitivities: await each(sensitivities, (sensitivity) => sensitivityFacts(bench, sensitivity, analysed)),
    problems: problemsOf(
      bench,
      recordKinds.filter((kind) => kind !== 'project'),
      id,
    ),
  };
}

function each<Item, Facts>(items: readonly Item[], facts: (item: Item) => Promise<Facts>): Promise<readonly Facts[]> {
  return Promise.all(items.map(facts));
}

/** What the last look at records found; no file is looked at. */
function problemsOf({ store }: Bench, kinds: readonly RecordKind[], projectId?: number): readonly ProblemFacts[] {
  return kinds
    .flatMap((kind) => store.seenProblems(kind, { projectId }))
    .map(({ path, message }) => ({ path: join(store.folder, path), message }));
}

function projectFacts({ id, name, createdAt, modifiedAt }: ProjectRecord): ProjectFacts {
  return { id, name, createdAt, modifiedAt };
}

async function modelFacts(bench: Bench, record: ModelRecord): Promise<ModelFacts> {
  const path = bench.absolutePath(record.path);
  return {
    id: record.id,
    projectId: record.projectId,
    name: record.name,
    path,
    isPresent: await isThere(path),
    sizeBytes: record.sizeBytes,
    sha256: record.sha256,
    framework: record.framework,
    precision: record.precision,
    domain: record.domain,
    domainFlavour: record.domainFlavour,
    inputNodes: record.inputNodes,
    outputNodes: record.outputNodes,
    supportsProfiling: record.supportsProfiling,
    supportsGraph: record.supportsGraph,
    madeByOptimizationId: record.madeBy?.optimizationId ?? null,
    createdAt: record.createdAt,
  };
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

function datasetFacts(bench: Bench, record: DatasetRecord): DatasetFacts {
  const { id, projectId, name, datasetType, metric, templatePath, createdAt } = record;
  return {
    id,
    projectId,
    name,
    datasetType,
    metric: metric?.name ?? null,
    templatePath: templatePath === null ? null : bench.absolutePath(templatePath),
    createdAt,
  };
}

async function runnableFacts<Named extends OptimizationRecord | BenchmarkRecord | ProfilingRecord | SensitivityRecord>(
  bench: Bench,
  record: Named,
  newest: RunSummary | undefined,
) {
  const { id, projectId, name, modelId, createdAt, modifiedAt } = record;
  const datasetId: Named['datasetId'] = record.datasetId;
  const run = await newestRunFacts(bench, newest);
  return { id, projectId, name, modelId, datasetId, createdAt, modifiedAt, run };
}

async function optimizationFacts(
  bench: Bench,
  record: OptimizationRecord,
  runs: NewestRuns,
): Promise<OptimizationFacts> {
  const newest = runs.get(record.id);
  return {
    ...(await runnableFacts(bench, record, newest)),
    optimizationType: record.optimizationType,
    precision: record.precision,
    strategy: record.tuning?.strategy ?? null,
    targetSparsity: record.pruning?.targetSparsity ?? null,
    configPath: await configPathOf(bench, record, newest),
    optimizedModelId: record.optimizedModelId,
    accuracyBenchmarkId: record.accuracyBenchmarkId,
    performanceBenchmarkId: record.performanceBenchmarkId,
    outcome: (await keyFigures(bench, 'optimization', record.id, newest)) ?? null,
  };
}

/** Found beside the runs where there are some: no question to the store is needed for those. */
async function configPathOf(
  bench: Bench,
  { id }: OptimizationRecord,
  newest: RunSummary | undefined,
): Promise<string | null> {
  const folder =
    newest === undefined ? await bench.store.folderOf('optimization', id) : dirname(dirname(newest.folder));
  if (folder === undefined) return null;
  const path = join(folder, configFileName);
  return (await isThere(path)) ? path : null;
}

async function benchmarkFacts(bench: Bench, record: BenchmarkRecord, runs: NewestRuns): Promise<BenchmarkFacts> {
  const newest = runs.get(record.id);
  return {
    ...(await runnableFacts(bench, record, newest)),
    mode: record.mode,
    batchSize: record.batchSize,
    ...((await keyFigures(bench, 'benchmark', record.id, newest)) ?? noFigures),
  };
}

async function profilingFacts(bench: Bench, record: ProfilingRecord, runs: NewestRuns): Promise<ProfilingFacts> {
  const newest = runs.get(record.id);
  return {
    ...(await runnableFacts(bench, record, newest)),
    threads: record.threads,
    inferenceUs: (await keyFigures(bench, 'profiling', record.id, newest)) ?? null,
  };
}

async function sensitivityFacts(bench: Bench, record: SensitivityRecord, runs: NewestRuns): Promise<SensitivityFacts> {
  const newest = runs.get(record.id);
  return {
    ...(await runnableFacts(bench, record, newest)),
    kind: record.kind,
    method: record.method,
    samples: record.samples,
    iterations: record.iterations,
    levelFractions: record.levelFractions,
    batchSize: record.batchSize,
    threads: record.threads,
    warmupRuns: record.warmupRuns,
    analysisId: record.analysisId,
    editedAt: record.edited?.at ?? null,
    layers: (await keyFigures(bench, 'sensitivity', record.id, newest)) ?? null,
  };
}
