// Items stacked into batches; the next pictures are decoded while the caller works on the last ones.
import { elementCount } from '../onnx/tensor';
import type { NumberArray, Tensor, TensorData } from '../onnx/tensor';
import { awaitSample, sampleCame } from '../processes/activity';
import type { Batch, DataItem, DataLoader } from './contracts';
import { dataErrors, isEndOfData } from './dataErrors';

export interface BatchOptions {
  readonly batchSize: number;
  /** At most this many items. Needed for endless loaders. */
  readonly limit?: number;
  /** `discard` leaves out a last batch that is not full; by default nothing is left out. */
  readonly lastBatch?: 'rollover' | 'discard';
  readonly signal: AbortSignal;
}

/** Items asked for ahead of their use: decoding overlaps with inference, memory stays small. */
const itemsAhead = 8;

/**
 * The items of a loader in order, stacked along a new first axis.
 *
 * @throws DataError when items of one batch have different shapes, and whatever the loader throws
 */
export async function* batches(loader: DataLoader, options: BatchOptions): AsyncGenerator<Batch, void, undefined> {
  const { batchSize, lastBatch } = options;
  let gathered: DataItem[] = [];
  for await (const item of itemsOf(loader, options)) {
    gathered.push(item);
    if (gathered.length < batchSize) continue;
    yield stackedBatch(gathered, loader.fill);
    gathered = [];
  }
  if (gathered.length > 0 && lastBatch !== 'discard') yield stackedBatch(gathered, loader.fill);
}

/** Items in order, a few of them asked for ahead. */
async function* itemsOf(
  loader: DataLoader,
  { limit, signal }: BatchOptions,
): AsyncGenerator<DataItem, void, undefined> {
  const count = Math.min(limit ?? Infinity, loader.length ?? Infinity);
  const ahead: Promise<DataItem>[] = [];
  let asked = 0;
  try {
    for (let given = 0; given < count; given++) {
      signal.throwIfAborted();
      for (; asked < count && ahead.length < itemsAhead; asked++) ahead.push(ask(loader, asked));
      const next = ahead.shift();
      if (next === undefined) break;
      const item = await awaited(loader, given, next);
      signal.throwIfAborted();
      yield item;
    }
  } catch (thrown) {
    if (loader.length !== undefined || !isEndOfData(thrown)) throw thrown;
  } finally {
    // The caller may close the loader right after this: nothing may still be reading from it.
    await Promise.allSettled(ahead);
  }
}

/** One item, waited for under its name. Throws what the loader throws. */
export async function itemAt(loader: DataLoader, index: number): Promise<DataItem> {
  return awaited(loader, index, ask(loader, index));
}

/** Waits for an item under its name, so that a loader that never gives it is told from a slow model. */
async function awaited(loader: DataLoader, index: number, item: Promise<DataItem>): Promise<DataItem> {
  awaitSample(loader.label ?? 'the data loader', index);
  try {
    return await item;
  } finally {
    sampleCame();
  }
}

function ask(loader: DataLoader, index: number): Promise<DataItem> {
  // A loader may take its time, or for ever, before it gives even a promise.
  awaitSample(loader.label ?? 'the data loader', index);
  const item = (async () => loader.get(index))();
  sampleCame();
  // A failure is seen when its turn comes; until then it must not count as unhandled.
  item.catch(() => undefined);
  return item;
}

/** Throws DataError when the items have different names, types or shapes that `fill` cannot even. */
export function stackedBatch(items: readonly DataItem[], fill?: DataLoader['fill']): Batch {
  const [first] = items;
  const inputs: Record<string, Tensor> = {};
  for (const name of Object.keys(first?.inputs ?? {})) {
    inputs[name] = stackedInput(items, name, fill?.[name]);
  }
  return { ids: items.map(({ id }) => id), inputs, annotations: items.map(({ annotation }) => annotation) };
}

function stackedInput(given: readonly DataItem[], name: string, fill: number | undefined): Tensor {
  const items = fill === undefined ? given : equallyLong(given, name, fill);
  const [first] = items;
  const model = first?.inputs[name];
  if (first === undefined || model === undefined) throw new RangeError('a batch of nothing');
  const tensors = items.map((item) => {
    const tensor = item.inputs[name];
    if (tensor === undefined || Object.keys(item.inputs).length !== Object.keys(first.inputs).length) {
      throw dataErrors.batchNames(first.id, item.id);
    }
    if (shapeText(tensor) !== shapeText(model)) {
      throw dataErrors.batchShapes(
        name,
        { id: first.id, shape: shapeText(model) },
        { id: item.id, shape: shapeText(tensor) },
      );
    }
    return tensor;
  });
  const size = elementCount(model.dims);
  const dims = [items.length, ...model.dims];
  // One item needs no copy.
  if (tensors.length === 1) return { type: model.type, dims, data: model.data };
  const parts = tensors.map((tensor) => tensor.data);
  return { type: model.type, dims, data: concatenated(parts, size) };
}

/** Shorter ones are filled up along their first axis; whether the other axes fit is seen later. */
function equallyLong(items: readonly DataItem[], name: string, fill: number): readonly DataItem[] {
  const longest = Math.max(...items.map(({ inputs }) => inputs[name]?.dims[0] ?? 0));
  return items.map((item) => {
    const tensor = item.inputs[name];
    if (tensor === undefined || tensor.dims[0] === longest) return item;
    return { ...item, inputs: { ...item.inputs, [name]: filledUp(tensor, longest, fill) } };
  });
}

function filledUp({ type, dims, data }: Tensor, length: number, fill: number): Tensor {
  const wanted = [length, ...dims.slice(1)];
  if (!ArrayBuffer.isView(data)) return { type, dims, data };
  const whole = new (data.constructor as new (length: number) => NumberArray)(elementCount(wanted));
  if (whole instanceof BigInt64Array || whole instanceof BigUint64Array) whole.fill(BigInt(fill));
  else whole.fill(fill);
  // Both arrays are of the class that `data` has.
  (whole as Uint8Array).set(data as Uint8Array);
  return { type, dims: wanted, data: whole };
}

function concatenated(parts: readonly TensorData[], size: number): TensorData {
  const [first] = parts;
  if (first === undefined || !ArrayBuffer.isView(first))
    return parts.flatMap((part) => [...(part as readonly string[])]);
  const whole = new (first.constructor as new (length: number) => NumberArray)(size * parts.length);
  // The shapes and types were compared: every part is an array of the same class.
  parts.forEach((part, index) => (whole as Uint8Array).set(part as Uint8Array, index * size));
  return whole;
}

function shapeText({ type, dims }: Tensor): string {
  return `${type} [${dims.join(', ')}]`;
}
