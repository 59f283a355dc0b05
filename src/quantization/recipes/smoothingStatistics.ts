// What SmoothQuant has to know of activations: the range of every input channel, and some rows to try factors on.
import { GraphEdit } from '../../onnx/graphEdit';
import type { WorkContext } from '../../protocol/progress';
import { bindInputs } from '../../runtime/feeds';
import type { PortInfo } from '../../runtime/session';
import { TensorFetcher } from '../calibration/tensorFetcher';
import { ChannelReductions } from './channelReductions';
import type { SampleSource } from './channelReductions';
import { ConstantEdits } from './constantEdits';
import { smoothableTensors } from './smoothableTensors';
import type { SmoothableTensor } from './smoothableTensors';

/** Smallest and largest value of each channel; 0 for a channel without finite values. */
export interface ChannelRanges {
  readonly min: Float32Array;
  readonly max: Float32Array;
}

/** Measured on the model that is going to be smoothed, by tensor name. */
export interface SmoothingStatistics {
  readonly ranges: ReadonlyMap<string, ChannelRanges>;
  /** Rows of the activation one after another, each as long as it has channels; empty unless asked for. */
  readonly rows: ReadonlyMap<string, Float32Array>;
}

export interface SmoothingRequest extends SampleSource {
  /** Names of the products that will be quantized; absent: all of them. */
  readonly nodes?: ReadonlySet<string>;
  /** Whether rows are kept, which `alpha: 'auto'` needs. */
  readonly withRows: boolean;
}

/** From how many batches rows are taken. */
const rowBatches = 8;
/** How many rows of a tensor are kept, over all batches. */
const mostRows = 512;

/**
 * Measures the activations in front of MatMul and Gemm nodes with constant weights. `request.model` is a prepared model.
 * Throws `quantize-no-samples` for an empty data set, and whatever data and engine throw.
 */
export async function collectSmoothingStatistics(
  request: SmoothingRequest,
  context: WorkContext,
): Promise<SmoothingStatistics> {
  const tensors = smoothableTensors(new ConstantEdits(request.model), request.nodes);
  if (tensors.length === 0) return { ranges: new Map(), rows: new Map() };
  const { ranges, ports } = await collectChannelRanges(request, tensors, context);
  const rows = request.withRows ? await collectRows(request, tensors, ports, context) : new Map<string, Float32Array>();
  return { ranges, rows };
}

async function collectChannelRanges(
  request: SmoothingRequest,
  tensors: readonly SmoothableTensor[],
  context: WorkContext,
): Promise<{ ranges: Map<string, ChannelRanges>; ports: readonly PortInfo[] }> {
  const reductions = new ChannelReductions(new GraphEdit(request.model.proto));
  const found = tensors.map(({ tensor, channels }) => {
    for (const reduction of ['min', 'max'] as const) reductions.add({ tensor, channels, spatialAxes: 0 }, reduction);
    return { tensor, min: new Float32Array(channels).fill(Infinity), max: new Float32Array(channels).fill(-Infinity) };
  });
  const ports = await reductions.run(request, 'measuring channels', context, (values) => {
    found.forEach(({ min, max }, index) => {
      (values[2 * index] ?? min).forEach((value, channel) => {
        if (Number.isFinite(value)) min[channel] = Math.min(min[channel] ?? 0, value);
      });
      (values[2 * index + 1] ?? max).forEach((value, channel) => {
        if (Number.isFinite(value)) max[channel] = Math.max(max[channel] ?? 0, value);
      });
    });
  });
  const finite = (values: Float32Array): Float32Array => values.map((value) => (Number.isFinite(value) ? value : 0));
  const ranges = new Map(found.map(({ tensor, min, max }) => [tensor, { min: finite(min), max: finite(max) }]));
  return { ranges, ports };
}

/** Evenly spaced rows of the first batches. */
async function collectRows(
  request: SmoothingRequest,
  tensors: readonly SmoothableTensor[],
  ports: readonly PortInfo[],
  context: WorkContext,
): Promise<Map<string, Float32Array>> {
  const parts = new Map<string, Float32Array[]>(tensors.map(({ tensor }) => [tensor, []]));
  const fetcher = new TensorFetcher(request.model, [...parts.keys()], request.open);
  try {
    let batches = 0;
    for await (const batch of request.batches()) {
      context.signal.throwIfAborted();
      const values = await fetcher.values(bindInputs(batch.inputs, ports));
      for (const { tensor, channels } of tensors) {
        parts.get(tensor)?.push(spacedRows(values.get(tensor) ?? new Float32Array(0), channels, mostRows / rowBatches));
      }
      context.onProgress({
        phase: 'taking samples of activations',
        done: ++batches,
        total: rowBatches,
        unit: 'batches',
      });
      if (batches === rowBatches) break;
    }
  } finally {
    await fetcher.close();
  }
  return new Map([...parts].map(([tensor, each]) => [tensor, joined(each)]));
}

function spacedRows(values: Float32Array, width: number, most: number): Float32Array {
  const rows = Math.floor(values.length / width);
  const kept = Math.min(rows, most);
  const result = new Float32Array(kept * width);
  for (let row = 0; row < kept; row++) {
    const start = Math.floor((row * rows) / kept) * width;
    result.set(values.subarray(start, start + width), row * width);
  }
  return result;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((all, part) => all + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
