// The data of a script's samples as the inputs of a model: by name, for any number of them (SYSTEMS §7.2).
import { nearestName } from '../../config/nearestName';
import { stackedBatch } from '../../data/batches';
import type { Tensor } from '../../onnx/tensor';
import { BenchError } from '../../protocol/benchError';
import { bindInputs, namesOfInput } from '../../runtime/feeds';
import type { PortInfo } from '../../runtime/session';
import type { Sample } from './contracts';
import { isTensor } from './items';
import { sampleErrors } from './sampleErrors';

/** The tensors of a batch by name; a tensor alone is for the first input. */
export function stackedInputs(batch: readonly Sample[], ports: readonly PortInfo[]): Record<string, Tensor> {
  const items = batch.map(({ id, data, annotation }) => ({
    id,
    inputs: isTensor(data) ? { [ports[0]?.name ?? '']: data } : data,
    annotation,
  }));
  return { ...stackedBatch(items).inputs };
}

/**
 * Throws `pipeline-unknown-input` for a name that no input has, with the nearest one.
 *
 * @param ports of all parts of the model: data may be for any of them
 */
export function refuseUnknownInputs(batch: readonly Sample[], ports: readonly PortInfo[]): void {
  const known = new Set(ports.flatMap(({ name }) => namesOfInput(name)));
  for (const { index, data } of batch) {
    const unknown = isTensor(data) ? undefined : Object.keys(data).find((name) => !known.has(name));
    if (unknown === undefined) continue;
    const names = [...new Set(ports.map(({ name }) => name))];
    throw sampleErrors.unknownInput(index, unknown, names, nearestName(unknown, names));
  }
}

/**
 * What one part of the model is fed with.
 *
 * @param inputs what the batch gives and what the parts before this one made of it
 * @throws `pipeline-missing-input`, and `pipeline-sample-inputs` for data of another type or shape
 */
export function boundSamples(
  batch: readonly Sample[],
  inputs: Readonly<Record<string, Tensor>>,
  ports: readonly PortInfo[],
): Record<string, Tensor> {
  const [first] = batch;
  const index = first?.index ?? 0;
  const missing = ports.find(({ name }) => !namesOfInput(name).some((one) => Object.hasOwn(inputs, one)));
  if (missing !== undefined) {
    throw sampleErrors.missingInput(index, missing, {
      known: Object.keys(inputs),
      isAlone: first !== undefined && isTensor(first.data),
    });
  }
  try {
    return bindInputs(inputs, ports);
  } catch (thrown) {
    if (thrown instanceof BenchError) throw sampleErrors.sampleInputs(index, thrown);
    throw thrown;
  }
}
