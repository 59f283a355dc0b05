// Loaders `dummy` and `dummy_v2`: random tensors, for speed measurements and first tries.
import type { Tensor } from '../../onnx/tensor';
import type { Annotation } from '../contracts';
import { dataErrors } from '../dataErrors';
import { randomTensor } from './randomTensors';
import type { DummyType, TensorPlan } from './randomTensors';
import type { ItemSource } from './sources';

/** One shape, or one for each tensor. */
export type Shapes = readonly number[] | readonly (readonly number[])[];

/** Range and type of the values; one for all tensors, or one for each. */
export interface ValueParameters {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly dtype: readonly DummyType[];
}

/** Where the entry stands, for failures. */
export interface LoaderPlace {
  readonly file: string;
  readonly line: number;
}

/** As many samples as the first axis of the shape says; the label is 0, or there is none. */
export function openDummy(
  parameters: ValueParameters & { shape: Shapes; label: boolean },
  place: LoaderPlace,
): ItemSource {
  const shapes = listOfShapes(parameters.shape);
  const [length = 0] = shapes[0] ?? [];
  if (length === 0 || shapes.some((shape) => shape[0] !== length)) {
    const problem = 'Every shape of dummy begins with the number of samples, the same for all and at least 1';
    throw dataErrors.parameters(place.file, place.line, problem, 'Write for example shape: [100, 3, 224, 224].');
  }
  const plans = plansOf(
    shapes.map((shape) => shape.slice(1)),
    parameters,
    place,
  );
  const label = parameters.label ? 0 : undefined;
  return {
    kind: 'items',
    loader: {
      length,
      get: (index) => ({ id: `#${index}`, inputs: inputsOf(plans, index), annotation: label }),
    },
  };
}

/** Samples without end. One label: a tensor; several: a list of tensors; none: undefined. */
export function openDummyV2(
  parameters: ValueParameters & { input_shape: Shapes; label_shape: Shapes },
  place: LoaderPlace,
): ItemSource {
  const inputShapes = listOfShapes(parameters.input_shape);
  const labelShapes = parameters.label_shape.length === 0 ? [] : listOfShapes(parameters.label_shape);
  const plans = plansOf([...inputShapes, ...labelShapes], parameters, place);
  const inputPlans = plans.slice(0, inputShapes.length);
  const labelPlans = plans.slice(inputShapes.length);
  return {
    kind: 'items',
    loader: {
      endless: true,
      get: (index) => {
        const labels = labelPlans.map((plan, tensor) => randomTensor(plan, index, inputPlans.length + tensor));
        const annotation: Annotation = labels.length > 1 ? labels : labels[0];
        return { id: `#${index}`, inputs: inputsOf(inputPlans, index), annotation };
      },
    },
  };
}

function inputsOf(plans: readonly TensorPlan[], index: number): Record<string, Tensor> {
  return Object.fromEntries(plans.map((plan, tensor) => [`input_${tensor}`, randomTensor(plan, index, tensor)]));
}

/** The shapes as a list, also where there is one. */
export function listOfShapes(shapes: Shapes): readonly (readonly number[])[] {
  const list = shapes.filter((shape) => typeof shape === 'object');
  return list.length > 0 ? list : [shapes.filter((size) => typeof size === 'number')];
}

/** What is drawn for each shape; throws a DataError where the lists of `values` have another length, or a low is above its high. */
export function plansOf(
  shapes: readonly (readonly number[])[],
  values: ValueParameters,
  place: LoaderPlace,
): TensorPlan[] {
  for (const name of ['low', 'high', 'dtype'] as const) {
    const count = values[name].length;
    if (count === 1 || count === shapes.length) continue;
    const problem = `${name} has ${count} values for ${shapes.length} tensors (inputs, then labels)`;
    throw dataErrors.parameters(place.file, place.line, problem, `Give ${name} one value, or ${shapes.length}.`);
  }
  return shapes.map((dims, index) => {
    const low = values.low[index] ?? values.low[0] ?? 0;
    const high = values.high[index] ?? values.high[0] ?? 0;
    if (low > high) {
      const problem = `low is ${low}, which is above high, ${high}`;
      throw dataErrors.parameters(place.file, place.line, problem, 'Swap the two, or leave one of them out.');
    }
    return { dims, low, high, type: values.dtype[index] ?? values.dtype[0] ?? 'float32' };
  });
}
