// What the tests of the recipes share: samples for a small model, its ranges, and how far two outputs are apart.
import { defaultRecipe } from '../../../src/config/recipe';
import type { QuantizationRecipe, Ranges } from '../../../src/config/recipe';
import type { Batch } from '../../../src/data/contracts';
import type { ModelProto } from '../../../src/onnx/messages';
import type { OnnxModel } from '../../../src/onnx/readModel';
import type { Tensor } from '../../../src/onnx/tensor';
import { encodeModel } from '../../../src/onnx/writeModel';
import type { WorkContext } from '../../../src/protocol/progress';
import { calibrate } from '../../../src/quantization/calibration/calibrate';
import { planQuantization } from '../../../src/quantization/plan';
import type { SampleSource } from '../../../src/quantization/recipes/channelReductions';
import { openSessionFromBytes } from '../../../src/runtime/onnxRuntimeNode';
import type { EngineSession } from '../../../src/runtime/session';

export const context: WorkContext = { signal: new AbortController().signal, onProgress: () => undefined };

/** Samples for the input `x` of a model, one batch each. */
export function sourceOf(model: OnnxModel, inputs: readonly Tensor[]): SampleSource {
  return {
    model,
    expectedSamples: inputs.length,
    open: (proto: ModelProto): Promise<EngineSession> => openSessionFromBytes(encodeModel(proto), {}),
    async *batches(): AsyncGenerator<Batch> {
      for (const [index, x] of inputs.entries()) {
        yield await Promise.resolve({ ids: [String(index)], inputs: { x }, annotations: [undefined] });
      }
    },
  };
}

export async function rangesOf(
  model: OnnxModel,
  inputs: readonly Tensor[],
  recipe: QuantizationRecipe = defaultRecipe,
): Promise<Ranges> {
  const tensors = planQuantization(model, recipe).measuredTensors;
  const request = { ...sourceOf(model, inputs), tensors, settings: recipe.calibration };
  return (await calibrate(request, context)).ranges;
}

export function floatsOf(tensor: Tensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new Error('not a tensor of floats');
}

/** Largest difference between two outputs, as a part of the largest value. */
export function difference(expected: Tensor | undefined, actual: Tensor | undefined): number {
  const [left, right] = [floatsOf(expected), floatsOf(actual)];
  if (left.length !== right.length || left.length === 0) throw new RangeError(`${left.length} against ${right.length}`);
  let largest = 0;
  let apart = 0;
  left.forEach((value, index) => {
    largest = Math.max(largest, Math.abs(value));
    apart = Math.max(apart, Math.abs(value - (right[index] ?? NaN)));
  });
  return largest === 0 ? apart : apart / largest;
}

/** The numbers of an initializer of a rewritten model. */
export function constantOf(model: OnnxModel, proto: ModelProto, name: string): number[] {
  const tensor = proto.graph?.initializer.find((one) => one.name === name);
  if (tensor === undefined) throw new Error(`no initializer ${name}`);
  return [...model.tensors.floats(tensor)];
}
