// How many operations the layers of a model take where it leaves sizes open: at those it was run with, or at assumed ones.
import { makeValueInfo } from '../onnx/makeMessages';
import type { ValueInfoProto } from '../onnx/messages';
import { requiredInputs } from '../onnx/graphView';
import type { PrunableLayer } from '../onnx/prunableLayers';
import type { OnnxModel } from '../onnx/readModel';
import type { Tensor } from '../onnx/tensor';
import type { DimensionSizes } from '../protocol/environment';
import { triedSizes, withAssumedSizes } from '../onnx/assumedSizes';
import type { OpenPort } from '../onnx/assumedSizes';
import { flopsIn } from './layerFlops';
import type { FlopsOf } from './layerFlops';

export interface CountedOperations {
  readonly flopsOf: FlopsOf;
  /** At which sizes they were counted, where the model does not say them, and which could not be counted. */
  readonly notes: readonly string[];
}

/**
 * Operations of one sample at the sizes of inputs that were run.
 *
 * @param feeds inputs of one run by name; an open first dimension of them is the batch
 */
export function operationsAsRun(
  model: OnnxModel,
  layers: readonly PrunableLayer[],
  dimensions: DimensionSizes,
  feeds: Readonly<Record<string, Pick<Tensor, 'dims'>>>,
): CountedOperations {
  const declared = flopsIn(model, dimensions);
  if (areKnown(layers, declared)) return { flopsOf: declared, notes: [] };
  const ports = portsOf(model);
  const sizes = Object.fromEntries(
    ports.flatMap(({ name, dims }) =>
      dims.flatMap((dim, axis) => (typeof dim === 'string' && axis > 0 ? [[dim, feeds[name]?.dims[axis] ?? 1]] : [])),
    ),
  );
  const run = ports.map((port) => ({
    ...port,
    dims: port.dims.map((dim, axis) => (axis === 0 ? dim : (dim ?? feeds[port.name]?.dims[axis] ?? null))),
  }));
  const flopsOf = flopsAt(model, ports, run, { ...sizes, ...dimensions });
  const note = 'Operations are counted at the sizes of the first inputs that were run.';
  return { flopsOf, notes: [note, ...unknownOperations(layers, flopsOf)] };
}

/** Operations of one sample; where that needs sizes that nobody gave, at the first assumed ones that every layer can have. */
export function operationsAssumed(
  model: OnnxModel,
  layers: readonly PrunableLayer[],
  dimensions: DimensionSizes,
): CountedOperations {
  const declared = flopsIn(model, dimensions);
  if (areKnown(layers, declared)) return { flopsOf: declared, notes: [] };
  const ports = portsOf(model);
  for (const size of triedSizes) {
    const { ports: closed, sizes, assumed } = withAssumedSizes(ports, dimensions, size);
    const flopsOf = flopsAt(model, ports, closed, { ...sizes, ...dimensions });
    if (!areKnown(layers, flopsOf)) continue;
    // A model whose batch alone is open needs no word: operations are those of one sample.
    return { flopsOf, notes: assumed.length === 0 ? [] : [assumedNote(assumed)] };
  }
  return { flopsOf: declared, notes: unknownOperations(layers, declared) };
}

function assumedNote(assumed: readonly string[]): string {
  return (
    `Operations are counted at sizes that were assumed for open dimensions: ${assumed.join(', ')}. ` +
    'Others are given by --dim NAME=N, and in requests by "dims".'
  );
}

function portsOf({ graph }: OnnxModel): OpenPort[] {
  return requiredInputs(graph).map(({ name, type }) => ({
    name,
    dims: (type?.tensorType?.shape?.dim ?? []).map(({ dimValue, dimParam = '' }) => {
      return dimValue ?? (dimParam === '' ? null : dimParam);
    }),
  }));
}

/** The batch is 1, by its name wherever that stands. */
function flopsAt(
  model: OnnxModel,
  ports: readonly OpenPort[],
  closed: readonly OpenPort[],
  sizes: DimensionSizes,
): FlopsOf {
  const batches = ports.flatMap(({ dims: [first] }) => (typeof first === 'string' ? [[first, 1] as const] : []));
  const dims = new Map(
    closed.map((port) => [port.name, port.dims.map((dim, axis) => (dim === null && axis === 0 ? 1 : dim))]),
  );
  const input = model.graph.input.map((declared) => withDims(declared, dims.get(declared.name)));
  return flopsIn({ ...model, graph: { ...model.graph, input } }, { ...sizes, ...Object.fromEntries(batches) });
}

function withDims(declared: ValueInfoProto, dims: readonly (number | string | null)[] | undefined): ValueInfoProto {
  const elementType = declared.type?.tensorType?.elemType;
  const isShaped = dims !== undefined && elementType !== undefined && declared.type?.tensorType?.shape !== undefined;
  return isShaped ? makeValueInfo(declared.name, elementType, dims) : declared;
}

function areKnown(layers: readonly PrunableLayer[], flopsOf: FlopsOf): boolean {
  return layers.every((layer) => (flopsOf(layer)?.weight ?? 0) > 0);
}

/** A sentence on layers whose operations cannot be counted; none where all can. */
function unknownOperations(layers: readonly PrunableLayer[], flopsOf: FlopsOf): string[] {
  const unknown = layers.filter((layer) => flopsOf(layer) === null);
  if (unknown.length === 0) return [];
  const named = unknown.slice(0, 3).map(({ label }) => label);
  const more = unknown.length > named.length ? ` and ${unknown.length - named.length} more` : '';
  return [
    `The operations of ${named.join(', ')}${more} are not known: the shapes of their outputs cannot be told from the model.`,
  ];
}
