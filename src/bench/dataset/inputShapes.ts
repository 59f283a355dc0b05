// Shapes of samples as clients write them: `224,224,3`, `[1,3],[2]`, lists, lists of lists.
import type { PortFacts } from '../../onnx/modelFacts';
import { elementCount } from '../../onnx/tensor';
import { requestErrors } from '../requestErrors';

/** One input's sample, without the batch axis. */
export type SampleShape = readonly number[];

const mostInputs = 64;
const mostAxes = 16;
/** A sample of more elements (1 GB of floats) is a mistake. */
const mostElements = 2 ** 28;

const expected = 'sizes such as "224,224,3", for several inputs "[224,224,3],[10]"';

/** The shapes in the order given; undefined when there are none. Throws RequestError. */
export function readShapes(value: unknown, name: string): readonly SampleShape[] | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const listed = typeof value === 'string' ? listedShapes(value) : value;
  const shapes = listOfShapes(listed);
  if (shapes === undefined) throw requestErrors.valueIncorrect(name, expected);
  return shapes.length === 0 ? undefined : shapes;
}

/** Text as the list it stands for; undefined for other text. */
function listedShapes(text: string): unknown {
  // Python writes tuples; its `(1,)` has a comma more than JSON allows.
  const brackets = text
    .replaceAll('(', '[')
    .replaceAll(')', ']')
    .replaceAll(/,\s*\]/g, ']')
    .trim();
  if (text.length > 4096 || !/^[\d\s,[\]]+$/.test(brackets)) return undefined;
  try {
    const parsed: unknown = JSON.parse(`[${brackets}]`);
    return Array.isArray(parsed) && parsed.length === 1 && Array.isArray(parsed[0]) ? asList(parsed[0]) : parsed;
  } catch {
    return undefined;
  }
}

/** `[[1, 3], [2]]` and `[3, 4]` are lists already; of `[]` there is one, a sample of a single number. */
function asList(inner: unknown[]): unknown {
  return inner.length === 0 ? [inner] : inner;
}

function listOfShapes(listed: unknown): readonly SampleShape[] | undefined {
  if (!Array.isArray(listed) || listed.length > mostInputs) return undefined;
  const isOne = listed.length > 0 && listed.every((size) => typeof size === 'number');
  const shapes: readonly unknown[] = isOne ? [listed] : listed;
  return shapes.every(isShape) ? shapes : undefined;
}

function isShape(value: unknown): value is SampleShape {
  if (!Array.isArray(value) || value.length > mostAxes) return false;
  const sizes: readonly unknown[] = value;
  return sizes.every(isSize) && elementCount(sizes) <= mostElements;
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

/**
 * The sample that an input of a model takes, where it is known: a shape with as many axes as the input has begins with
 * the batch, which is left out. Throws RequestError when it does not fit.
 */
export function fittedShape(shape: SampleShape, { name, shape: dims }: PortFacts): SampleShape {
  if (dims === null) return shape;
  const sample = shape.length === dims.length && shape.length > 0 ? shape.slice(1) : shape;
  const sizes = dims.slice(1);
  const fits = sample.length === sizes.length && sizes.every((size, axis) => isFree(size) || size === sample[axis]);
  if (fits) return sample;
  const wanted = `[${sizes.map((size) => (isFree(size) ? 'any' : size)).join(', ')}]`;
  throw requestErrors.refused(
    'shape',
    `The input ${JSON.stringify(name.slice(0, 100))} takes samples of the shape ${wanted}, not [${shape.join(', ')}].`,
    'Give the shape of one sample, without the batch axis.',
  );
}

/** Sizes with a name or without any are the caller's. */
function isFree(size: number | string | null | undefined): boolean {
  return typeof size !== 'number';
}
