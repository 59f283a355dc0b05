// Reads items of a script's loader, whichever of the two forms they have (SYSTEMS §7.1).
import { elementCount } from '../../onnx/tensor';
import type { Tensor } from '../../onnx/tensor';
import type { DataLoader, Sample, SampleData } from './contracts';
import { PipelineError, pipelineErrors } from './pipelineErrors';
import { longestTimerMs, sampleLimitMs } from './timeLimits';

type Form = 'pair' | 'named' | 'named with metadata';

interface ReadItem {
  readonly sample: Sample;
  readonly form: Form;
}

/**
 * The samples at these indexes. Throws PipelineError where the loader fails, takes longer for a sample than it may, or gives
 * something else than one form.
 */
export async function readSamples(
  loader: DataLoader,
  indexes: readonly number[],
  timeoutMs = sampleLimitMs(),
): Promise<readonly Sample[]> {
  const items = await Promise.all(indexes.map((index) => readItem(loader, index, timeoutMs)));
  const [first] = items;
  const other = items.find(({ form }) => form !== first?.form);
  if (first !== undefined && other !== undefined) {
    throw pipelineErrors.mixedForms(first.sample.index, other.sample.index);
  }
  return items.map(({ sample }) => sample);
}

/** Throws PipelineError for a loader without samples. */
export function lengthOf(loader: DataLoader): number {
  const length: unknown = (loader as DataLoader | null | undefined)?.length;
  if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0) throw pipelineErrors.length(length);
  if (length === 0) throw pipelineErrors.emptyLoader();
  return length;
}

async function readItem(loader: DataLoader, index: number, timeoutMs: number): Promise<ReadItem> {
  const item = await givenInTime(loader, index, timeoutMs);
  if (!Array.isArray(item)) throw pipelineErrors.itemForm(index, kindOf(item));
  const parts: readonly unknown[] = item;
  const [first, second, metadata] = parts;
  if (parts.length === 2 && isData(first)) {
    const sample = { index, id: String(index), data: first, annotation: second ?? undefined, metadata: undefined };
    return { sample, form: 'pair' };
  }
  if (Array.isArray(first) && first.length === 2 && isData(second) && (parts.length === 2 || parts.length === 3)) {
    const [id, annotation] = first as readonly unknown[];
    const sample = { index, id: String(id), data: second, annotation: annotation ?? undefined, metadata };
    return { sample, form: parts.length === 3 ? 'named with metadata' : 'named' };
  }
  throw pipelineErrors.itemForm(index, kindOf(item));
}

/** What the loader gives. */
async function givenInTime(loader: DataLoader, index: number, timeoutMs: number): Promise<unknown> {
  if (typeof (loader.get as unknown) !== 'function') throw pipelineErrors.noGet();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(pipelineErrors.loaderLate(index, timeoutMs)), Math.min(timeoutMs, longestTimerMs));
  });
  try {
    return await Promise.race([(async (): Promise<unknown> => loader.get(index))(), late]);
  } catch (thrown) {
    if (thrown instanceof PipelineError) throw thrown;
    throw pipelineErrors.loaderThrew(index, thrown);
  } finally {
    clearTimeout(timer);
  }
}

function isData(value: unknown): value is SampleData {
  if (isTensor(value)) return true;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const tensors = Object.values(value);
  return tensors.length > 0 && tensors.every(isTensor);
}

export function isTensor(value: unknown): value is Tensor {
  if (typeof value !== 'object' || value === null) return false;
  const { type, dims, data } = value as Partial<Record<keyof Tensor, unknown>>;
  if (typeof type !== 'string' || !Array.isArray(dims)) return false;
  if (!ArrayBuffer.isView(data) && !Array.isArray(data)) return false;
  return (data as ArrayLike<unknown>).length === elementCount(dims as number[]);
}

/** What came, for a sentence: `undefined`, `an array of 3`, `an object with the keys a, b`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length} (${value.map(kindOfPart).join(', ')})`;
  return kindOfPart(value);
}

function kindOfPart(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'function') return isClass(value) ? `the class ${value.name}` : 'a function';
  if (typeof value === 'string' && value.length <= longestShown) return JSON.stringify(value);
  if (typeof value !== 'object') return typeof value === 'boolean' ? String(value) : `a ${typeof value}`;
  if (ArrayBuffer.isView(value)) return 'numbers without a shape';
  if (isTensor(value)) return `a tensor ${value.type} [${value.dims.join(', ')}]`;
  const { dims, data } = value as Partial<Record<keyof Tensor, unknown>>;
  if (Array.isArray(dims) && ArrayBuffer.isView(data)) {
    const { length } = data as unknown as ArrayLike<unknown>;
    return `a tensor of ${length} numbers with the dims [${dims.join(', ')}]`;
  }
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an empty object' : `an object with the keys ${keys.slice(0, 5).join(', ')}`;
}

/** Texts that sentences quote are no longer. */
const longestShown = 40;

/** @param value a function */
function isClass(value: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}
