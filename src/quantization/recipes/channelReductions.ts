// Numbers for each channel of tensors inside a model, reduced in the graph and then over the samples: memory does not
// grow with their number.
import type { Batch } from '../../data/contracts';
import { DataType } from '../../onnx/dataTypes';
import type { GraphEdit } from '../../onnx/graphEdit';
import { intAttribute, intsAttribute, makeNode, makeTensor, makeValueInfo } from '../../onnx/makeMessages';
import type { ModelProto, NodeProto } from '../../onnx/messages';
import type { WorkContext } from '../../protocol/progress';
import { bindInputs } from '../../runtime/feeds';
import { inFlight, overlapped } from '../../runtime/inFlight';
import type { PortInfo } from '../../runtime/session';
import type { CalibrationRequest } from '../calibration/calibrate';
import type { Feeds } from '../calibration/tensorFetcher';
import { quantizationErrors } from '../quantizationErrors';

/** The samples that something is measured on, and the engine. */
export type SampleSource = Pick<CalibrationRequest, 'model' | 'expectedSamples' | 'batches' | 'open'>;

/** A tensor and where its channels are: axis 1 before `spatialAxes` others, or, with none of them, the last axis. */
export interface ChannelTensor {
  readonly tensor: string;
  readonly channels: number;
  readonly spatialAxes: number;
}

export type ChannelReduction = 'max' | 'min' | 'mean';

/** Called after each run with its reductions, each `channels` long, in the order in which they were added. */
export type VisitReductions = (reductions: readonly Float32Array[], samples: number) => void;

const operators = { max: 'ReduceMax', min: 'ReduceMin', mean: 'ReduceMean' } as const;

/** From this operator set on, ReduceMax, ReduceMin and ReduceMean take their axes as an input. */
const axesAreInputSince = 18;

/** Adds reductions to a model that is being edited, and makes their results its only outputs. */
export class ChannelReductions {
  private readonly added: NodeProto[] = [];
  private readonly outputs: string[] = [];

  constructor(private readonly edit: GraphEdit) {}

  /** Adds a node before the reduction that reads it. */
  addNode(node: NodeProto): void {
    this.added.push(node);
  }

  add({ tensor, channels, spatialAxes }: ChannelTensor, reduction: ChannelReduction): void {
    // As a matrix, a tensor with its channels last needs no known rank.
    const input = spatialAxes === 0 ? this.asMatrix(tensor, channels) : tensor;
    const axes = [0, ...Array.from({ length: spatialAxes }, (_, index) => index + 2)];
    const output = this.edit.uniqueName(`${tensor}_channels_${reduction}`);
    const isInput = (this.edit.opset('') ?? 0) >= axesAreInputSince;
    this.added.push(
      makeNode({
        opType: operators[reduction],
        inputs: isInput ? [input, this.integers(`${output}_axes`, axes)] : [input],
        outputs: [output],
        name: output,
        attributes: [intAttribute('keepdims', 0), ...(isInput ? [] : [intsAttribute('axes', axes)])],
      }),
    );
    this.outputs.push(output);
  }

  /** The model that gives the reductions, and nothing else. */
  toModel(): ModelProto {
    // The engine works from the last node of the file backwards: each tensor is reduced soon after it is made.
    this.edit.setNodes([...this.edit.nodes, ...this.added.reverse()]);
    this.edit.setOutputs(this.outputs.map((name) => makeValueInfo(name, DataType.float32, undefined)));
    return this.edit.toModel();
  }

  /**
   * Runs `toModel()` over all samples. Throws `quantize-no-samples` for none, and whatever data and engine throw; watches
   * the signal of the context and reports progress as `phase`. Answers the model's inputs as the engine describes them.
   */
  async run(
    source: SampleSource,
    phase: string,
    context: WorkContext,
    visit: VisitReductions,
  ): Promise<readonly PortInfo[]> {
    const session = await source.open(this.toModel());
    try {
      let samples = 0;
      const infer = ({ inputs }: Batch): Promise<Feeds> => session.run(bindInputs(inputs, session.inputs));
      for await (const [batch, outputs] of inFlight(source.batches(), overlapped, infer)) {
        context.signal.throwIfAborted();
        visit(
          this.outputs.map((name) => floatsOf(outputs, name)),
          batch.ids.length,
        );
        samples += batch.ids.length;
        const total = source.expectedSamples === undefined ? {} : { total: source.expectedSamples };
        context.onProgress({ phase, done: samples, ...total, unit: 'samples' });
      }
      if (samples === 0) throw quantizationErrors.noSamples();
      return session.inputs;
    } finally {
      await session.close();
    }
  }

  /**
   * Means over all samples of what was added with `mean`, in that order; what is not finite in a sample says nothing: 0.
   * Answers and throws what `run` does.
   */
  async means(
    source: SampleSource,
    phase: string,
    context: WorkContext,
  ): Promise<{ readonly means: readonly Float32Array[]; readonly ports: readonly PortInfo[] }> {
    let count = 0;
    const sums: Float64Array[] = [];
    const ports = await this.run(source, phase, context, (reductions, samples) => {
      count += samples;
      reductions.forEach((mean, index) => {
        const sum = (sums[index] ??= new Float64Array(mean.length));
        mean.forEach((value, channel) => (sum[channel] = (sum[channel] ?? 0) + samples * value));
      });
    });
    const meanOf = (sum: number): number => (Number.isFinite(sum) ? sum / count : 0);
    return { means: sums.map((sum) => Float32Array.from(sum, meanOf)), ports };
  }

  private asMatrix(tensor: string, channels: number): string {
    const output = this.edit.uniqueName(`${tensor}_rows`);
    const inputs = [tensor, this.integers(`${output}_shape`, [-1, channels])];
    this.added.push(makeNode({ opType: 'Reshape', inputs, outputs: [output], name: output }));
    return output;
  }

  private integers(wanted: string, values: readonly number[]): string {
    const name = this.edit.uniqueName(wanted);
    this.edit.setInitializer(makeTensor(name, DataType.int64, [values.length], BigInt64Array.from(values, BigInt)));
    return name;
  }
}

function floatsOf(outputs: Feeds, name: string): Float32Array {
  const data = outputs[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new RangeError(`"${name}" was not given as float32`);
}
