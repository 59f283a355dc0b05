// Reads items of a script's loader, whichever of the two forms they have (SYSTEMS §7.1).
import { givenTensor, isMeantAsTensor } from '../../data/givenTensor';
import type { Tensor } from '../../onnx/tensor';
import type { DataLoader, Sample, SampleData } from './contracts';
import { PipelineError } from './pipelineErrors';
import { sampleErrors } from './sampleErrors';
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
    throw sampleErrors.mixedForms(first.sample.index, other.sample.index);
  }
  return items.map(({ sample }) => sample);
}

/** Throws PipelineError for a loader without samples. */
export function lengthOf(loader: DataLoader): number {
  const length: unknown = (loader as DataLoader | null | undefined)?.length;
  if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0) throw sampleErrors.length(length);
  if (length === 0) throw sampleErrors.emptyLoader();
  return length;
}

async function readItem(loader: DataLoader, index: number, timeoutMs: number): Promise<ReadItem> {
  const item = await givenInTime(loader, index, timeoutMs);
  if (!Array.isArray(item)) throw sampleErrors.itemForm(index, kindOf(item));
  const parts: readonly unknown[] = item;
  const [first, second, metadata] = parts;
  if (parts.length === 2 && isMeantAsData(first)) {
    const data = checkedData(first, index);
    const sample = { index, id: String(index), data, annotation: second ?? undefined, metadata: undefined };
    return { sample, form: 'pair' };
  }
  const isNamed = Array.isArray(first) && first.length === 2 && (parts.length === 2 || parts.length === 3);
  if (isNamed && isMeantAsData(second)) {
    const [id, annotation] = first as readonly unknown[];
    const data = checkedData(second, index);
    const sample = { index, id: String(id), data, annotation: annotation ?? undefined, metadata };
    return { sample, form: parts.length === 3 ? 'named with metadata' : 'named' };
  }
  throw sampleErrors.itemForm(index, kindOf(item));
}

/** What the loader gives. */
async function givenInTime(loader: DataLoader, index: number, timeoutMs: number): Promise<unknown> {
  if (typeof (loader.get as unknown) !== 'function') throw sampleErrors.noGet();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(sampleErrors.loaderLate(index, timeoutMs)), Math.min(timeoutMs, longestTimerMs));
  });
  try {
    return await Promise.race([(async (): Promise<unknown> => loader.get(index))(), late]);
  } catch (thrown) {
    if (thrown instanceof PipelineError) throw thrown;
    throw sampleErrors.loaderThrew(index, thrown);
  } finally {
    clearTimeout(timer);
  }
}

/** A tensor, or an object of nothing but tensors; right or wrong ones. */
function isMeantAsData(value: unknown): value is object {
  if (isMeantAsTensor(value)) return true;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const tensors = Object.values(value);
  return tensors.length > 0 && tensors.every(isMeantAsTensor);
}

/** Throws `pipeline-tensor` for one whose type, shape and array do not belong together. */
function checkedData(given: object, index: number): SampleData {
  const checked = (tensor: unknown, input?: string): Tensor =>
    givenTensor(tensor, (problem) => {
      throw sampleErrors.tensor(index, input, problem);
    });
  if (isMeantAsTensor(given)) return checked(given);
  return Object.fromEntries(Object.entries(given).map(([name, tensor]) => [name, checked(tensor, name)]));
}

/** Whether the data of a sample is a tensor alone, for the first input of the model. */
export function isTensor(data: SampleData): data is Tensor {
  return isMeantAsTensor(data);
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
  if (isMeantAsTensor(value)) return tensorText(value);
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an empty object' : `an object with the keys ${keys.slice(0, 5).join(', ')}`;
}

function tensorText(value: object): string {
  const { type, dims } = value as Partial<Record<keyof Tensor, unknown>>;
  return `a tensor${typeof type === 'string' ? ` ${type}` : ''}${Array.isArray(dims) ? ` [${dims.join(', ')}]` : ''}`;
}

/** Texts that sentences quote are no longer. */
const longestShown = 40;

/** @param value a function */
function isClass(value: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}
