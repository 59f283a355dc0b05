// The layers of a sensitivity analysis with the curves of both kinds: its own, and those of another analysis of the same
// model, or else the operations that the model itself tells.
import { existsSync } from 'node:fs';
import type { OnnxModel } from '../../onnx/readModel';
import { ModelError } from '../../onnx/modelErrors';
import { prunableLayers } from '../../onnx/prunableLayers';
import type { CurveSource, SensitivityQuestion } from '../../protocol/panels/sensitivity';
import type { DimensionSizes } from '../../protocol/environment';
import type { DenseReason, SensitivityKind } from '../../protocol/pruning';
import { curveByPercent, layersKeptDense } from '../../sparsity/allocateSparsity';
import { analysisCurves } from '../../sparsity/analysisCurves';
import type { AnalysisCurves, LayerCurve } from '../../sparsity/analysisCurves';
import { operationsAssumed } from '../../sparsity/countedOperations';
import type { LayerFlops } from '../../sparsity/layerFlops';
import type { SensitivityRecord } from '../../store/records';
import type { Bench } from '../bench';
import { lookAt } from '../graph/modelLook';
import { isOtherModel } from '../model/modelChange';
import { pointsOf } from '../sensitivity/sensitivityView';
import type { FoundPoints } from '../sensitivity/sensitivityView';
import { analysisOfPoints } from './analysisOfPoints';

/** A layer with all that is known of it. */
export interface AnalysedLayer {
  readonly name: string;
  readonly label: string;
  readonly node: string;
  readonly opType: string;
  readonly weights: number;
  readonly denseReason: DenseReason | null;
  readonly flops: LayerFlops | null;
  readonly loss: LayerCurve;
  readonly perf: LayerCurve;
}

/** An analysis with results, and what stands beside it. */
export interface AnalysedModel {
  readonly record: SensitivityRecord;
  readonly found: FoundPoints;
  /** In the order of the file. */
  readonly layers: readonly AnalysedLayer[];
  readonly loss: CurveSource | null;
  readonly perf: CurveSource | null;
  /** At which sizes operations were counted in the model, where it leaves some open. */
  readonly operationNotes: readonly string[];
  /** Another model than the one that was analysed lies at its path now. */
  readonly isModelChanged: boolean;
}

/** An analysis whose points count. */
export interface FoundAnalysis {
  readonly record: SensitivityRecord;
  readonly found: FoundPoints;
}

/** Undefined before the first successful run. */
export async function analysedModel(
  bench: Bench,
  { id, otherId }: SensitivityQuestion,
): Promise<AnalysedModel | undefined> {
  const record = await bench.get('sensitivity', id);
  const own = await foundAnalysis(bench, record);
  if (own === undefined) return undefined;
  const others = await otherAnalyses(bench, record);
  const other = others.find((one) => one.record.id === otherId) ?? others[0];
  const isModelChanged = await isChangedSince(bench, own);
  // Operations of another model say nothing beside these losses.
  const { flops, notes: operationNotes } = isModelChanged ? noOperations : await operationsOf(bench, record);
  const curves = curvesByKind(own, other);
  const described = analysisOfPoints(own.record, own.found).layers;
  const dense = layersKeptDense(described);
  const layers = described.map(({ name, label, node, opType, weights }, index): AnalysedLayer => ({
    ...{ name, label, node, opType, weights },
    denseReason: dense[index] ?? null,
    flops: flops.get(name) ?? null,
    loss: curves.loss?.curves.layers.get(name) ?? noCurve,
    perf: curves.perf?.curves.layers.get(name) ?? (curves.perf === undefined ? counted(flops.get(name)) : noCurve),
  }));
  return {
    ...own,
    layers,
    loss: curves.loss?.source ?? null,
    perf: curves.perf?.source ?? (flops.size === 0 ? null : countedSource),
    operationNotes,
    isModelChanged,
  };
}

/** Analyses of the other kind of the same model that have results, the newest first. */
export async function otherAnalyses(
  bench: Bench,
  { projectId, modelId, kind }: SensitivityRecord,
): Promise<readonly FoundAnalysis[]> {
  const records = await bench.store.list('sensitivity', { projectId });
  const wanted = records.filter((one) => one.modelId === modelId && one.kind !== kind);
  const found = await Promise.all([...wanted].reverse().map((one) => foundAnalysis(bench, one)));
  return found.filter((one) => one !== undefined);
}

async function foundAnalysis(bench: Bench, record: SensitivityRecord): Promise<FoundAnalysis | undefined> {
  const [newest] = await bench.store.runs('sensitivity', record.id);
  const found = await pointsOf(bench, record, newest);
  return found === undefined ? undefined : { record, found };
}

/** Points that a client sent name no model. */
async function isChangedSince(bench: Bench, { record, found }: FoundAnalysis): Promise<boolean> {
  const model = await bench.store.find('model', record.modelId);
  if (model === undefined || found.result === undefined || found.isEdited) return false;
  return isOtherModel(bench, bench.absolutePath(model.path), found.result.modelSha256);
}

interface SourcedCurves {
  readonly source: CurveSource;
  readonly curves: AnalysisCurves;
}

function curvesByKind(
  own: FoundAnalysis,
  other: FoundAnalysis | undefined,
): Readonly<Partial<Record<SensitivityKind, SourcedCurves>>> {
  return Object.fromEntries(
    [own, other].flatMap((one) => {
      if (one === undefined) return [];
      const curves = analysisCurves(analysisOfPoints(one.record, one.found));
      const source = { id: one.record.id, name: one.record.name, unit: curves.unit };
      return [[one.record.kind, { source, curves }]];
    }),
  );
}

const noCurve: LayerCurve = { points: [], costs: null };

/** Where no analysis tells the performance: what the shapes of the model do. */
const countedSource: CurveSource = { id: null, name: 'operations counted in the model', unit: 'operations' };

/** Beyond it nothing is allocated. */
const lastFraction = 0.99;

function counted(flops: LayerFlops | null | undefined): LayerCurve {
  if (flops === null || flops === undefined) return noCurve;
  const dense = flops.weight + flops.bias;
  const last = { sparsityFraction: lastFraction, value: flops.weight * (1 - lastFraction) + flops.bias };
  return { points: [{ sparsityFraction: 0, value: dense }, last], costs: curveByPercent(dense, [last]) };
}

interface ModelOperations {
  /** By layer; empty where the file is gone or no ONNX model any more. */
  readonly flops: ReadonlyMap<string, LayerFlops | null>;
  readonly notes: readonly string[];
}

const noOperations: ModelOperations = { flops: new Map(), notes: [] };

async function operationsOf(
  bench: Bench,
  { modelId, dimensions = {} }: Pick<SensitivityRecord, 'modelId' | 'dimensions'>,
): Promise<ModelOperations> {
  const record = await bench.store.find('model', modelId);
  const path = record === undefined ? '' : bench.absolutePath(record.path);
  // The curves that were found can be looked at without their model.
  if (!existsSync(path)) return noOperations;
  try {
    return lookAt(bench, path, ({ opened }) =>
      opened.kind === 'onnx' ? operationsByLayer(opened.model, dimensions) : noOperations,
    );
  } catch (thrown) {
    if (thrown instanceof ModelError) return noOperations;
    throw thrown;
  }
}

function operationsByLayer(model: OnnxModel, dimensions: DimensionSizes): ModelOperations {
  const { layers } = prunableLayers(model.graph);
  const { flopsOf, notes } = operationsAssumed(model, layers, dimensions);
  return { flops: new Map(layers.map((layer) => [layer.name, flopsOf(layer)])), notes };
}
