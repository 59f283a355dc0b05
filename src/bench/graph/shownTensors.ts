// The tensors of an ONNX model by what nodes call them: their types and shapes, and the data of constants.
import { dataTypeName } from '../../onnx/dataTypes';
import { uniqueId } from '../../onnx/hierarchy/flatGraph';
import type { OnnxBody } from '../../onnx/hierarchy/onnxGraph';
import { shortText } from '../../onnx/hierarchy/shownValues';
import type { TensorProto, ValueInfoProto } from '../../onnx/messages';
import { ModelError } from '../../onnx/modelErrors';
import { declaredPort } from '../../onnx/modelFacts';
import type { OnnxModel } from '../../onnx/readModel';
import { inferShapes } from '../../onnx/shapeInference';
import type { TensorTypes } from '../../onnx/shapeInference';

/** As a page shows them; '' for what is not known. */
export interface TypeAndShape {
  readonly type: string;
  readonly shape: string;
}

/** In larger graphs only what the file declares is told: to work out the rest would take seconds. */
const mostInferred = 100_000;

const unknown: TypeAndShape = { type: '', shape: '' };

interface NamesOfBody {
  readonly constants: ReadonlyMap<string, TensorProto>;
  readonly declared: ReadonlyMap<string, ValueInfoProto>;
}

export class ShownTensors {
  private types: TensorTypes | null | undefined;
  private readonly names = new Map<OnnxBody, NamesOfBody>();
  private keys: { readonly byTensor: Map<TensorProto, string>; readonly byKey: Map<string, TensorProto> } | undefined;

  constructor(
    private readonly model: OnnxModel,
    private readonly bodies: readonly OnnxBody[],
  ) {}

  /** What is known of a tensor as a body sees it. */
  typeOf(name: string, body: OnnxBody | undefined): TypeAndShape {
    const constant = this.constantOf(name, body);
    if (constant !== undefined) return { type: dataTypeName(constant.dataType), shape: shapeText(constant.dims) };
    if (body?.owner === undefined) {
      const inferred = this.inferred()?.get(name);
      if (inferred !== undefined) {
        const type = inferred.dataType === 0 ? '' : dataTypeName(inferred.dataType);
        return { type, shape: shapeText(inferred.dims) };
      }
    }
    const declared = this.declaredIn(name, body);
    if (declared === undefined) return unknown;
    const { type, shape } = declaredPort(declared);
    return { type: type === 'unknown' || type === 'undefined' ? '' : type, shape: shapeText(shape) };
  }

  /** The stored data behind a name: an initializer, or what a Constant node holds. */
  constantOf(name: string, body: OnnxBody | undefined): TensorProto | undefined {
    for (let at = body ?? this.bodies[0]; at !== undefined; at = at.owner?.body) {
      const found = this.namesOf(at).constants.get(name);
      if (found !== undefined) return found;
      if (at.makers.has(name)) return undefined;
    }
    return undefined;
  }

  /** What a page calls the data by; unlike names, unique in the model. */
  keyOf(constant: TensorProto): string {
    return this.allKeys().byTensor.get(constant) ?? shortText(constant.name);
  }

  /** The data that a page calls so. */
  byKey(key: string): TensorProto | undefined {
    return this.allKeys().byKey.get(key);
  }

  private inferred(): TensorTypes | undefined {
    if (this.types === undefined && this.model.graph.node.length > mostInferred) this.types = null;
    if (this.types === undefined) {
      try {
        this.types = inferShapes(this.model);
      } catch (thrown) {
        if (!(thrown instanceof ModelError)) throw thrown;
        // A graph that feeds itself: what it declares is left.
        this.types = null;
      }
    }
    return this.types ?? undefined;
  }

  private declaredIn(name: string, body: OnnxBody | undefined): ValueInfoProto | undefined {
    for (let at = body ?? this.bodies[0]; at !== undefined; at = at.owner?.body) {
      const found = this.namesOf(at).declared.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private namesOf(body: OnnxBody): NamesOfBody {
    const known = this.names.get(body);
    if (known !== undefined) return known;
    const { graph } = body;
    const declared = new Map([...graph.valueInfo, ...graph.output, ...graph.input].map((value) => [value.name, value]));
    const names = { constants: new Map(constantsIn(body)), declared };
    this.names.set(body, names);
    return names;
  }

  private allKeys(): NonNullable<typeof this.keys> {
    if (this.keys !== undefined) return this.keys;
    const taken = new Set<string>();
    const byTensor = new Map<TensorProto, string>();
    const byKey = new Map<string, TensorProto>();
    for (const body of this.bodies) {
      for (const [name, tensor] of constantsIn(body)) {
        const key = uniqueId(shortText(name), taken);
        byTensor.set(tensor, key);
        byKey.set(key, tensor);
      }
    }
    this.keys = { byTensor, byKey };
    return this.keys;
  }
}

function* constantsIn({ graph }: OnnxBody): Generator<readonly [string, TensorProto]> {
  for (const tensor of graph.initializer) yield [tensor.name, tensor];
  for (const { opType, output, attribute } of graph.node) {
    if (opType !== 'Constant') continue;
    const tensor = attribute.find(({ name }) => name === 'value')?.t;
    const [name = ''] = output;
    if (tensor !== undefined && name !== '') yield [name, tensor];
  }
}

const mostAxes = 16;

/** `[1, 3, H]`; '' when the rank is not known. */
export function shapeText(dims: readonly (number | string | null)[] | null | undefined): string {
  if (dims === null || dims === undefined) return '';
  const shown = dims.slice(0, mostAxes).map((size) => (size === null ? '?' : shortText(String(size)).slice(0, 40)));
  return `[${shown.join(', ')}${dims.length > mostAxes ? ', …' : ''}]`;
}
