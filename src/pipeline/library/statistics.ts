// Statistics of tensors inside a model (SYSTEMS §7.2, stats_layout): reduced within the graph where the function is one
// the graph knows, else computed here from the tensor's values.
import { nearestName } from '../../config/nearestName';
import { DataType } from '../../onnx/dataTypes';
import { GraphEdit } from '../../onnx/graphEdit';
import type { GraphView } from '../../onnx/graphView';
import { intAttribute, makeNode, makeValueInfo } from '../../onnx/makeMessages';
import type { ModelProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import { inferShapes } from '../../onnx/shapeInference';
import type { Tensor } from '../../onnx/tensor';
import type { StatisticFunction, StatisticsLayout } from './engine';
import { pipelineErrors } from './pipelineErrors';

type Extreme = 'min' | 'max' | 'mean';

/** A function that the graph can compute: from these figures of the whole tensor. */
interface KnownFunction {
  readonly figures: readonly Extreme[];
  readonly of: (figures: readonly number[]) => number;
}

const operators = { min: 'ReduceMin', max: 'ReduceMax', mean: 'ReduceMean' } as const;

/**
 * Functions for a layout that run within the graph, so that a number comes back instead of a tensor; over all elements of
 * a batch. NaN for a tensor without elements.
 */
export const statistics = {
  min: (tensor: Tensor): number => numbersIn(tensor).reduce((least, value) => Math.min(least, value), Infinity),
  max: (tensor: Tensor): number => numbersIn(tensor).reduce((most, value) => Math.max(most, value), -Infinity),
  absMax: (tensor: Tensor): number => numbersIn(tensor).reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  mean: (tensor: Tensor): number => {
    const values = numbersIn(tensor);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  },
} as const satisfies Readonly<Record<string, StatisticFunction>>;

const known: ReadonlyMap<StatisticFunction, KnownFunction> = new Map<StatisticFunction, KnownFunction>([
  [statistics.min, { figures: ['min'], of: ([min = NaN]) => min }],
  [statistics.max, { figures: ['max'], of: ([max = NaN]) => max }],
  [statistics.mean, { figures: ['mean'], of: ([mean = NaN]) => mean }],
  [
    statistics.absMax,
    { figures: ['min', 'max'], of: ([min = NaN, max = NaN]) => Math.max(Math.abs(min), Math.abs(max)) },
  ],
]);

export interface StatisticsModel {
  /** The model with what the statistics need among its outputs. */
  readonly proto: ModelProto;
  /** Calls back with each statistic of one run. */
  read(
    outputs: Readonly<Record<string, Tensor>>,
    visit: (node: string, statistic: string, value: Tensor | number) => void,
  ): void;
}

/** Throws `pipeline-unknown-node` for a name in the layout that is neither a node nor a tensor of the model. */
export function statisticsModel(model: OnnxModel, layout: StatisticsLayout): StatisticsModel {
  const builder = new StatisticsBuilder(model);
  for (const [node, functions] of Object.entries(layout)) {
    for (const [name, compute] of Object.entries(functions)) builder.add(node, name, compute);
  }
  return builder.finish();
}

interface Reader {
  readonly node: string;
  readonly name: string;
  readonly outputs: readonly string[];
  readonly value: (tensors: readonly Tensor[]) => Tensor | number;
}

class StatisticsBuilder {
  private readonly edit: GraphEdit;
  private readonly view: GraphView;
  private readonly types: ReturnType<typeof inferShapes>;
  private readonly readers: Reader[] = [];
  /** Output by what it is of: `max of conv1`. */
  private readonly made = new Map<string, string>();

  constructor(model: OnnxModel) {
    this.edit = new GraphEdit(model.proto);
    this.view = this.edit.view();
    this.types = inferShapes(model);
  }

  add(node: string, name: string, compute: StatisticFunction): void {
    const tensor = this.tensorOf(node);
    const inGraph = this.typeOf(tensor) === DataType.float32 ? known.get(compute) : undefined;
    if (inGraph === undefined) {
      const value = ([found]: readonly Tensor[]): Tensor | number => (found === undefined ? NaN : compute(found));
      this.readers.push({ node, name, outputs: [this.whole(tensor)], value });
      return;
    }
    const outputs = inGraph.figures.map((figure) => this.reduced(tensor, figure));
    const value = (found: readonly Tensor[]): number => inGraph.of(found.map(({ data }) => Number(data[0])));
    this.readers.push({ node, name, outputs, value });
  }

  finish(): StatisticsModel {
    return {
      proto: this.edit.toModel(),
      read: (outputs, visit) => {
        for (const { node, name, outputs: names, value } of this.readers) {
          visit(node, name, value(names.flatMap((one) => outputs[one] ?? [])));
        }
      },
    };
  }

  /** A node's first output, `node:1` for its second, or the tensor of that name. */
  private tensorOf(name: string): string {
    const [, base = name, port = '0'] = /^(.*):(\d+)$/.exec(name) ?? [];
    const found =
      this.view.nodes.find((node) => node.name === name)?.output[0] ??
      this.view.nodes.find((node) => node.name === base)?.output[Number(port)];
    if (found !== undefined && found !== '') return found;
    if (this.view.producer(name) !== undefined || this.view.isGraphInput(name)) return name;
    const names = this.view.nodes.flatMap((node) => [node.name, ...node.output]);
    throw pipelineErrors.unknownNode(name, nearestName(name, names));
  }

  private typeOf(tensor: string): number {
    return this.types.get(tensor)?.dataType ?? DataType.float32;
  }

  private whole(tensor: string): string {
    if (this.view.isGraphOutput(tensor)) return tensor;
    if (this.view.isGraphInput(tensor)) return this.output(`values of ${tensor}`, 'Identity', tensor, []);
    if (!this.made.has(tensor)) {
      this.made.set(tensor, tensor);
      const declared = this.view.declared(tensor) ?? makeValueInfo(tensor, this.typeOf(tensor), undefined);
      this.edit.setOutputs([...this.edit.outputs, declared]);
    }
    return tensor;
  }

  private reduced(tensor: string, figure: Extreme): string {
    return this.output(`${figure} of ${tensor}`, operators[figure], tensor, [intAttribute('keepdims', 0)]);
  }

  private output(
    what: string,
    opType: string,
    tensor: string,
    attributes: Parameters<typeof makeNode>[0]['attributes'] = [],
  ): string {
    const made = this.made.get(what);
    if (made !== undefined) return made;
    const name = this.edit.uniqueName(what);
    this.edit.addNode(makeNode({ opType, inputs: [tensor], outputs: [name], name, attributes }));
    this.edit.setOutputs([...this.edit.outputs, makeValueInfo(name, this.typeOf(tensor), undefined)]);
    this.made.set(what, name);
    return name;
  }
}

function numbersIn({ data }: Tensor): Float64Array {
  return Float64Array.from(data as ArrayLike<number | bigint | string>, Number);
}
