// Constants of a model being changed, each as one node reads it: another node that reads the same one keeps the old.
import { DataType } from '../../onnx/dataTypes';
import { GraphEdit } from '../../onnx/graphEdit';
import { GraphView } from '../../onnx/graphView';
import { makeTensor } from '../../onnx/makeMessages';
import type { ModelProto, NodeProto, TensorProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';

/** Values to be changed in place. */
export interface EditedConstant {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

/** What comes into the place of a node. */
export type RewriteNode = (original: NodeProto, node: NodeProto, edit: GraphEdit) => readonly NodeProto[];

/** Collects changes to the float32 initializers of a model, and then makes a new model of them. */
export class ConstantEdits {
  readonly view: GraphView;
  private readonly edited = new Map<NodeProto, Map<number, EditedConstant>>();

  constructor(private readonly model: OnnxModel) {
    this.view = new GraphView(model.graph);
  }

  /** The float32 initializer at an input of a node; undefined for what a caller may feed instead, and for other types. */
  constant(node: NodeProto, inputIndex: number): TensorProto | undefined {
    const name = node.input[inputIndex] ?? '';
    const tensor = this.view.isGraphInput(name) ? undefined : this.view.initializer(name);
    return tensor?.dataType === DataType.float32 ? tensor : undefined;
  }

  /** True when nothing but this input reads the constant, so that a changed copy does not add to the model. */
  isOwn(node: NodeProto, inputIndex: number): boolean {
    const name = node.input[inputIndex] ?? '';
    return this.view.consumers(name).length === 1 && !this.isReadElsewhere(name);
  }

  /** The constant as changed so far, to be looked at only; throws a RangeError where there is none. */
  read(node: NodeProto, inputIndex: number): EditedConstant {
    const known = this.edited.get(node)?.get(inputIndex);
    if (known !== undefined) return known;
    const tensor = this.constant(node, inputIndex);
    if (tensor === undefined) throw new RangeError(`input ${inputIndex} of "${node.name}" is not a float32 constant`);
    return { dims: tensor.dims, values: this.model.tensors.floats(tensor) };
  }

  /** The constant as changed so far, to be changed in place; throws a RangeError where there is none. */
  open(node: NodeProto, inputIndex: number): EditedConstant {
    const known = this.edited.get(node)?.get(inputIndex);
    if (known !== undefined) return known;
    const { dims, values } = this.read(node, inputIndex);
    return this.set(node, inputIndex, { dims, values: values.slice() });
  }

  /** Gives an input another constant, or an optional input its first one. */
  set(node: NodeProto, inputIndex: number, constant: EditedConstant): EditedConstant {
    const inputs = this.edited.get(node) ?? new Map<number, EditedConstant>();
    this.edited.set(node, inputs.set(inputIndex, constant));
    return constant;
  }

  /**
   * The model with the changes. A constant with one reader keeps its name; where there were more, this reader gets one
   * of its own. `rewrite` may change each node further: it is given the node as it was, and with its new constants.
   */
  toModel(rewrite: RewriteNode = (_original, node) => [node]): ModelProto {
    const edit = new GraphEdit(this.model.proto);
    edit.setNodes(this.model.graph.node.flatMap((node) => rewrite(node, this.rewired(node, edit), edit)));
    edit.removeUnusedInitializers();
    return edit.toModel();
  }

  private rewired(node: NodeProto, edit: GraphEdit): NodeProto {
    const inputs = this.edited.get(node);
    if (inputs === undefined) return node;
    const input = [...node.input];
    for (const [index, { dims, values }] of inputs) {
      while (input.length < index) input.push('');
      const name = this.nameFor(node, index, edit);
      edit.setInitializer(makeTensor(name, DataType.float32, dims, values));
      input[index] = name;
    }
    return { ...node, input };
  }

  private nameFor(node: NodeProto, index: number, edit: GraphEdit): string {
    const old = node.input[index] ?? '';
    if (old === '') return edit.uniqueName(`${node.name}_input_${index}`);
    return this.isOwn(node, index) ? old : edit.uniqueName(`${old}_${node.name}`);
  }

  private isReadElsewhere(name: string): boolean {
    return this.view.isGraphOutput(name) || this.view.readBySubgraphs.has(name);
  }
}
