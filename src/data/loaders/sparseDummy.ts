// Loader `sparse_dummy_v2`: random sparse tensors without end, as coordinates and values (SYSTEMS §5.1).
import { elementCount } from '../../onnx/tensor';
import type { Tensor } from '../../onnx/tensor';
import type { Annotation } from '../contracts';
import { dataErrors } from '../dataErrors';
import { listOfShapes, plansOf } from './dummy';
import type { LoaderPlace, Shapes, ValueParameters } from './dummy';
import { randomGenerator, randomTensor } from './randomTensors';
import type { TensorPlan } from './randomTensors';
import type { ItemSource } from './sources';

type Parameters = ValueParameters & {
  readonly dense_shape: Shapes;
  readonly label_shape: Shapes;
  readonly sparse_ratio: readonly number[];
};

/** Elements of a dense shape at most: its positions are drawn from among all. */
const mostElements = 2 ** 26;

/**
 * For each dense shape two inputs: `indices_k`, int64 [n, rank] in row-major order, and `values_k`, [n], where n is the
 * share of elements that are not 0. Labels are dense and random; without a label shape there are none.
 */
export function openSparseDummy(parameters: Parameters, place: LoaderPlace): ItemSource {
  const { label_shape: labelShape, sparse_ratio: ratios } = parameters;
  const shapes = listOfShapes(parameters.dense_shape);
  const labelShapes = labelShape.length === 0 ? [] : listOfShapes(labelShape);
  const plans = plansOf([...shapes, ...labelShapes], parameters, place);
  if (ratios.length !== 1 && ratios.length !== shapes.length) {
    const problem = `sparse_ratio has ${ratios.length} values for ${shapes.length} dense shapes`;
    throw dataErrors.parameters(
      place.file,
      place.line,
      problem,
      `Give sparse_ratio one value, or ${String(shapes.length)}.`,
    );
  }
  if (shapes.some((dims) => elementCount(dims) > mostElements)) {
    const problem = `A dense shape of sparse_dummy_v2 has more than ${mostElements} elements`;
    throw dataErrors.parameters(place.file, place.line, problem, 'Choose a smaller dense_shape.');
  }
  const sparse = shapes.map((_, index) => ratios[index] ?? ratios[0] ?? 0);
  return {
    kind: 'items',
    loader: {
      endless: true,
      get: (index) => {
        const inputs = sparse.flatMap((ratio, tensor) => sparseInputs(plans[tensor], ratio, index, tensor));
        const labels = plans
          .slice(shapes.length)
          .map((plan, tensor) => randomTensor(plan, index, shapes.length + tensor));
        const annotation: Annotation = labels.length > 1 ? labels : labels[0];
        return { id: `#${index}`, inputs: Object.fromEntries(inputs), annotation };
      },
    },
  };
}

function sparseInputs(
  plan: TensorPlan | undefined,
  zeroFraction: number,
  sample: number,
  tensor: number,
): [string, Tensor][] {
  if (plan === undefined) return [];
  const { dims } = plan;
  const size = elementCount(dims);
  const count = Math.round(size * (1 - zeroFraction));
  const positions = drawnPositions(size, count, randomGenerator(sample, tensor, positionsKey));
  const indices = new BigInt64Array(count * dims.length);
  positions.forEach((position, row) => {
    let rest = position;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const length = dims[axis] ?? 1;
      indices[row * dims.length + axis] = BigInt(rest % length);
      rest = Math.floor(rest / length);
    }
  });
  return [
    [`indices_${tensor}`, { type: 'int64', dims: [count, dims.length], data: indices }],
    [`values_${tensor}`, randomTensor({ ...plan, dims: [count] }, sample, tensor)],
  ];
}

/** So that positions and values are drawn apart. */
const positionsKey = 1;

/** `count` of the numbers below `size`, each once and in order, by selection sampling (Knuth, TAOCP 3.4.2, algorithm S). */
function drawnPositions(size: number, count: number, random: () => number): Float64Array {
  const drawn = new Float64Array(count);
  let taken = 0;
  for (let position = 0; position < size && taken < count; position++) {
    if ((size - position) * random() < count - taken) drawn[taken++] = position;
  }
  return drawn;
}
