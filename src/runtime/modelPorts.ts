// The inputs and outputs of a loaded model: what the engine reports, completed by what the model's file says.
import type { InferenceSession } from 'onnxruntime-node';
import type { DimensionSizes } from '../protocol/environment';
import type { GraphProto, TypeProto } from '../onnx/messages';
import type { PortInfo } from './session';

/** Kinds of the graph's inputs and outputs that are not tensors, by name; the engine says only "not a tensor". */
export function nonTensorKinds(graph: GraphProto): ReadonlyMap<string, string> {
  const kinds = new Map<string, string>();
  for (const { name, type } of [...graph.input, ...graph.output]) {
    const kind = kindOf(type);
    if (kind !== undefined) kinds.set(name, kind);
  }
  return kinds;
}

/** Ports as the product knows them; symbols in `dimensions` are replaced by their sizes. `model` names their model. */
export function portsOf(
  metadata: readonly InferenceSession.ValueMetadata[],
  kinds: ReadonlyMap<string, string>,
  dimensions: DimensionSizes,
  model: string | undefined,
): PortInfo[] {
  const owner = model === undefined ? {} : { model };
  return metadata.map((value) => {
    if (!value.isTensor) return { name: value.name, type: kinds.get(value.name) ?? 'sequence', dims: [], ...owner };
    const dims = value.shape.map((dim) => {
      if (typeof dim === 'number') return dim;
      if (dim === '') return null;
      return Object.hasOwn(dimensions, dim) ? (dimensions[dim] ?? dim) : dim;
    });
    return { name: value.name, type: value.type, dims, ...owner };
  });
}

function kindOf(type: TypeProto | undefined): string | undefined {
  if (type?.mapType !== undefined) return 'map';
  // An optional or sparse value is as little a tensor to feed or read as a sequence is.
  const isOther = type?.sequenceType ?? type?.optionalType ?? type?.sparseTensorType;
  return isOther === undefined ? undefined : 'sequence';
}
