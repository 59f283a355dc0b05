// Sensitivity analyses as the API shows them: settings, model, data, newest run, and the points of every layer.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SensitivityResult, SensitivitySpec } from '../../protocol/pruning';
import type { RunSummary } from '../../protocol/runs';
import type { SensitivityRecord } from '../../store/records';
import type { Bench } from '../bench';
import { commandLine } from '../commandLine';
import { datasetView } from '../dataset/dataset';
import { jobSpecOf, newestResult, runView } from '../runs/runViews';
import type { NamedParts } from '../runs/namedParts';
import { dateView, modelView } from '../views';
import { layersOfResult, readLayers, sparsityUnitOf } from './sensitivityPoints';
import type { DescribedLayer, LayerPoints } from './sensitivityPoints';

/** An analysis in a list; details have its points. */
export async function sensitivitySummary(
  bench: Bench,
  record: SensitivityRecord,
  newest: RunSummary | undefined,
  { model, dataset }: NamedParts,
): Promise<Readonly<Record<string, unknown>>> {
  const { id, projectId, name, kind, method, analysisId, edited, createdAt, modifiedAt } = record;
  const spec = await jobSpecOf(newest);
  return {
    project_id: projectId,
    id,
    name,
    model: model === undefined ? null : modelView(bench, model),
    // Null: seeded random inputs, or gone.
    dataset: dataset === undefined ? null : datasetView(bench, dataset),
    dataset_id: record.datasetId,
    kind,
    method,
    levels: record.levelFractions,
    samples: record.samples,
    batch_size: record.batchSize,
    num_threads: record.threads,
    warmup_iterations: record.warmupRuns,
    iterations: record.iterations,
    analysis_id: analysisId,
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
  const { layers, notes, isEdited, result } = found;
  return {
    ...summary,
    is_edited: isEdited,
    sparsity_unit: sparsityUnitOf(record),
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
          model_timings: timings.map(({ sparsityFraction, latencyMs, denseLatencyMs }) => ({
            sparsity: sparsityFraction,
            latency: latencyMs,
            dense_latency: denseLatencyMs,
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
  /** Sentences a person should read beside the figures. */
  readonly notes: readonly string[];
  /** Whether a client put them in place of those that were found. */
  readonly isEdited: boolean;
  /** Of the newest successful run; undefined for none. */
  readonly result: SensitivityResult | undefined;
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
    const layers = await editedLayers(bench, record, edited.file);
    if (layers !== undefined) {
      const note = `These points are what a client sent on ${dateView(edited.at)}: they were not found by an analysis here.`;
      return { layers: describedBy(layers, known), notes: [note], isEdited: true, result };
    }
  }
  return result === undefined ? undefined : { layers: known, notes: result.notes, isEdited: false, result };
}

/** Undefined for a file that is gone or damaged. */
async function editedLayers(
  bench: Bench,
  record: SensitivityRecord,
  file: string,
): Promise<readonly LayerPoints[] | undefined> {
  try {
    const folder = (await bench.store.folderOf('sensitivity', record.id)) ?? '';
    return readLayers(JSON.parse(await readFile(join(folder, file), 'utf8')), file, sparsityUnitOf(record));
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
    ...(levelFractions === undefined ? [] : ['--levels', levelFractions.join(',')]),
    ...(method === 'one-shot' ? ['--samples', samples] : []),
    ...(method === 'approx' ? [] : ['--batch-size', batchSize, '--threads', spec.threads]),
    ...(method === 'measured' ? ['--warmup', warmupRuns, '--iterations', iterations] : []),
  ]);
}
