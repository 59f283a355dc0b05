// Shape rules of operators that keep all elements but arrange, repeat, pad or resample them.
import { broadcast, maxRank, normalAxis, onNumbers, product, quotient, sum, unknownDims } from './dims';
import type { Dim, Dims } from './dims';
import { one } from './rule';
import type { Rule, RuleInputs, RuleTable } from './rule';

/** Sizes named by a tensor; when only its length is known they are all unknown. */
function namedDims(inputs: RuleInputs, index: number): Dims | undefined {
  const values = inputs.values(index);
  if (values !== undefined) return values.map((size) => (typeof size === 'number' && size < 0 ? null : size));
  const length = inputs.dim(index, 0);
  return typeof length === 'number' && length <= maxRank ? unknownDims(length) : undefined;
}

/** 0 copies the input's size (unless `allowzero`), -1 takes what is left. Before opset 5 the shape was an attribute. */
const reshape: Rule = (inputs) => {
  const wanted = inputs.has(1) ? inputs.values(1) : inputs.ints('shape');
  if (wanted === undefined) return one(inputs.type(0), namedDims(inputs, 1));
  return one(inputs.type(0), reshapedDims(inputs.dims(0), wanted, inputs.int('allowzero', 0) === 1), inputs.values(0));
};

function reshapedDims(from: Dims | undefined, wanted: Dims, allowZero: boolean): Dims {
  const copied = wanted.map((size, axis) => (size === 0 && !allowZero ? (from?.[axis] ?? null) : size));
  const open = copied.indexOf(-1);
  if (open < 0) {
    // One size that is not known is what the others leave, just as if it were written -1.
    const unknown = copied.filter((size) => size === null);
    return unknown.length === 1 && from !== undefined ? solved(from, copied, copied.indexOf(null)) : copied;
  }
  return solved(from, copied, open);
}

function solved(from: Dims | undefined, sizes: Dims, open: number): Dims {
  const others = sizes.filter((_, axis) => axis !== open);
  return sizes.with(open, from === undefined || others.includes(0) ? null : quotient(from, others));
}

const flatten: Rule = (inputs) => {
  const dims = inputs.dims(0);
  if (dims === undefined) return one(inputs.type(0), [null, null]);
  const axis = inputs.int('axis', 1);
  const cut = axis < 0 ? axis + dims.length : axis;
  return one(inputs.type(0), [product(dims.slice(0, cut)), product(dims.slice(cut))]);
};

const transpose: Rule = (inputs) => {
  const dims = inputs.dims(0);
  const order = inputs.ints('perm');
  if (dims === undefined) return one(inputs.type(0), order && unknownDims(order.length));
  return one(inputs.type(0), order?.map((axis) => dims[axis] ?? null) ?? [...dims].reverse());
};

const squeeze: Rule = (inputs) => {
  const dims = inputs.dims(0);
  if (dims === undefined) return one(inputs.type(0), undefined, inputs.values(0));
  const named = inputs.has(1) || inputs.attribute('axes') !== undefined;
  const axes = named ? inputs.axes('axes', 1, dims.length) : axesOfSizeOne(dims);
  return one(inputs.type(0), axes && dims.filter((_, axis) => !axes.includes(axis)), inputs.values(0));
};

/** Without axes every 1 goes; a size that is not known might be one. */
function axesOfSizeOne(dims: Dims): number[] | undefined {
  if (dims.some((size) => typeof size !== 'number')) return undefined;
  return dims.flatMap((size, axis) => (size === 1 ? [axis] : []));
}

const unsqueeze: Rule = (inputs) => {
  const dims = inputs.dims(0);
  const count = inputs.list('axes', 1)?.length;
  if (dims === undefined || count === undefined || count > maxRank)
    return one(inputs.type(0), undefined, inputs.values(0));
  const axes = inputs.axes('axes', 1, dims.length + count);
  const kept = dims[Symbol.iterator]();
  const widened = Array.from({ length: dims.length + count }, (_, axis): Dim => {
    return axes?.includes(axis) === true ? 1 : (kept.next().value ?? null);
  });
  return one(inputs.type(0), axes && widened, inputs.values(0));
};

const expand: Rule = (inputs) => one(inputs.type(0), broadcast([inputs.dims(0), namedDims(inputs, 1)]));

/** Before opset 6 one axis was repeated: `tiles` times along `axis`. */
const tile: Rule = (inputs) => {
  const dims = inputs.dims(0);
  const repeats = inputs.values(1);
  if (dims === undefined) return one(inputs.type(0));
  if (inputs.opset < 6 || repeats?.length !== dims.length) return one(inputs.type(0), unknownDims(dims.length));
  return one(
    inputs.type(0),
    dims.map((size, axis) => product([size, repeats[axis] ?? null])),
  );
};

/** Begins of every axis, then ends; negative ones crop. Opset 18 can name the axes they belong to. */
const pad: Rule = (inputs) => {
  const dims = inputs.dims(0);
  const amounts = inputs.has(1) ? inputs.values(1) : (inputs.ints('pads') ?? inputs.ints('paddings'));
  if (dims === undefined) return one(inputs.type(0));
  const axes = inputs.has(3) ? inputs.axes('axes', 3, dims.length) : dims.map((_, axis) => axis);
  if (amounts === undefined || axes === undefined) return one(inputs.type(0), unknownDims(dims.length));
  const padded = [...dims];
  axes.forEach((axis, position) => {
    padded[axis] = sum([dims[axis], amounts[position], amounts[position + axes.length]]);
  });
  return one(inputs.type(0), padded);
};

/** Sizes, or factors. Inputs: (x, scales) in opset 10, (x, roi, scales, sizes) from 11; `axes` from 18. */
const resize: Rule = (inputs) => {
  const dims = inputs.dims(0);
  if (dims === undefined) return one(inputs.type(0));
  const axes =
    inputs.attribute('axes') === undefined ? dims.map((_, axis) => axis) : inputs.axes('axes', -1, dims.length);
  const scales = inputs.opset < 11 ? inputs.numbers(1) : inputs.numbers(2);
  const sizes = inputs.opset < 11 ? undefined : inputs.values(3);
  const aspectScale = commonScale(inputs, dims, axes, sizes);
  const resized = unknownDims(dims.length).map((_, axis): Dim => {
    const position = axes?.indexOf(axis) ?? -1;
    if (axes !== undefined && position < 0) return dims[axis] ?? null;
    if (sizes !== undefined && sizes.length > 0) return fitted(dims[axis], sizes[position], aspectScale);
    return scaled(dims[axis], scales?.[position]);
  });
  return one(inputs.type(0), resized);
};

/** The one factor of a Resize that keeps the aspect ratio; undefined when it stretches, NaN when it is not known. */
function commonScale(
  inputs: RuleInputs,
  dims: Dims,
  axes: readonly number[] | undefined,
  sizes: Dims | undefined,
): number | undefined {
  const policy = inputs.text('keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') return undefined;
  const factors = axes?.map((axis, position) => onNumbers((to, from) => to / from, sizes?.[position], dims[axis])) ?? [
    null,
  ];
  const known = factors.map((factor) => (typeof factor === 'number' ? factor : NaN));
  return policy === 'not_larger' ? Math.min(...known) : Math.max(...known);
}

function fitted(size: Dim | undefined, wanted: Dim | undefined, aspectScale: number | undefined): Dim {
  if (aspectScale === undefined) return wanted ?? null;
  return onNumbers((from) => Math.floor(from * aspectScale + 0.5), size);
}

function scaled(size: Dim | undefined, scale: number | undefined): Dim {
  if (scale === 1) return size ?? null;
  return onNumbers((from, factor) => Math.floor(from * Math.fround(factor)), size, scale);
}

/** Factors as an attribute (opset 7) or an input (opset 9). */
const upsample: Rule = (inputs) => {
  const scales = inputs.has(1) ? inputs.numbers(1) : inputs.floats('scales');
  return one(
    inputs.type(0),
    inputs.dims(0)?.map((size, axis) => scaled(size, scales?.[axis])),
  );
};

const depthToSpace: Rule = (inputs) => {
  const block = inputs.int('blocksize', 1);
  return one(inputs.type(0), [
    inputs.dim(0, 0),
    onNumbers((channels) => channels / block ** 2, inputs.dim(0, 1)),
    onNumbers((height) => height * block, inputs.dim(0, 2)),
    onNumbers((width) => width * block, inputs.dim(0, 3)),
  ]);
};

const spaceToDepth: Rule = (inputs) => {
  const block = inputs.int('blocksize', 1);
  return one(inputs.type(0), [
    inputs.dim(0, 0),
    onNumbers((channels) => channels * block ** 2, inputs.dim(0, 1)),
    onNumbers((height) => height / block, inputs.dim(0, 2)),
    onNumbers((width) => width / block, inputs.dim(0, 3)),
  ]);
};

/** The last sizes are the wanted ones, whether that crops or pads. */
const centerCropPad: Rule = (inputs) => {
  const dims = inputs.dims(0);
  const wanted = inputs.values(1);
  if (dims === undefined) return one(inputs.type(0));
  const axes = (inputs.ints('axes') ?? dims.map((_, axis) => axis)).map((axis) => normalAxis(axis, dims.length));
  return one(
    inputs.type(0),
    dims.map((size, axis) => (axes.includes(axis) ? (wanted?.[axes.indexOf(axis)] ?? null) : size)),
  );
};

export const layoutRules: RuleTable = {
  Reshape: reshape,
  Flatten: flatten,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Expand: expand,
  Tile: tile,
  Pad: pad,
  'com.microsoft:Pad': pad,
  Resize: resize,
  Upsample: upsample,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  CenterCropPad: centerCropPad,
};
