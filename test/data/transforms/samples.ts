// Samples and shorthand for the tests of transforms.
import { buildTransforms } from '../../../src/data/transforms/registry';
import type { Sample } from '../../../src/data/transforms/sample';
import type { ChosenEntry } from '../../../src/dictionary/entry';
import { transformEntries } from '../../../src/dictionary/transforms';
import { elementCount, type Tensor } from '../../../src/onnx/tensor';

/** The parameters with the dictionary's defaults filled in, as the reader of dataset files does. */
export function withDefaults(name: string, parameters: Record<string, unknown> = {}): ChosenEntry {
  const entry = transformEntries.find((each) => each.name === name);
  const defaults = (entry?.parameters ?? []).flatMap((each) => ('default' in each ? [[each.name, each.default]] : []));
  return { name, parameters: { ...(Object.fromEntries(defaults) as Record<string, unknown>), ...parameters } };
}

/** Applies one transform. */
export function apply(name: string, parameters: Record<string, unknown>, sample: Sample): Sample {
  return buildTransforms([withDefaults(name, parameters)])(sample);
}

/** A uint8 picture whose bytes count up from 0. */
export function counting(...dims: number[]): Tensor {
  return { type: 'uint8', dims, data: Uint8Array.from({ length: elementCount(dims) }, (_, index) => index) };
}

/** A float32 tensor. */
export function floats(dims: number[], values: number[]): Tensor {
  return { type: 'float32', dims, data: Float32Array.from(values) };
}

/** A sample around an image. */
export function sampleOf(image: Tensor, label?: unknown, id = 'a.png'): Sample {
  return { id, image, label };
}
