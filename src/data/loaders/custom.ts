// Loader `custom`: a user's own module that fulfils the DataLoader contract (DESIGN §5), checked at every item.
import { dirname, resolve } from 'node:path';
import type { Tensor } from '../../onnx/tensor';
import type { DataItem, DataLoader } from '../contracts';
import { dataErrors } from '../dataErrors';
import { givenTensor, kindOfGiven } from '../givenTensor';
import { iterableLoader } from './iterableLoader';
import type { ItemSource } from './sources';
import { guarded, importDefault } from './userModule';

type Parameters = Readonly<Record<string, unknown>>;

/** What a module is told besides its parameters. */
interface ModuleContext {
  /** Folder of the DATASET.yaml, against which the module may resolve paths among its parameters. */
  readonly folder: string;
}

type Callable = (parameters: Parameters, context: ModuleContext) => unknown;
type Constructor = new (parameters: Parameters, context: ModuleContext) => unknown;

/**
 * The default export may be a class, a function (also async, or a generator), or the loader itself; the first two get
 * all parameters but `path`, as written, and `{folder}`. A loader has `get(index)` and a `length`, or is iterable.
 *
 * @param place the DATASET.yaml
 */
export async function openCustom(
  parameters: Parameters & { path: string },
  place: { file: string },
): Promise<ItemSource> {
  const { path, ...rest } = parameters;
  const exported = await importDefault(path);
  const context = { folder: dirname(resolve(place.file)) };
  const make = (): Promise<unknown> => guarded(path, 'being set up', () => instanceOf(exported, rest, context));
  const made = await make();
  if (isObject(made) && typeof made['get'] === 'function') return { kind: 'items', loader: checkedLoader(path, made) };
  if (iteratorOf(made) === undefined) {
    throw dataErrors.moduleKind(
      path,
      'its default export gives neither get(index) nor an iterable',
      'Give the loader get(index) and length, or make it an async generator.',
    );
  }
  return { kind: 'items', loader: checkedIterable(path, made, make) };
}

function instanceOf(exported: unknown, parameters: Parameters, context: ModuleContext): unknown {
  if (typeof exported !== 'function') return exported;
  if (/^class\b/.test(Function.prototype.toString.call(exported))) {
    return new (exported as Constructor)(parameters, context);
  }
  return (exported as Callable)(parameters, context);
}

function checkedLoader(path: string, made: Record<string, unknown>): DataLoader {
  const length = made['length'];
  if (length !== undefined && !(Number.isSafeInteger(length) && (length as number) >= 0)) {
    throw dataErrors.moduleKind(
      path,
      `its length is ${kindOfGiven(length)}`,
      'Let length be a whole number, or leave it out.',
    );
  }
  const loader = made as unknown as { get(index: number): unknown; close?(): unknown };
  return {
    ...(length === undefined ? {} : { length: length as number }),
    get: async (index) => {
      const given = await guarded(path, `giving item ${index}`, () => loader.get(index));
      // Without a length, nothing is the way to say that there is nothing more.
      if (given === undefined && length === undefined) throw dataErrors.end(index);
      return checkedItem(path, index, given);
    },
    close: async () => {
      if (typeof loader.close === 'function') await guarded(path, 'being closed', () => loader.close?.());
    },
  };
}

/** A second pass makes the loader anew, because a generator can be gone through only once. */
function checkedIterable(path: string, first: unknown, make: () => Promise<unknown>): DataLoader {
  let unused: unknown = first;
  const begin = async (): Promise<AsyncIterator<unknown> | Iterator<unknown>> => {
    const iterable = unused ?? (await make());
    unused = undefined;
    const iterator = await guarded(path, 'beginning to iterate', () => iteratorOf(iterable));
    if (iterator === undefined)
      throw dataErrors.moduleKind(path, 'it gives no iterable', 'Export an async generator function.');
    return {
      next: () => guarded(path, 'giving the next item', () => iterator.next()),
      return: () =>
        guarded(path, 'being closed', () => iterator.return?.() ?? { done: true as const, value: undefined }),
    };
  };
  return iterableLoader(begin, (given, index) => checkedItem(path, index, given));
}

function iteratorOf(value: unknown): AsyncIterator<unknown> | Iterator<unknown> | undefined {
  if (!isObject(value)) return undefined;
  const iterable = value as Partial<AsyncIterable<unknown> & Iterable<unknown>>;
  return iterable[Symbol.asyncIterator]?.() ?? iterable[Symbol.iterator]?.();
}

function checkedItem(path: string, index: number, given: unknown): DataItem {
  if (!isObject(given)) throw dataErrors.moduleItem(path, index, `it is ${kindOfGiven(given)}`);
  const { id, inputs, annotation } = given;
  if (!isObject(inputs)) throw dataErrors.moduleItem(path, index, `its "inputs" is ${kindOfGiven(inputs)}`);
  const names = Object.keys(inputs);
  if (names.length === 0) throw dataErrors.moduleItem(path, index, 'it has no inputs');
  const inputOf = (name: string): Tensor =>
    givenTensor(inputs[name], (problem) => {
      throw dataErrors.moduleItem(path, index, `its input "${name}" ${problem}`);
    });
  return {
    id: typeof id === 'string' || typeof id === 'number' ? String(id) : `#${index}`,
    inputs: Object.fromEntries(names.map((name) => [name, inputOf(name)])),
    annotation,
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
