// The data set a project begins with when the shape of its inputs is given: random samples that its model takes.
import type { PortFacts } from '../../onnx/modelFacts';
import type { Draft } from '../../store/records';
import { fittedShape } from './inputShapes';
import type { SampleShape } from './inputShapes';
import { requestErrors } from '../requestErrors';

/** The name of that data set. */
export const dummyName = 'dummy';

/** What random numbers of a type are drawn from. */
interface RandomValues {
  readonly dtype: string;
  readonly low: number;
  readonly high: number;
}

const floatValues: RandomValues = { dtype: 'float32', low: -128, high: 127 };

/** Whole numbers are mostly masks and numbers of words, and 0 and 1 exist everywhere; the upper end is not drawn. */
const valuesByType: ReadonlyMap<string, RandomValues> = new Map([
  ['float32', floatValues],
  ['float16', floatValues],
  ['uint8', { dtype: 'uint8', low: 0, high: 256 }],
  ['int8', { dtype: 'int8', low: -128, high: 128 }],
  ['int32', { dtype: 'int32', low: 0, high: 2 }],
  ['int64', { dtype: 'int64', low: 0, high: 2 }],
  ['bool', { dtype: 'bool', low: 0, high: 1 }],
]);

/** What is known of the values of an input beyond its type. */
export interface ValueBounds {
  readonly lowest?: number;
  readonly highest?: number;
}

/** What `dummyDraft` needs to know of the model. */
export interface DummyModel {
  /** Data goes to all of them. */
  readonly inputs: readonly PortFacts[];
  readonly runs: boolean;
}

/**
 * The record of that data set.
 *
 * @param inputNodes which inputs the shapes are of, in their order
 * @throws RequestError when the model does not take such samples
 */
export function dummyDraft(
  model: DummyModel,
  inputNodes: readonly string[],
  shapes: readonly SampleShape[],
): Omit<Draft<'dataset'>, 'projectId'> {
  return {
    name: dummyName,
    datasetType: 'dummy_v2',
    parameters: dummyParameters(model, inputNodes, shapes),
    transforms: [],
    filter: null,
    metric: null,
    templatePath: null,
  };
}

/**
 * The parameters of `dummy_v2`; its shapes are in the order of the model's inputs.
 *
 * @param bounds by input, for values that are not just any of their type
 */
export function dummyParameters(
  { inputs, runs }: DummyModel,
  inputNodes: readonly string[],
  shapes: readonly SampleShape[],
  bounds: Readonly<Record<string, ValueBounds>> = {},
): Readonly<Record<string, unknown>> {
  // Other tools' graphs do not tell all shapes, and nothing is fed to them.
  if (!runs) return { input_shape: shapes, label_shape: [1] };
  if (shapes.length !== inputs.length || inputNodes.length < inputs.length) {
    throw requestErrors.refused(
      'shape',
      `The model has ${inputs.length} inputs, and all are fed: ${shapes.length} shapes for ${inputNodes.length} of them are not enough.`,
      'Name all inputs of the model and give one shape for each, or no shape.',
    );
  }
  const ordered = inputs.map((input) => fittedShape(shapes[inputNodes.indexOf(input.name)] ?? [], input));
  return { input_shape: ordered, label_shape: [1], ...randomValues(inputs, bounds) };
}

/** Nothing where all inputs take what the loader draws by itself. */
function randomValues(
  inputs: readonly PortFacts[],
  bounds: Readonly<Record<string, ValueBounds>>,
): Readonly<Record<string, unknown>> {
  const values = inputs.map(({ name, type }) => {
    const found = valuesByType.get(type);
    if (found !== undefined) return Object.hasOwn(bounds, name) ? within(found, bounds[name] ?? {}) : found;
    throw requestErrors.refused(
      'shape',
      `The input ${JSON.stringify(name.slice(0, 100))} takes ${type}, and dummy data is never of that type.`,
      'Leave the shape out, and add a data set that gives such samples.',
    );
  });
  if (values.every((one) => one === floatValues)) return {};
  // The last ones are the label's.
  const all = [...values, floatValues];
  return {
    low: all.map(({ low }) => low),
    high: all.map(({ high }) => high),
    dtype: all.map(({ dtype }) => dtype),
  };
}

/** The same where nothing is known; of whole numbers the loader does not draw the upper end itself. */
function within(values: RandomValues, { lowest, highest }: ValueBounds): RandomValues {
  if (lowest === undefined && highest === undefined) return values;
  const { dtype, low, high } = values;
  const end = highest === undefined || dtype === 'float32' ? highest : highest + 1;
  return { dtype, low: lowest ?? low, high: end ?? high };
}
