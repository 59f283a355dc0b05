// Runs a model on one batch and hands its outputs to metrics, whatever batch size the model insists on.
import type { Batch } from '../data/contracts';
import type { NumberArray, Tensor } from '../onnx/tensor';
import { bindInputs } from '../runtime/feeds';
import type { EngineSession } from '../runtime/session';
import type { ModelOutputs } from './contracts';

/** The batch size a model insists on, from the first axis of its first input. */
export function fixedBatchSize(session: EngineSession): number | undefined {
  const batch = session.inputs[0]?.dims[0];
  return typeof batch === 'number' && batch > 0 ? batch : undefined;
}

/** Outputs in graph order; a batch that is too short for the model is filled up with its last sample and cut again. */
export async function outputsOf(
  session: EngineSession,
  batch: Batch,
  fixed: number | undefined,
): Promise<ModelOutputs> {
  const count = batch.ids.length;
  const isShort = fixed !== undefined && count < fixed;
  const inputs = isShort ? mapped(batch.inputs, (tensor) => filledUp(tensor, count, fixed)) : batch.inputs;
  const results = await session.run(bindInputs(inputs, session.inputs));
  const outputs: Record<string, Tensor> = {};
  for (const { name } of session.outputs) {
    const tensor = results[name];
    if (tensor !== undefined) outputs[name] = isShort && tensor.dims[0] === fixed ? cut(tensor, count) : tensor;
  }
  return outputs;
}

/** One sample's part of the outputs of a batch of `count`; outputs that are not made of as many rows stay whole. */
export function rowOf(outputs: ModelOutputs, row: number, count: number): ModelOutputs {
  return mapped(outputs, (tensor) => {
    const size = tensor.data.length / count;
    if (tensor.dims[0] !== count) return tensor;
    return {
      type: tensor.type,
      dims: [1, ...tensor.dims.slice(1)],
      data: tensor.data.slice(row * size, (row + 1) * size),
    };
  });
}

function filledUp(tensor: Tensor, count: number, wanted: number): Tensor {
  const { data, dims, type } = tensor;
  const rowSize = data.length / count;
  if (!ArrayBuffer.isView(data)) {
    const last = data.slice(-rowSize);
    const filling = Array.from({ length: wanted - count }, () => last).flat();
    return { type, dims: [wanted, ...dims.slice(1)], data: [...data, ...filling] };
  }
  const whole = new (data.constructor as new (length: number) => NumberArray)(rowSize * wanted);
  // Both arrays are of the class that `data` has.
  (whole as Uint8Array).set(data as Uint8Array);
  for (let row = count; row < wanted; row++) whole.copyWithin(row * rowSize, (count - 1) * rowSize, count * rowSize);
  return { type, dims: [wanted, ...dims.slice(1)], data: whole };
}

function cut(tensor: Tensor, count: number): Tensor {
  const dims = [count, ...tensor.dims.slice(1)];
  const size = (tensor.data.length / (tensor.dims[0] ?? 1)) * count;
  return { type: tensor.type, dims, data: tensor.data.slice(0, size) };
}

function mapped(inputs: Readonly<Record<string, Tensor>>, change: (tensor: Tensor) => Tensor): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, change(tensor)]));
}
