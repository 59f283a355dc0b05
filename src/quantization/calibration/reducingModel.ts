// A form of the model that gives the smallest and largest values of its tensors instead of its outputs.
//
// How it is built decides what calibration costs beside plain inference (measured on the engine's CPU kernels):
// - GlobalMaxPool works in the blocked layout convolutions run in; ReduceMax would need every tensor reordered first.
// - The engine runs what an output needs from the last node of the file backwards: added nodes stand in reverse, so
//   that each tensor is reduced right after it is made, while it is in the cache, and its memory is used again.
// - What is left to reduce (channels, batch) is little, and one long output is cheaper to fetch than many.
import { DataType } from '../../onnx/dataTypes';
import { GraphEdit } from '../../onnx/graphEdit';
import { intAttribute, makeNode, makeValueInfo } from '../../onnx/makeMessages';
import type { AttributeProto, ModelProto, NodeProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import { inferShapes } from '../../onnx/shapeInference';
import type { TensorTypes } from '../../onnx/shapeInference';

/** A run of numbers in an output whose smallest or largest is that of a tensor. */
export interface ExtremeSlice {
  readonly tensor: string;
  readonly extreme: 'min' | 'max';
  readonly output: string;
  /** Numbers before it and in it, in each row of the output; an output has one row, or one for each item of the batch. */
  readonly offset: number;
  readonly length: number;
}

export interface ReducingModel {
  readonly proto: ModelProto;
  readonly slices: readonly ExtremeSlice[];
  /** Numbers in a row of each output. */
  readonly rowLengths: ReadonlyMap<string, number>;
}

/** One number or row of numbers to be joined with others of the same rank. */
interface Part {
  readonly tensor: string;
  readonly extreme: 'min' | 'max';
  readonly value: string;
  readonly length: number;
}

/** Reduces each tensor to its maximum, and those in `withMinimum` to their minimum. */
export function reducingModel(
  model: OnnxModel,
  tensors: readonly string[],
  withMinimum: (tensor: string) => boolean,
): ReducingModel {
  const builder = new ReducingBuilder(model);
  for (const tensor of tensors) builder.add(tensor, withMinimum(tensor));
  return builder.finish();
}

class ReducingBuilder {
  private readonly edit: GraphEdit;
  private readonly types: TensorTypes;
  private readonly added: NodeProto[] = [];
  /** Parts by the shape they have: pooled rows, or single numbers of some rank. */
  private readonly groups = new Map<string, { axis: number; parts: Part[] }>();

  constructor(private readonly model: OnnxModel) {
    this.edit = new GraphEdit(model.proto);
    this.types = inferShapes(model);
  }

  add(tensor: string, withMinimum: boolean): void {
    const dims = this.types.get(tensor)?.dims;
    const [batch, channels] = dims ?? [];
    if (!withMinimum && dims?.length === 4 && !dims.includes(0) && batch !== null && typeof channels === 'number') {
      const value = this.addNode('GlobalMaxPool', tensor, tensor);
      // Rows can be joined where there are equally many of them.
      this.join(`pooled_${batch ?? ''}`, 1, { tensor, extreme: 'max', value, length: channels });
      return;
    }
    // A tensor of unknown rank is reduced as a matrix of one row.
    const input =
      dims === undefined || dims.length === 0
        ? this.addNode('Flatten', tensor, tensor, [intAttribute('axis', 0)])
        : tensor;
    const rank = dims === undefined || dims.length === 0 ? 2 : dims.length;
    for (const extreme of withMinimum ? (['max', 'min'] as const) : (['max'] as const)) {
      const value = this.addNode(extreme === 'max' ? 'ReduceMax' : 'ReduceMin', input, tensor);
      this.join(`rank${rank}`, 0, { tensor, extreme, value, length: 1 });
    }
  }

  finish(): ReducingModel {
    const slices: ExtremeSlice[] = [];
    const rowLengths = new Map<string, number>();
    const joins: NodeProto[] = [];
    for (const [key, { axis, parts }] of this.groups) {
      const output = this.edit.uniqueName(`calibration_${key}`);
      const inputs = parts.map(({ value }) => value);
      joins.push(
        makeNode({
          opType: 'Concat',
          inputs,
          outputs: [output],
          name: output,
          attributes: [intAttribute('axis', axis)],
        }),
      );
      let offset = 0;
      for (const { tensor, extreme, length } of parts) {
        slices.push({ tensor, extreme, output, offset, length });
        offset += length;
      }
      rowLengths.set(output, offset);
    }
    this.edit.setNodes([...this.model.graph.node, ...this.added.reverse(), ...joins]);
    this.edit.setOutputs([...rowLengths.keys()].map((name) => makeValueInfo(name, DataType.float32, undefined)));
    return { proto: this.edit.toModel(), slices, rowLengths };
  }

  /** Reductions over all axes that keep the rank: attributes and inputs of every operator set leave the axes out. */
  private addNode(opType: string, input: string, tensor: string, attributes: AttributeProto[] = []): string {
    const output = this.edit.uniqueName(`${tensor}_calibration_${opType}`);
    this.added.push(makeNode({ opType, inputs: [input], outputs: [output], name: output, attributes }));
    return output;
  }

  private join(key: string, axis: number, part: Part): void {
    const group = this.groups.get(key);
    if (group === undefined) this.groups.set(key, { axis, parts: [part] });
    else group.parts.push(part);
  }
}
