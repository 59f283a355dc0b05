// Figures of constant data, read piece by piece on demand, and windows of its values.
import { setImmediate } from 'node:timers/promises';
import { readSlice } from '../../onnx/bytes';
import { bitsOf, DataType, dataTypeName } from '../../onnx/dataTypes';
import { bfloat16ToFloat32, float16ToFloat32 } from '../../onnx/halfFloat';
import { rawElements } from '../../onnx/hierarchy/onnxAttributes';
import { bytesText, shortText } from '../../onnx/hierarchy/shownValues';
import type { Bytes, TensorProto } from '../../onnx/messages';
import { ModelError } from '../../onnx/modelErrors';
import type { NumberArray } from '../../onnx/tensor';
import { elementCount } from '../../onnx/tensor';
import { TensorReader } from '../../onnx/tensorReader';
import type { TensorFacts, ValueWindow } from '../../protocol/panels/graph';
import type { WorkContext } from '../../protocol/progress';
import type { Bench } from '../bench';
import { requestErrors } from '../requestErrors';
import { lookAt } from './modelLook';
import type { ShownModel } from './shownModel';

/** Even, so that no byte of two 4-bit elements is cut. */
const elementsAtOnce = 1_000_000;
const bins = 64;

/** Types that are bit patterns here, not numbers. */
const patterns: ReadonlySet<string> = new Set([
  ...['complex64', 'complex128', 'string', 'undefined'],
  ...['float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz', 'float4e2m1'],
]);

/** What a page asks about. */
export interface TensorQuestion {
  readonly path: string;
  readonly tensor: string;
}

/** Figures of the data; the event loop turns between two pieces, and an aborted signal ends it. */
export async function tensorFactsOf(
  bench: Bench,
  question: TensorQuestion,
  context: WorkContext,
): Promise<TensorFacts> {
  const [base, pieces] = lookAt(bench, question.path, (model) => begin(model, question.tensor));
  const { elements } = base;
  if (patterns.has(base.type)) return { ...base, problem: `${base.type} values are not counted with.` };
  if (elements === 0) return { ...base, problem: 'It has no elements.' };
  try {
    const totals = new Totals();
    await eachPiece(bench, question, pieces, elements, context, (values) => totals.add(values));
    const { min, max } = totals;
    if (totals.finite === 0) return { ...base, problem: 'None of its values is a finite number.' };
    const histogram = new Array<number>(bins).fill(0);
    await eachPiece(bench, question, pieces, elements, context, (values) => count(values, histogram, min, max));
    return { ...base, statistics: totals.statistics(), histogram, problem: null };
  } catch (thrown) {
    if (!(thrown instanceof ModelError)) throw thrown;
    return { ...base, problem: thrown.message };
  }
}

/** At most as many values as asked for, from an offset on. */
export function valuesOf(
  model: ShownModel,
  { tensor: key, offset, count: wanted }: { readonly tensor: string; readonly offset: number; readonly count: number },
): ValueWindow {
  const tensor = constantBy(model, key);
  const elements = elementCount(tensor.dims);
  const length = Math.max(0, Math.min(wanted, elements - offset));
  if (length === 0) return { offset, values: [], elements };
  if (tensor.dataType === DataType.string) {
    const texts = tensor.stringData.slice(offset, offset + length);
    return { offset, values: texts.map((text) => JSON.stringify(bytesText(text).slice(0, 200))), elements };
  }
  const even = offset - (offset % 2);
  const raw = pieceOf(tensor, rawOf(model, tensor), even, length + offset - even);
  const shown = rawElements(tensor.dataType, length + offset - even, raw);
  const perElement = dataTypeName(tensor.dataType).startsWith('complex') ? 2 : 1;
  const values = shown.slice((offset - even) * perElement, (offset - even + length) * perElement).map(String);
  return { offset, values: perElement === 1 ? values : pairs(values), elements };
}

function pairs(values: readonly string[]): readonly string[] {
  return values.flatMap((value, index) => (index % 2 === 0 ? [`${value} + ${values[index + 1] ?? '0'}i`] : []));
}

function begin(model: ShownModel, key: string): readonly [TensorFacts, Pieces] {
  const tensor = constantBy(model, key);
  const { dims, dataType } = tensor;
  const elements = elementCount(dims);
  const type = dataTypeName(dataType);
  const base = { name: shortText(key), type, shape: dims.slice(0, 64), elements, sizeBytes: sizeOf(tensor) };
  return [
    { ...base, statistics: null, histogram: [], problem: null },
    { model, tensor, raw: undefined },
  ];
}

function sizeOf({ dims, dataType, stringData }: TensorProto): number {
  const bits = bitsOf(dataType);
  if (bits !== undefined) return Math.ceil((elementCount(dims) * bits) / 8);
  return stringData.reduce((sum, text) => sum + text.length, 0);
}

function constantBy(model: ShownModel, key: string): TensorProto {
  const tensor = model.tensors?.byKey(key);
  if (tensor !== undefined) return tensor;
  throw requestErrors.notFound(
    'the constant',
    JSON.stringify(shortText(key)),
    'Reload the page: the file may have changed.',
  );
}

function rawOf(model: ShownModel, tensor: TensorProto): Bytes {
  if (model.opened.kind !== 'onnx') return new Uint8Array(0);
  return model.opened.model.tensors.rawBytes(tensor);
}

/** Bytes of some elements. */
function pieceOf({ dataType }: TensorProto, raw: Bytes, offset: number, length: number): Uint8Array {
  const bits = bitsOf(dataType) ?? 8;
  return readSlice(raw, Math.floor((offset * bits) / 8), Math.ceil((length * bits) / 8));
}

interface Pieces {
  readonly model: ShownModel;
  readonly tensor: TensorProto;
  raw: Bytes | undefined;
}

/** Each piece is read from the model as it is kept then; a file that changed meanwhile is another one. */
async function eachPiece(
  bench: Bench,
  { path }: TensorQuestion,
  pieces: Pieces,
  elements: number,
  { signal, onProgress }: WorkContext,
  take: (values: NumberArray) => void,
): Promise<void> {
  for (let at = 0; at < elements; at += elementsAtOnce) {
    signal.throwIfAborted();
    const length = Math.min(elementsAtOnce, elements - at);
    take(lookAt(bench, path, (model) => numbersOf(model, pieces, at, length)));
    onProgress({ phase: 'reading the tensor', done: at + length, total: elements, unit: 'elements' });
    await setImmediate();
  }
}

function numbersOf(model: ShownModel, pieces: Pieces, offset: number, length: number): NumberArray {
  if (model !== pieces.model) {
    throw requestErrors.refused('model-changed', 'The model was changed while it was read.', 'Ask again.');
  }
  const { tensor } = pieces;
  // Lists of varints are unpacked once.
  pieces.raw ??= rawOf(model, tensor);
  const rawData = pieceOf(tensor, pieces.raw, offset, length);
  const piece: TensorProto = {
    ...{ name: tensor.name, docString: '', stringData: [], externalData: [], metadataProps: [] },
    ...{ dims: [length], dataType: tensor.dataType, rawData },
  };
  const values = new TensorReader(undefined).values(piece) as NumberArray;
  if (tensor.dataType === DataType.float16) return float16ToFloat32(values as Uint16Array);
  if (tensor.dataType === DataType.bfloat16) return bfloat16ToFloat32(values as Uint16Array);
  return values;
}

/** Mean and deviation by Welford's way piece by piece, so that large means lose nothing. */
class Totals {
  min = Infinity;
  max = -Infinity;
  finite = 0;
  private zeros = 0;
  private notFinite = 0;
  private mean = 0;
  private squares = 0;

  add(values: NumberArray): void {
    let [sum, finite] = [0, 0];
    for (const element of values) {
      const value = Number(element);
      if (!Number.isFinite(value)) {
        this.notFinite++;
        continue;
      }
      if (value === 0) this.zeros++;
      if (value < this.min) this.min = value;
      if (value > this.max) this.max = value;
      sum += value;
      finite++;
    }
    if (finite > 0) this.merge(values, sum / finite, finite);
  }

  private merge(values: NumberArray, mean: number, finite: number): void {
    let squares = 0;
    for (const element of values) {
      const value = Number(element);
      if (Number.isFinite(value)) squares += (value - mean) ** 2;
    }
    const all = this.finite + finite;
    const delta = mean - this.mean;
    this.squares += squares + (delta * delta * this.finite * finite) / all;
    this.mean += (delta * finite) / all;
    this.finite = all;
  }

  statistics(): NonNullable<TensorFacts['statistics']> {
    const { min, max, mean, zeros, notFinite, squares, finite } = this;
    return { min, max, mean, std: Math.sqrt(squares / finite), zeros, notFinite };
  }
}

function count(values: NumberArray, histogram: number[], min: number, max: number): void {
  const scale = max > min ? bins / (max - min) : 0;
  for (const element of values) {
    const value = Number(element);
    if (!Number.isFinite(value)) continue;
    const bin = Math.min(bins - 1, Math.floor((value - min) * scale));
    histogram[bin] = (histogram[bin] ?? 0) + 1;
  }
}
