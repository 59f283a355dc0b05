// Fits what a data set gives to the inputs of a model, and says how to mend it where it does not fit.
import { tokenInputNamed } from '../dictionary/tokenInputs';
import { float16Bits } from '../onnx/halfFloat';
import type { Tensor } from '../onnx/tensor';
import { runtimeErrors } from './runtimeErrors';
import type { PortInfo } from './session';

/**
 * Names and checks the inputs of one run: by name when the names are the model's, in graph-input order when no name is
 * and the count fits (DataItem.inputs). Inputs of language models also go by their other names (`input_mask`). Arrays the model has no input for are left out. Tensors are not copied, but for
 * float32 data of a float16 input: data sets hold float32, so that it is rounded to half precision, ties to even. No
 * other type is changed for another.
 *
 * @throws RuntimeFailure naming the input, its shape and the given one, with the transform that would mend it
 */
export function bindInputs(
  inputs: Readonly<Record<string, Tensor>>,
  ports: readonly PortInfo[],
): Record<string, Tensor> {
  const given = new Map(Object.entries(inputs));
  const fitting = pairs(given, ports).map(([port, one]) => {
    const tensor = port.type === 'float16' ? inHalfPrecision(one) : one;
    checkFits(port, tensor);
    return [port.name, tensor] as const;
  });
  return Object.fromEntries(fitting);
}

/** What data for an input may be called: its own name, and for inputs of language models the usual one. */
export function namesOfInput(name: string): readonly string[] {
  return [name, tokenInputNamed(name) ?? name];
}

/** Shape as people write it: `[1, 3, height, ?]`. */
export function shapeText(dims: PortInfo['dims']): string {
  return `[${dims.map((dim) => dim ?? '?').join(', ')}]`;
}

function pairs(given: ReadonlyMap<string, Tensor>, ports: readonly PortInfo[]): [PortInfo, Tensor][] {
  const names = [...given.keys()];
  const expected = ports.map((port) => port.name);
  const named = (name: string): Tensor | undefined => {
    const found = namesOfInput(name).find((one) => given.has(one));
    return found === undefined ? undefined : given.get(found);
  };
  const byName = expected.some((name) => named(name) !== undefined);
  if (!byName && given.size !== ports.length) throw runtimeErrors.inputCount(ports, names);
  const inOrder = [...given.values()];
  const found: [PortInfo, Tensor][] = [];
  ports.forEach((port, index) => {
    const tensor = byName ? named(port.name) : inOrder[index];
    if (tensor !== undefined) found.push([port, tensor]);
  });
  if (found.length < ports.length) {
    throw runtimeErrors.missingInputs(
      ports.filter(({ name }) => named(name) === undefined),
      names,
    );
  }
  return found;
}

/** float32 rounded to half precision; any other tensor as it is. */
function inHalfPrecision(tensor: Tensor): Tensor {
  const { type, dims, data } = tensor;
  if (type !== 'float32' || !(data instanceof Float32Array)) return tensor;
  return { type: 'float16', dims, data: Uint16Array.from(data, float16Bits) };
}

function checkFits(port: PortInfo, tensor: Tensor): void {
  if (port.type === 'sequence' || port.type === 'map') throw runtimeErrors.inputKind(port, port.type);
  if (port.type !== tensor.type) throw runtimeErrors.inputType(port, port.type, tensor.type);
  // The engine reports an unknown rank like a scalar: it has to judge those itself.
  if (port.dims.length === 0 || fits(port.dims, tensor.dims)) return;
  throw runtimeErrors.inputShape(port, shapeText(port.dims), shapeText(tensor.dims), mending(port.dims, tensor.dims));
}

function fits(expected: PortInfo['dims'], given: readonly number[]): boolean {
  return (
    expected.length === given.length && expected.every((dim, axis) => typeof dim !== 'number' || dim === given[axis])
  );
}

/** What to change so that data of the one shape fits the other; axis 0 is the batch in both. */
function mending(expected: PortInfo['dims'], given: readonly number[]): string {
  const [batch] = expected;
  const item = given.slice(1);
  const wanted = expected.slice(1);
  if (given.length === expected.length) {
    if (fits(wanted, item)) return `Use a batch of ${batch ?? '?'}: the model has a fixed batch size.`;
    const [height, width, channels] = item;
    if (height !== undefined && width !== undefined && channels !== undefined && item.length === 3) {
      if (fits(wanted, [channels, height, width])) return 'Add the transform Transpose: {perm: [2, 0, 1]}.';
      if (fits(wanted, [width, channels, height])) return 'Add the transform Transpose: {perm: [1, 2, 0]}.';
    }
    return resizing(wanted, item);
  }
  if (given.length === expected.length - 1) {
    for (const axis of item.length === 2 ? [0, 2] : [0]) {
      if (fits(wanted, item.toSpliced(axis, 0, 1))) return `Add the transform ExpandDims: {axis: ${axis}}.`;
    }
  }
  return 'Add a transform that gives this shape, or choose another data set.';
}

/** For pictures of the wrong size: which Resize makes them fit. */
function resizing(wanted: PortInfo['dims'], item: readonly number[]): string {
  const isPlanar = wanted.length === 3 && wanted[0] === item[0];
  const isInterleaved = wanted.length === 3 && wanted[2] === item[2];
  const [height, width] = isPlanar ? wanted.slice(1) : wanted;
  if ((isPlanar || isInterleaved) && typeof height === 'number' && typeof width === 'number') {
    return `Add the transform Resize: {size: [${height}, ${width}]}.`;
  }
  return 'Add a transform that gives this shape, or choose another data set.';
}
