// What is known of the tensors of one graph while its nodes are walked; a subgraph also sees the graphs around it.
import { BenchError } from '../../protocol/benchError';
import { DataType } from '../dataTypes';
import type { GraphProto, TensorProto, ValueInfoProto } from '../messages';
import { elementCount } from '../tensor';
import type { TensorReader } from '../tensorReader';
import { mergedDims, possibleDims } from './dims';
import type { Dims } from './dims';
import { maxFollowedValues } from './rule';
import type { Inferred, KnownTensors } from './rule';

/** What all scopes of one inference share. */
export interface ScopeSettings {
  readonly tensors: TensorReader;
  /** Sizes that take the place of symbols. */
  readonly dimensions: ReadonlyMap<string, number>;
}

/** Tensors of one graph. */
export class Scope implements KnownTensors {
  private readonly types = new Map<string, Inferred>();
  private readonly declared = new Map<string, Inferred>();
  /** Initializers whose elements nobody has asked for yet. */
  private readonly unread = new Map<string, TensorProto>();

  constructor(
    private readonly settings: ScopeSettings,
    private readonly parent?: Scope,
  ) {}

  /** Takes in what a graph says of its own tensors: declarations, inputs and initializers. */
  enter(graph: GraphProto): void {
    for (const info of [...graph.valueInfo, ...graph.output]) this.declare(info);
    for (const input of graph.input) {
      this.declare(input);
      this.set(input.name, undefined);
    }
    for (const tensor of graph.initializer) {
      this.set(tensor.name, { dataType: tensor.dataType, dims: tensor.dims });
      this.unread.set(tensor.name, tensor);
    }
    for (const { values, dims } of graph.sparseInitializer) {
      if (values !== undefined) this.set(values.name, { dataType: values.dataType, dims });
    }
  }

  /** Records what was computed of a tensor; what the file declares wins where it knows the number. */
  set(name: string, computed: Inferred | undefined): void {
    if (name === '') return;
    const declared = this.declared.get(name);
    const dataType =
      declared?.dataType === undefined || declared.dataType === 0 ? computed?.dataType : declared.dataType;
    const dims = possibleDims(mergedDims(declared?.dims, computed?.dims));
    if ((dataType ?? 0) === 0 && dims === undefined) return;
    const values =
      computed?.values === undefined || computed.values.length > maxFollowedValues ? undefined : computed.values;
    this.types.set(name, { dataType: dataType ?? 0, dims, values });
  }

  type(name: string): Inferred | undefined {
    return this.types.get(name) ?? this.parent?.type(name);
  }

  values(name: string): Dims | undefined {
    const type = this.types.get(name);
    if (type === undefined) return this.parent?.values(name);
    const tensor = this.unread.get(name);
    if (tensor === undefined) return type.values;
    this.unread.delete(name);
    const values = this.tensorValues(tensor);
    this.types.set(name, { ...type, values });
    return values;
  }

  tensorValues(tensor: TensorProto): Dims | undefined {
    if (elementCount(tensor.dims) > maxFollowedValues || !followedTypes.has(tensor.dataType)) return undefined;
    try {
      return Array.from(this.settings.tensors.values(tensor) as Iterable<number | bigint>, Number);
    } catch (thrown) {
      // Data that cannot be read leaves shapes unknown here; whoever needs the data itself gets the error.
      if (thrown instanceof BenchError) return undefined;
      throw thrown;
    }
  }

  /** Every tensor something is known of. */
  entries(): Iterable<[string, Inferred]> {
    return this.types;
  }

  private declare(info: ValueInfoProto): void {
    const type = info.type?.tensorType;
    if (type === undefined) return;
    const dims = type.shape?.dim.map(({ dimValue, dimParam }) => {
      if (dimValue !== undefined) return dimValue;
      return dimParam === undefined || dimParam === '' ? null : (this.settings.dimensions.get(dimParam) ?? dimParam);
    });
    this.declared.set(info.name, { dataType: type.elemType, dims: possibleDims(dims) });
  }
}

/** Types whose elements come out of the reader as plain numbers. */
const followedTypes: ReadonlySet<number> = new Set([
  DataType.int64,
  DataType.int32,
  DataType.bool,
  DataType.float32,
  DataType.float64,
  DataType.uint8,
  DataType.int8,
  DataType.uint64,
  DataType.uint32,
]);
