// Sensitivity analyses as the API shows them: settings, model, data, newest run, and the points of every layer.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SensitivityResult, SensitivitySpec } from '../../protocol/pruning';
import type { RunSummary } from '../../protocol/runs';
import type { EditedPoints, SensitivityRecord } from '../../store/records';
import type { Bench } from '../bench';
import { commandLine } from '../commandLine';
import { jobSpecOf, newestResult, runView } from '../runs/runViews';
import { subjectView } from '../runs/subjectView';
import type { NamedParts } from '../runs/namedParts';
import { dateView } from '../views';
import { layersOfResult, readLayers, sparsityUnitOf } from './sensitivityPoints';
import type { DescribedLayer, LayerPoints, SentPoints, SparsityUnit } from './sensitivityPoints';

/** An analysis in a list; details have its points. */
export async function sensitivitySummary(
  bench: Bench,
  record: SensitivityRecord,
  newest: RunSummary | undefined,
  parts: NamedParts,
): Promise<Readonly<Record<string, unknown>>> {
  const { kind, method, analysisId, edited, createdAt, modifiedAt } = record;
  const spec = await jobSpecOf(newest);
  return {
    ...subjectView(bench, record, parts),
    dataset_id: record.datasetId,
    kind,
    method,
    levels: record.levelFractions,
    samples: record.samples,
    batch_size: record.batchSize,
    num_threads: record.threads,
    warmup_iterations: record.warmupRuns,
    iterations: record.iterations,
    dims: record.dimensions ?? {},
    analysis_id: analysisId,
    is_edited: await isEditedNow(bench, record, newest),
    edited_at: dateView(edited?.at ?? null),
    execution_command: spec?.verb === 'sensitivity' ? sensitivityCommandLine(spec) : null,
    created_at: dateView(createdAt),
    modified_at: dateView(modifiedAt),
    ...(await runView(bench, newest)),
  };
}

/** Everything about an analysis; without layers before the first successful run. */
export async function sensitivityDetails(
  bench: Bench,
  record: SensitivityRecord,
  newest: RunSummary | undefined,
  parts: NamedParts,
): Promise<Readonly<Record<string, unknown>>> {
  const summary = await sensitivitySummary(bench, record, newest, parts);
  const found = await pointsOf(bench, record, newest);
  if (found === undefined) return summary;
  const { layers, unit, notes, isEdited, result } = found;
  return {
    ...summary,
    is_edited: isEdited,
    sparsity_unit: unit,
    layers,
    notes,
    ...(result === undefined || isEdited ? {} : measuredView(result)),
  };
}

function measuredView(result: SensitivityResult): object {
  const timings = result.method === 'measured' ? result.modelTimings : undefined;
  return {
    ...(timings === undefined
      ? {}
      : {
          model_timings: timings.map(({ sparsityFraction, latencyMs, denseLatencyMs, comparison }) => ({
            sparsity: sparsityFraction,
            latency: latencyMs,
            dense_latency: denseLatencyMs,
            speedup: comparison.ratio,
            speedup_interval: comparison.interval,
            verdict: comparison.verdict,
          })),
        }),
    ...(result.method === 'approx' ? {} : { data: result.data, dataset_name: result.datasetName }),
    environment: result.environment,
    ...(result.method === 'measured' ? { machine: result.machine } : {}),
    model_sha256: result.modelSha256,
  };
}

/** The points that count for an analysis. */
export interface FoundPoints {
  readonly layers: readonly DescribedLayer[];
  /** Of their sparsity; a client may have sent another than that of the method. */
  readonly unit: SparsityUnit;
  /** Sentences a person should read beside the figures. */
  readonly notes: readonly string[];
  /** Whether a client put them in place of those that were found. */
  readonly isEdited: boolean;
  /** Of the newest successful run; undefined for none. */
  readonly result: SensitivityResult | undefined;
}

/** Whether points that a client sent count: no run has succeeded since. */
async function isEditedNow(
  bench: Bench,
  { id, edited }: SensitivityRecord,
  newest: RunSummary | undefined,
): Promise<boolean> {
  if (edited === null) return false;
  return edited.afterRun === ((await newestResult(bench, 'sensitivity', id, newest))?.run.name ?? null);
}

/** What counts is the later one of a client's edit and the newest successful run; undefined for neither. */
export async function pointsOf(
  bench: Bench,
  record: SensitivityRecord,
  newest: RunSummary | undefined,
): Promise<FoundPoints | undefined> {
  const found = await newestResult(bench, 'sensitivity', record.id, newest);
  // Written by a job of this product.
  const result = Array.isArray(found?.result['layers']) ? (found.result as unknown as SensitivityResult) : undefined;
  const known = result === undefined ? [] : layersOfResult(result);
  const { edited } = record;
  if (edited !== null && edited.afterRun === (found?.run.name ?? null)) {
    const sent = await editedPoints(bench, record, edited.file);
    if (sent !== undefined) {
      const notes = sentNotes(edited);
      return { layers: describedBy(sent.layers, known), unit: sent.unit, notes, isEdited: true, result };
    }
  }
  if (result === undefined) return undefined;
  return { layers: known, unit: sparsityUnitOf(record), notes: result.notes, isEdited: false, result };
}

/** What is to be said of points that a client sent. */
export function sentNotes({ at, afterRun }: EditedPoints): readonly string[] {
  const told = `These points are what a client sent on ${dateView(at)}: they were not found by an analysis here.`;
  return afterRun === null
    ? [told]
    : [told, `They stand in place of those of the run ${afterRun}, until the analysis is run again.`];
}

/** Undefined for a file that is gone or damaged. */
async function editedPoints(bench: Bench, record: SensitivityRecord, file: string): Promise<SentPoints | undefined> {
  try {
    const folder = (await bench.store.folderOf('sensitivity', record.id)) ?? '';
    return readLayers(JSON.parse(await readFile(join(folder, file), 'utf8')), file, record);
  } catch {
    return undefined;
  }
}

/** A client sends points alone: what the analysis knows of the layers goes with them. */
function describedBy(layers: readonly LayerPoints[], known: readonly DescribedLayer[]): readonly DescribedLayer[] {
  const byId = new Map(known.map((layer) => [layer.id, layer]));
  return layers.map((layer) => ({ ...byId.get(layer.id), ...layer }));
}

function sensitivityCommandLine(spec: SensitivitySpec): string {
  const { modelPath, datasetPath, kind, method, levelFractions, samples, batchSize, warmupRuns, iterations } = spec;
  return commandLine([
    ...['sensitivity', modelPath, '--kind', kind, '--method', method],
    ...(datasetPath === undefined ? [] : ['--data', datasetPath]),
    ...(levelFractions === null ? [] : ['--levels', levelFractions.join(',')]),
    ...Object.entries(spec.dimensions).flatMap(([name, size]) => ['--dim', `${name}=${size}`]),
    ...(method === 'one-shot' ? ['--samples', samples] : []),
    ...(method === 'approx' ? [] : ['--batch-size', batchSize, '--threads', spec.threads]),
    ...(method === 'measured' ? ['--warmup', warmupRuns, '--iterations', iterations] : []),
  ]);
}
