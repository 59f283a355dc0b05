// Counts the samples for which a model gives NaN: to a metric they are wrong answers like others, to a person a broken model.
import type { Annotation } from '../data/contracts';
import type { Tensor } from '../onnx/tensor';
import type { Metric, ModelOutputs } from './contracts';

/** What feeding a model needs of a metric. */
export type Judge = Pick<Metric, 'update' | 'needsReference'>;

/** Looks at every output of the model, not of the float model it is compared with. */
export class SamplesWithoutNumbers {
  /** Samples with NaN in some output. */
  count = 0;
  private readonly outputs = new Set<string>();

  /** The metric, with what it is given looked at first. */
  watching(metric: Metric): Judge {
    return {
      needsReference: metric.needsReference === true,
      update: (outputs, annotations, reference) => {
        this.lookAt(outputs, annotations);
        metric.update(outputs, annotations, reference);
      },
    };
  }

  notes(samples: number): readonly string[] {
    if (this.count === 0) return [];
    const names = [...this.outputs].slice(0, 4).join(', ');
    return [`The model gave NaN for ${this.count} of the ${samples} samples (output ${names}).`];
  }

  private lookAt(outputs: ModelOutputs, { length: batch }: readonly Annotation[]): void {
    const rows = new Set<number>();
    for (const [name, tensor] of Object.entries(outputs)) {
      for (const row of rowsWithNaN(tensor, batch)) {
        rows.add(row);
        this.outputs.add(name);
      }
    }
    this.count += rows.size;
  }
}

/** One row a sample; an output that is not made of as many rows counts as one. */
function* rowsWithNaN({ type, data }: Tensor, batch: number): Generator<number> {
  if (!(
    data instanceof Float32Array ||
    data instanceof Float64Array ||
    (type === 'float16' && data instanceof Uint16Array)
  ))
    return;
  const size = data.length % batch === 0 ? data.length / batch : data.length;
  const isBroken = data instanceof Uint16Array ? isHalfNaN : Number.isNaN;
  for (let start = 0; start < data.length; start += size) {
    const end = start + size;
    for (let at = start; at < end; at++) {
      if (!isBroken(data[at] ?? 0)) continue;
      yield start / size;
      break;
    }
  }
}

/** All bits of the exponent, and some of the fraction. */
function isHalfNaN(bits: number): boolean {
  return (bits & 0x7c00) === 0x7c00 && (bits & 0x03ff) !== 0;
}
