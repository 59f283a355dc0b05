// Measures, operator by operator, how far the values inside a quantized model are from those of the float model.
import { DataType } from '../onnx/dataTypes';
import { GraphEdit } from '../onnx/graphEdit';
import { intAttribute, makeNode } from '../onnx/makeMessages';
import type { ModelProto } from '../onnx/messages';
import type { OnnxModel } from '../onnx/readModel';
import { inferShapes } from '../onnx/shapeInference';
import type { Tensor } from '../onnx/tensor';
import { TensorFetcher, partsOfSize } from '../quantization/calibration/tensorFetcher';
import type { OpenGraph } from '../quantization/calibration/tensorFetcher';
import { SignalToNoise } from '../quantization/signalToNoise';
import { withProto } from '../quantization/withProto';
import { describeNode } from '../onnx/describeNode';
import type { MatchedOp, MatchedOps } from '../onnx/matching/matchOps';
import { matchOps } from '../onnx/matching/matchOps';
import type { Counterpart } from '../onnx/matching/matchTensors';
import type { Feeds } from '../profiling/profileModel';
import { extremesOf, normalizedMse } from './tensorErrors';

/** Error of one operator's output, everything before it in the quantized model included. */
export interface OpError {
  /** SYSTEMS §1.8, the mean over the batches; NaN when the quantized model made values that are not finite. */
  readonly mse: number;
  /** Signal to quantization noise in dB over all batches; null without noise or without signal. */
  readonly sqnrDb: number | null;
  /** Range of the float output. */
  readonly min: number;
  readonly max: number;
}

/** A float model and a quantized form of it, and how to open graphs made from them. Whoever opened the models closes them. */
export interface ComparedModels {
  readonly float: OnnxModel;
  readonly int8: OnnxModel;
  readonly openFloat: OpenGraph;
  readonly openInt8: OpenGraph;
}

export interface ErrorOptions {
  /** At least one batch; each is fed to both models. */
  readonly feeds: readonly Feeds[];
  /** The same batches for the quantized model, where its inputs are of other types. */
  readonly int8Feeds?: readonly Feeds[];
  readonly signal: AbortSignal;
  /** Receives both forms of an output for every batch; the arrays are valid until it returns. */
  readonly onValues?: (op: MatchedOp, batch: number, float: Float32Array, dequantized: Float32Array) => void;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Bytes of float activations that are asked for in one run of a model. */
const fetchedBytes = 128 * 2 ** 20;

/**
 * Errors by name of the float model's node (`describeNode`); nodes that have no values of their own in the quantized
 * model have the error of the group they were merged into. Throws what opening and running the models throw.
 */
export async function opErrors(models: ComparedModels, options: ErrorOptions): Promise<ReadonlyMap<string, OpError>> {
  const matched = matchOps(models.float.graph, models.int8.graph);
  const errors = await errorsOf(models, matched, options);
  const byName = new Map<string, OpError>();
  for (const [op, error] of errors) for (const node of op.floatNodes) byName.set(describeNode(node), error);
  return byName;
}

/** Errors of the operators whose outputs are float32, or half precision, in both models. */
export async function errorsOf(
  models: ComparedModels,
  matched: MatchedOps,
  options: ErrorOptions,
): Promise<ReadonlyMap<MatchedOp, OpError>> {
  const tensors = comparableTensors(models, matched);
  const { model: int8, names } = dequantizing(models.int8, [...tensors.values()]);
  const ops = [...tensors.keys()];
  const parts = partsOfSize(
    models.float,
    ops.map(({ tensor }) => tensor),
    options.feeds[0] ?? {},
    fetchedBytes,
  );
  const sums = new Map(ops.map((op) => [op.tensor, { op, tally: new ErrorTally() }]));
  let done = 0;
  for (const part of parts) {
    const pairs = part.flatMap((tensor) => {
      const op = sums.get(tensor)?.op;
      const counterpart = op === undefined ? undefined : tensors.get(op);
      const name = counterpart === undefined ? undefined : names.get(counterpart);
      return name === undefined ? [] : [{ float: tensor, int8: name }];
    });
    const float = new TensorFetcher(models.float, part, models.openFloat, true);
    const quantized = new TensorFetcher(int8, [...new Set(pairs.map((pair) => pair.int8))], models.openInt8, true);
    try {
      for (const [batch, feeds] of options.feeds.entries()) {
        options.signal.throwIfAborted();
        const expected = await float.values(feeds);
        const given = await quantized.values(options.int8Feeds?.[batch] ?? feeds);
        for (const pair of pairs) {
          const { op, tally } = sums.get(pair.float) ?? {};
          const [values, others] = [expected.get(pair.float), given.get(pair.int8)];
          if (op === undefined || tally === undefined || values === undefined || others === undefined) continue;
          if (values.length !== others.length) continue;
          tally.add(values, others);
          options.onValues?.(op, batch, values, others);
        }
      }
    } finally {
      await float.close();
      await quantized.close();
    }
    done += part.length;
    options.onProgress?.(done, ops.length);
  }
  const errors = [...sums.values()].filter(({ tally }) => tally.batches > 0);
  return new Map(errors.map(({ op, tally }) => [op, tally.result()]));
}

/** Sums over the batches of one output. */
class ErrorTally {
  batches = 0;
  private mse = 0;
  private min = Infinity;
  private max = -Infinity;
  private readonly ratio = new SignalToNoise();

  add(float: Float32Array, dequantized: Float32Array): void {
    this.batches++;
    this.mse += normalizedMse(float, dequantized);
    this.ratio.add(tensorOf(float), tensorOf(dequantized));
    const { min, max } = extremesOf(float);
    if (min < this.min) this.min = min;
    if (max > this.max) this.max = max;
  }

  result(): OpError {
    return { mse: this.mse / this.batches, sqnrDb: this.ratio.decibels, min: this.min, max: this.max };
  }
}

function tensorOf(data: Float32Array): Tensor {
  return { type: 'float32', dims: [data.length], data };
}

/** Outputs that are floating-point numbers in the float model and can be read as such in the quantized one. */
function comparableTensors({ float, int8 }: ComparedModels, { ops, tensors }: MatchedOps): Map<MatchedOp, Counterpart> {
  const [floatTypes, int8Types] = [inferShapes(float), inferShapes(int8)];
  const found = new Map<MatchedOp, Counterpart>();
  for (const op of ops) {
    if (!isFetched(floatTypes.get(op.tensor)?.dataType)) continue;
    const counterpart = tensors.counterpartOf(op.tensor);
    if (counterpart === undefined) continue;
    const isFloat = counterpart.kind === 'float' && isFetched(int8Types.get(counterpart.tensor)?.dataType);
    if (isFloat || counterpart.kind === 'stored') found.set(op, counterpart);
  }
  return found;
}

/** Whether the values of a tensor of this type are handed out (`TensorFetcher`). */
function isFetched(dataType: number | undefined): boolean {
  return dataType === DataType.float32 || dataType === DataType.float16;
}

/** The quantized model with a DequantizeLinear for every tensor that it only has in 8 bits, and where to read each. */
function dequantizing(
  model: OnnxModel,
  counterparts: readonly Counterpart[],
): { model: OnnxModel; names: ReadonlyMap<Counterpart, string> } {
  const edit = new GraphEdit(model.proto);
  const names = new Map<Counterpart, string>();
  for (const counterpart of counterparts) {
    if (counterpart.kind === 'float') {
      names.set(counterpart, counterpart.tensor);
      continue;
    }
    const { quantized, scale, zeroPoint, axis } = counterpart.stored;
    const output = edit.uniqueName(`${quantized}_dequantized`);
    edit.addNode(
      makeNode({
        opType: 'DequantizeLinear',
        inputs: zeroPoint === undefined ? [quantized, scale] : [quantized, scale, zeroPoint],
        outputs: [output],
        name: edit.uniqueName(`${quantized}_read`),
        attributes: axis === undefined ? [] : [intAttribute('axis', axis)],
      }),
    );
    names.set(counterpart, output);
  }
  const proto: ModelProto = edit.toModel();
  return { model: withProto(model, proto), names };
}
