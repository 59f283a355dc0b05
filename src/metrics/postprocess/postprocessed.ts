// A metric with steps before it that change what the model gave (postprocess.transform, SYSTEMS §2.4).
import type { Annotation } from '../../data/contracts';
import type { BuildersOf, ChosenEntry } from '../../dictionary/entry';
import type { outputStepEntries } from '../../dictionary/postprocessing';
import type { NumberArray, Tensor } from '../../onnx/tensor';
import type { Metric, MetricAttribute, ModelOutputs } from '../contracts';
import { metricErrors } from '../metricErrors';
import { decodeSsd } from './decodeSsd';
import { decodeYolo } from './decodeYolo';
import { squadAnswers } from './squadAnswers';

type Wrapper = (metric: Metric) => Metric;
type Change = (outputs: ModelOutputs, batch: number) => ModelOutputs;

const builders: BuildersOf<typeof outputStepEntries, [], Wrapper> = {
  DecodeYolo: (parameters) => changing(decodeYolo(parameters)),
  DecodeSsd: (parameters) => changing(decodeSsd(parameters)),
  SquadV1: squadAnswers,
  Collect:
    ({ length }) =>
    (metric) =>
      new CollectingMetric(metric, length),
};

/** Names with code behind them; the same as the dictionary's, but for the shift of labels, which is a transform. */
export const outputStepNames = Object.keys(builders);

/** The metric behind the steps, which are applied in their order. Steps come from a checked section. */
export function postprocessed(metric: Metric, steps: readonly ChosenEntry[]): Metric {
  return steps.reduceRight((inner, { name, parameters }) => {
    if (!Object.hasOwn(builders, name)) throw new RangeError(`no postprocessing step "${name}"`);
    const build = builders[name as keyof typeof builders] as (parameters: ChosenEntry['parameters']) => Wrapper;
    return build(parameters)(inner);
  }, metric);
}

/** Outputs of the model and of the float model are changed alike. */
function changing(change: Change): Wrapper {
  return (metric) => ({
    attributes: metric.attributes,
    ...(metric.needsReference === true ? { needsReference: true } : {}),
    update: (outputs, annotations, reference) => {
      const count = annotations.length;
      metric.update(
        change(outputs, count),
        annotations,
        reference === undefined ? undefined : change(reference, count),
      );
    },
    get value() {
      return metric.value;
    },
    get avgValue() {
      return metric.avgValue;
    },
    get notes() {
      return metric.notes ?? [];
    },
    reset: () => {
      metric.reset();
    },
  });
}

interface Part {
  readonly outputs: ModelOutputs;
  readonly annotations: readonly Annotation[];
  readonly reference: ModelOutputs | undefined;
}

/** Hands on whole batches once there are `length` samples, and what is left when a figure is asked for. */
class CollectingMetric implements Metric {
  readonly attributes: Readonly<Record<string, MetricAttribute>>;
  readonly needsReference: boolean;
  private parts: Part[] = [];
  private samples = 0;

  constructor(
    private readonly metric: Metric,
    private readonly length: number,
  ) {
    this.attributes = metric.attributes;
    this.needsReference = metric.needsReference === true;
  }

  update(outputs: ModelOutputs, annotations: readonly Annotation[], reference?: ModelOutputs): void {
    this.parts.push({ outputs, annotations, reference });
    this.samples += annotations.length;
    if (this.samples >= this.length) this.handOn();
  }

  get value(): Metric['value'] {
    this.handOn();
    return this.metric.value;
  }

  get avgValue(): Metric['avgValue'] {
    this.handOn();
    return this.metric.avgValue;
  }

  get notes(): readonly string[] {
    this.handOn();
    return this.metric.notes ?? [];
  }

  reset(): void {
    this.parts = [];
    this.samples = 0;
    this.metric.reset();
  }

  private handOn(): void {
    const parts = this.parts;
    const [first] = parts;
    if (first === undefined) return;
    this.parts = [];
    this.samples = 0;
    const reference = first.reference === undefined ? undefined : joined(parts.map((part) => part.reference ?? {}));
    this.metric.update(
      joined(parts.map(({ outputs }) => outputs)),
      parts.flatMap(({ annotations }) => annotations),
      reference,
    );
  }
}

/** Outputs of several batches as those of one. */
function joined(parts: readonly ModelOutputs[]): ModelOutputs {
  const names = Object.keys(parts[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [
      name,
      joinedTensor(
        name,
        parts.flatMap((part) => part[name] ?? []),
      ),
    ]),
  );
}

/** Along the first axis, which alone may differ. */
function joinedTensor(name: string, tensors: readonly Tensor[]): Tensor {
  const [first] = tensors;
  if (first === undefined || tensors.length === 1)
    return first ?? { type: 'float32', dims: [0], data: new Float32Array() };
  const rest = first.dims.slice(1);
  if (tensors.some(({ dims }) => dims.slice(1).join() !== rest.join())) throw metricErrors.collected(name);
  const dims = [tensors.reduce((sum, tensor) => sum + (tensor.dims[0] ?? 1), 0), ...rest];
  const { data, type } = first;
  if (!ArrayBuffer.isView(data))
    return { type, dims, data: tensors.flatMap((each) => [...(each.data as readonly string[])]) };
  const length = tensors.reduce((sum, tensor) => sum + tensor.data.length, 0);
  const whole = new (data.constructor as new (length: number) => NumberArray)(length);
  let at = 0;
  for (const tensor of tensors) {
    // All are outputs of one name, whose arrays are of one class.
    (whole as Uint8Array).set(tensor.data as Uint8Array, at);
    at += tensor.data.length;
  }
  return { type, dims, data: whole };
}
