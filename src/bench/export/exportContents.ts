// What an export of each kind of result consists of.
import { existsSync } from 'node:fs';
import type { ExportedKind } from '../../protocol/exports';
import type { BenchmarkResult, EvaluateResult } from '../../protocol/jobs';
import type { RunSummary } from '../../protocol/runs';
import type {
  BenchmarkRecord,
  DatasetRecord,
  ModelRecord,
  OptimizationRecord,
  ProfilingRecord,
  SensitivityRecord,
} from '../../store/records';
import type { Bench } from '../bench';
import { resultOf } from '../optimization/optimizationView';
import { profilingCsv } from '../profiling/profilingCsv';
import { profileOf, traceFileOf } from '../profiling/profilingView';
import { requestErrors } from '../requestErrors';
import { isPruneResult } from '../../protocol/pruning';
import { configFileOf } from '../runs/configFile';
import { namedParts } from '../runs/namedParts';
import { newestResult } from '../runs/runViews';
import { sensitivityCsv } from '../sensitivity/sensitivityCsv';
import { pointsOf } from '../sensitivity/sensitivityView';
import { modelFiles } from './modelFiles';
import type { ModelFile } from './modelFiles';
import { pruningReport } from './pruningReport';
import { benchmarkReport, modelReport, optimizationReport, profilingReport } from './reports';
import type { Report } from './reportText';
import { sensitivityReport } from './sensitivityReport';

/** What goes into the new folder. */
export interface ExportContents {
  /** Of the folder, as far as it is free. */
  readonly name: string;
  readonly report: Report;
  /** For programs: the same and more. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly copies: readonly ModelFile[];
  /** Other files by their names. */
  readonly texts: Readonly<Record<string, string>>;
  readonly configPath?: string;
}

/** Gathers an export; reads and writes no large file. Throws RequestError where there is no result. */
export async function contentsOf(bench: Bench, kind: ExportedKind, id: number): Promise<ExportContents> {
  switch (kind) {
    case 'model':
      return modelContents(bench, id);
    case 'optimization':
      return optimizationContents(bench, id);
    case 'benchmark':
      return benchmarkContents(bench, id);
    case 'profiling':
      return profilingContents(bench, id);
    case 'sensitivity':
      return sensitivityContents(bench, id);
  }
}

async function modelContents(bench: Bench, id: number): Promise<ExportContents> {
  const model = await bench.get('model', id);
  const project = await projectName(bench, model.projectId);
  return {
    name: folderName(project, model.name),
    report: modelReport({ name: model.name, project, model, dataset: undefined }),
    facts: { kind: 'model', project, model: modelFacts(model) },
    copies: modelFiles(bench.absolutePath(model.path)),
    texts: {},
  };
}

async function optimizationContents(bench: Bench, id: number): Promise<ExportContents> {
  const record = await bench.get('optimization', id);
  const { model, dataset } = await namedParts(bench, record);
  const optimized = (await namedParts(bench, { ...record, modelId: record.optimizedModelId })).model;
  const result = await resultOf(bench, record, optimized, await newestRun(bench, 'optimization', id));
  if (result === undefined) throw noResults('optimization', record.name);
  const project = await projectName(bench, record.projectId);
  const subject = { name: record.name, project, model, dataset };
  const [first, ...weights] = optimized === undefined ? [] : modelFiles(bench.absolutePath(optimized.path));
  return {
    name: folderName(project, record.name),
    report: isPruneResult(result) ? pruningReport(subject, result) : optimizationReport(subject, result),
    facts: {
      kind: 'optimization',
      project,
      ...settingsOf(record),
      ...partFacts(model, dataset),
      optimizedModel: optimized === undefined ? null : modelFacts(optimized),
      result,
    },
    copies: first === undefined ? [] : [{ ...first, name: 'model.onnx' }, ...weights],
    texts: {},
    configPath: await configFileOf(bench, 'optimization', id),
  };
}

async function benchmarkContents(bench: Bench, id: number): Promise<ExportContents> {
  const record = await bench.get('benchmark', id);
  const { model, dataset } = await namedParts(bench, record);
  const found = await newestResult(bench, 'benchmark', id, await newestRun(bench, 'benchmark', id));
  if (found === undefined) throw noResults('benchmark', record.name);
  // Written by a job of this product.
  const result = found.result as unknown as BenchmarkResult | EvaluateResult;
  const project = await projectName(bench, record.projectId);
  return {
    name: folderName(project, record.name),
    report: benchmarkReport({ name: record.name, project, model, dataset }, result),
    facts: { kind: 'benchmark', project, ...settingsOf(record), ...partFacts(model, dataset), result },
    copies: [],
    texts: {},
    configPath: await configFileOf(bench, 'benchmark', id),
  };
}

async function profilingContents(bench: Bench, id: number): Promise<ExportContents> {
  const record = await bench.get('profiling', id);
  const { model, dataset } = await namedParts(bench, record);
  const found = await profileOf(bench, id, await newestRun(bench, 'profiling', id));
  if (found === undefined) throw noResults('profiling', record.name);
  const { result, run } = found;
  const project = await projectName(bench, record.projectId);
  const trace = traceFileOf(run.folder);
  return {
    name: folderName(project, record.name),
    report: profilingReport({ name: record.name, project, model, dataset }, result),
    facts: { kind: 'profiling', project, ...settingsOf(record), ...partFacts(model, dataset), result },
    copies: existsSync(trace) ? [{ path: trace, name: 'trace.json' }] : [],
    texts: { 'results.csv': profilingCsv(result.ops) },
    configPath: await configFileOf(bench, 'profiling', id),
  };
}

async function sensitivityContents(bench: Bench, id: number): Promise<ExportContents> {
  const record = await bench.get('sensitivity', id);
  const { model, dataset } = await namedParts(bench, record);
  const found = await pointsOf(bench, record, await newestRun(bench, 'sensitivity', id));
  if (found === undefined) throw noResults('sensitivity analysis', record.name);
  const project = await projectName(bench, record.projectId);
  const { layers, unit, notes, isEdited, result } = found;
  return {
    name: folderName(project, record.name),
    report: sensitivityReport({ name: record.name, project, model, dataset }, record, found),
    facts: {
      ...{ kind: 'sensitivity', project, ...settingsOf(record), ...partFacts(model, dataset) },
      ...{ isEdited, notes, sparsityUnit: unit, layers },
      result: isEdited ? null : result,
    },
    copies: [],
    texts: { 'results.csv': sensitivityCsv(record, found) },
  };
}

async function newestRun(
  { store }: Bench,
  kind: 'optimization' | 'benchmark' | 'profiling' | 'sensitivity',
  id: number,
): Promise<RunSummary | undefined> {
  return (await store.runs(kind, id))[0];
}

async function projectName({ store }: Bench, id: number): Promise<string> {
  return (await store.find('project', id))?.name ?? '';
}

/** The record of something that ran, without what only the bench understands. */
function settingsOf(record: OptimizationRecord | BenchmarkRecord | ProfilingRecord | SensitivityRecord): object {
  const { version, modelId, datasetId, ...settings } = record;
  return { settings, recordVersion: version, modelId, datasetId };
}

function partFacts(model: ModelRecord | undefined, dataset: DatasetRecord | undefined): object {
  return {
    model: model === undefined ? null : modelFacts(model),
    dataset:
      dataset === undefined
        ? null
        : { name: dataset.name, loader: dataset.datasetType, transforms: dataset.transforms, metric: dataset.metric },
  };
}

/** Where the file lies is nothing for others to know. */
function modelFacts({ name, sha256, sizeBytes, precision, domain, inputNodes, outputNodes }: ModelRecord): object {
  return { name, sha256, sizeBytes, precision, domain, inputNodes, outputNodes };
}

/** Fit for any system. */
function folderName(project: string, name: string): string {
  const words = `${project} ${name}`.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join('-').slice(0, 80) || 'export';
}

function noResults(kind: string, name: string): Error {
  return requestErrors.refused('no-results', `The ${kind} ${JSON.stringify(name)} has no result yet.`, 'Run it first.');
}
