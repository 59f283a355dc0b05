// Shape rules of operators that pick, cut or join parts of tensors.
import { DataType } from '../dataTypes';
import { normalAxis, onNumbers, sum, unknownDims } from './dims';
import type { Dim, Dims } from './dims';
import { maxFollowedValues, one } from './rule';
import type { Inferred, Rule, RuleInputs, RuleTable } from './rule';

/** Values follow when all parts are vectors: how shapes are put together. */
const concat: Rule = (inputs) => {
  const count = inputs.node.input.length;
  const shapes = Array.from({ length: count }, (_, index) => inputs.dims(index));
  const ranked = shapes.find((shape) => shape !== undefined);
  if (ranked === undefined) return one(inputs.type(0));
  const axis = normalAxis(inputs.int('axis', 1), ranked.length);
  const dims = ranked.map((_, position): Dim => {
    const sizes = shapes.map((shape) => shape?.[position] ?? null);
    return position === axis
      ? sum(sizes)
      : (sizes.find((size) => typeof size === 'number') ?? sizes.find(Boolean) ?? null);
  });
  return one(inputs.type(0), dims, ranked.length === 1 ? joinedValues(inputs, count) : undefined);
};

function joinedValues(inputs: RuleInputs, count: number): Dims | undefined {
  const all: Dim[] = [];
  for (let index = 0; index < count; index++) {
    const values = inputs.values(index) ?? knownLength(inputs, index);
    if (values === undefined || all.length + values.length > maxFollowedValues) return undefined;
    all.push(...values);
  }
  return all;
}

/** A vector whose elements are not known but whose length is still has its place among the others. */
function knownLength(inputs: RuleInputs, index: number): Dims | undefined {
  const length = inputs.dims(index)?.length === 1 ? inputs.dim(index, 0) : null;
  return typeof length === 'number' && length <= maxFollowedValues ? unknownDims(length) : undefined;
}

/** Sizes from `split` (attribute before opset 13, then input), else equal parts with a smaller last one. */
const split: Rule = (inputs) => {
  const dims = inputs.dims(0);
  const outputs = inputs.node.output.length;
  if (dims === undefined) return inputs.node.output.map(() => ({ dataType: inputs.type(0) }));
  const axis = normalAxis(inputs.int('axis', 0), dims.length);
  const given = inputs.has(1) || inputs.attribute('split') !== undefined;
  const sizes = given ? inputs.list('split', 1) : equalParts(dims[axis ?? -1] ?? null, outputs);
  let begin = 0;
  return inputs.node.output.map((_, index) => {
    const size = sizes?.[index] ?? null;
    const values = dims.length === 1 && size !== null ? inputs.values(0)?.slice(begin, begin + size) : undefined;
    begin += size ?? 0;
    return { dataType: inputs.type(0), dims: dims.map((whole, at) => (at === axis ? size : whole)), values };
  });
};

function equalParts(size: Dim, count: number): number[] | undefined {
  if (typeof size !== 'number') return undefined;
  const part = Math.ceil(size / count);
  return Array.from({ length: count }, (_, index) => Math.max(0, Math.min(part, size - part * index)));
}

/** One axis of a slice; negative positions count from the end, positions outside are moved to the border. */
interface Cut {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

function cutIndexes(size: number, cut: Cut): { from: number; count: number } {
  const at = (position: number): number => (position < 0 ? position + size : position);
  const [lowest, highest] = cut.step > 0 ? [0, size] : [-1, size - 1];
  const from = Math.min(Math.max(at(cut.start), Math.max(lowest, 0)), highest);
  const to = Math.min(Math.max(at(cut.end), lowest), highest);
  return { from, count: Math.max(0, Math.ceil((to - from) / cut.step)) };
}

function cutSize(size: Dim | undefined, start: Dim | undefined, end: Dim | undefined, step: Dim | undefined): Dim {
  const whole = start === 0 && step === 1 && ((typeof end === 'number' && end >= 2 ** 31 - 1) || end === size);
  if (whole && size !== undefined) return size;
  // From the start to a symbol's end, with nothing known of which is longer, only the symbol itself is sure.
  return onNumbers(
    (known, first, last, stride) =>
      stride === 0 ? NaN : cutIndexes(known, { start: first, end: last, step: stride }).count,
    size,
    start,
    end,
    step,
  );
}

/** Bounds as attributes before opset 10, then as inputs. */
const slice: Rule = (inputs) => {
  const dims = inputs.dims(0);
  if (dims === undefined) return one(inputs.type(0));
  const isOld = inputs.attribute('starts') !== undefined;
  const starts = isOld ? inputs.ints('starts') : inputs.values(1);
  const ends = isOld ? inputs.ints('ends') : inputs.values(2);
  const named = isOld ? inputs.attribute('axes') !== undefined : inputs.has(3);
  const axes = named ? inputs.axes('axes', isOld ? -1 : 3, dims.length) : starts?.map((_, axis) => axis);
  if (axes === undefined) return one(inputs.type(0), unknownDims(dims.length));
  const steps = inputs.has(4) ? inputs.values(4) : axes.map(() => 1);
  const sliced = [...dims];
  axes.forEach((axis, position) => {
    sliced[axis] = cutSize(dims[axis], starts?.[position], ends?.[position], steps?.[position]);
  });
  const values = dims.length === 1 ? cutValues(inputs, starts?.[0], ends?.[0], steps?.[0]) : undefined;
  return one(inputs.type(0), sliced, values);
};

function cutValues(
  inputs: RuleInputs,
  start: Dim | undefined,
  end: Dim | undefined,
  step: Dim | undefined,
): Dims | undefined {
  const values = inputs.values(0);
  const known = typeof start === 'number' && typeof end === 'number' && typeof step === 'number' && step !== 0;
  if (values === undefined || !known) return undefined;
  const { from, count } = cutIndexes(values.length, { start, end, step });
  return Array.from({ length: count }, (_, index) => values[from + index * step] ?? null);
}

const gather: Rule = (inputs) => {
  const data = inputs.dims(0);
  const indices = inputs.dims(1);
  if (data === undefined || indices === undefined) return one(inputs.type(0));
  const axis = normalAxis(inputs.int('axis', 0), data.length);
  if (axis === undefined) return one(inputs.type(0));
  const dims = [...data.slice(0, axis), ...indices, ...data.slice(axis + 1)];
  return one(inputs.type(0), dims, data.length === 1 ? pickedValues(inputs) : undefined);
};

function pickedValues(inputs: RuleInputs): Dims | undefined {
  const values = inputs.values(0);
  return values && inputs.numbers(1)?.map((index) => values.at(index) ?? null);
}

const gatherNd: Rule = (inputs) => {
  const data = inputs.dims(0);
  const indices = inputs.dims(1);
  const depth = indices?.at(-1);
  if (data === undefined || indices === undefined || typeof depth !== 'number') return one(inputs.type(0));
  return one(inputs.type(0), [...indices.slice(0, -1), ...data.slice(inputs.int('batch_dims', 0) + depth)]);
};

const gatherElements: Rule = (inputs) => one(inputs.type(0), inputs.dims(1));

/** `k` is an attribute before opset 10, then an input. */
const topK: Rule = (inputs) => {
  const k = inputs.has(1) ? inputs.values(1)?.[0] : inputs.int('k', 0);
  const rank = inputs.dims(0)?.length ?? 0;
  const axis = normalAxis(inputs.int('axis', -1), rank);
  const dims = inputs.dims(0)?.map((size, position) => (position === axis ? (k ?? null) : size));
  return [
    { dataType: inputs.type(0), dims },
    { dataType: DataType.int64, dims },
  ];
};

/** How many elements are not zero is only known when the model runs. */
const nonZero: Rule = (inputs) => one(DataType.int64, [inputs.dims(0)?.length ?? null, null]);

const compress: Rule = (inputs) => {
  const dims = inputs.dims(0);
  if (inputs.attribute('axis') === undefined) return one(inputs.type(0), [null]);
  const axis = normalAxis(inputs.int('axis', 0), dims?.length ?? 0);
  return one(
    inputs.type(0),
    dims?.map((size, position) => (position === axis ? null : size)),
  );
};

const oneHot: Rule = (inputs) => {
  const dims = inputs.dims(0);
  if (dims === undefined) return one(inputs.type(2));
  const axis = normalAxis(inputs.int('axis', -1), dims.length + 1);
  return one(inputs.type(2), axis === undefined ? undefined : dims.toSpliced(axis, 0, inputs.values(1)?.[0] ?? null));
};

const unique: Rule = (inputs) => {
  const dims = inputs.dims(0);
  const axis = normalAxis(inputs.int('axis', 0), dims?.length ?? 0);
  const found: Inferred = { dataType: DataType.int64, dims: [null] };
  const values =
    inputs.attribute('axis') === undefined ? [null] : axis === undefined ? undefined : dims?.with(axis, null);
  return [{ dataType: inputs.type(0), dims: values }, found, found, found];
};

const nonMaxSuppression: Rule = () => one(DataType.int64, [null, 3]);

export const selectionRules: RuleTable = {
  Concat: concat,
  'com.microsoft:QLinearConcat': (inputs) => one(inputs.type(1), joinedTriples(inputs)),
  Split: split,
  Slice: slice,
  DynamicSlice: slice,
  Gather: gather,
  GatherND: gatherNd,
  'com.microsoft:GatherND': gatherNd,
  GatherElements: gatherElements,
  TopK: topK,
  NonZero: nonZero,
  Compress: compress,
  OneHot: oneHot,
  Unique: unique,
  NonMaxSuppression: nonMaxSuppression,
};

/** QLinearConcat: output scale and zero point, then (tensor, scale, zero point) for every part. */
function joinedTriples(inputs: RuleInputs): Dims | undefined {
  const shapes: Dims[] = [];
  for (let index = 2; index < inputs.node.input.length; index += 3) {
    const dims = inputs.dims(index);
    if (dims === undefined) return undefined;
    shapes.push(dims);
  }
  const axis = normalAxis(inputs.int('axis', 1), shapes[0]?.length ?? 0);
  return shapes[0]?.map((size, position) => (position === axis ? sum(shapes.map((shape) => shape[position])) : size));
}
