// What a new module of a person's own is made for: the inputs of the model that it gives samples to.
import { isMadeUpType } from '../../config/ownCode/loaderTexts';
import { usualInputs } from '../../config/ownCode/moduleText';
import type { ModuleInput } from '../../config/ownCode/moduleText';
import type { PortFacts } from '../../onnx/modelFacts';
import { BenchError } from '../../protocol/benchError';
import { describeModel } from '../model/modelDetection';

/** Its name, beside dataset.json. */
export const templateName = 'code_template.mjs';

/** Sides of pictures and lengths of texts that the model leaves open. */
const openSide = 224;
const openLength = 16;

/** What a model takes; of one that cannot be read or run, a picture under the first of the given names. */
export function templateInputs(modelPath: string | undefined, names: readonly string[]): readonly ModuleInput[] {
  const ports = modelPath === undefined ? [] : inputsOf(modelPath);
  const usable = ports.filter(({ type }) => isMadeUpType(type));
  const [name] = names;
  if (usable.length === 0) return usualInputs.map((usual) => (name === undefined ? usual : { ...usual, name }));
  return usable.map(({ name, type, shape }) => ({ name, type, dims: sampleDims(shape) }));
}

function inputsOf(modelPath: string): readonly PortFacts[] {
  try {
    const { inputs, runs } = describeModel(modelPath);
    return runs ? inputs : [];
  } catch (thrown) {
    if (thrown instanceof BenchError) return [];
    throw thrown;
  }
}

function sampleDims(shape: PortFacts['shape']): number[] {
  const sample = shape?.slice(1) ?? [];
  return sample.map((size) => (typeof size === 'number' ? size : sample.length === 3 ? openSide : openLength));
}
