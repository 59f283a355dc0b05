// Full bias correction (SYSTEMS §7.6, stage 3, BiasCorrection): layer by layer, each measured behind those that are corrected
// already, in a graph whose weights are rounded to 8 bits and whose activations are float.
//
// Only the part between the layers already corrected and the next one is run: what was computed before is kept, up to a
// limit; beyond it the part is longer, and the same comes out later.
import type { Tensor } from '../../onnx/tensor';
import type { WorkContext } from '../../protocol/progress';
import { bindInputs } from '../../runtime/feeds';
import type { PortInfo } from '../../runtime/session';
import { GraphEdit } from '../../onnx/graphEdit';
import { layersOf } from './biasShifts';
import type { BiasShiftRequest, BiasShifts, Layer } from './biasShifts';
import { ChannelReductions } from './channelReductions';
import type { ChannelTensor } from './channelReductions';
import { RoundedGraph } from './roundedGraph';

/** What of the samples is kept between layers. */
const largestKeptBytes = 256 * 2 ** 20;

/** The shifts that are taken of those that were measured: what later layers see is what will be done. */
export type Accept = (shifts: BiasShifts) => BiasShifts;

/**
 * Measures the shifts of the layers that `measureBiasShifts` knows: float mean − mean behind the layers corrected before.
 * Takes a pass over the samples for each layer, each over a part of the model. Throws what that function throws.
 *
 * @param keptBytes how much of what lies between layers is kept
 */
export async function measureShiftsInOrder(
  request: BiasShiftRequest,
  accept: Accept,
  context: WorkContext,
  keptBytes = largestKeptBytes,
): Promise<BiasShifts> {
  const { model } = request.parts;
  const places = new Map(model.graph.node.map((node, index) => [node, index]));
  const layers = layersOf(request.parts).sort((a, b) => (places.get(a.node) ?? 0) - (places.get(b.node) ?? 0));
  if (layers.length === 0) return new Map();
  const { means, ports } = await floatMeans(request, layers, context);
  const graph = new RoundedGraph(request.parts, layers);
  const walk = new LayerWalk(request, graph, ports, context, keptBytes);
  const shifts = new Map<string, Float32Array>();
  for (const [index, layer] of layers.entries()) {
    const rounded = await walk.meanOf(layer);
    const shift = (means[index] ?? rounded).map((mean, channel) => mean - (rounded[channel] ?? NaN));
    const taken = shift.every(Number.isFinite) ? accept(new Map([[layer.node.name, shift]])) : new Map<string, never>();
    const [[name, own] = []] = taken;
    if (name !== undefined && own !== undefined) shifts.set(name, own);
    walk.pass(layer, own, layers.slice(index + 1));
    context.onProgress({ phase: 'correcting biases', done: index + 1, total: layers.length, unit: 'layers' });
  }
  return shifts;
}

function floatMeans(
  request: BiasShiftRequest,
  layers: readonly Layer[],
  context: WorkContext,
): Promise<{ readonly means: readonly Float32Array[]; readonly ports: readonly PortInfo[] }> {
  const { model } = request.parts;
  const reductions = new ChannelReductions(new GraphEdit(model.proto));
  for (const { output } of layers) reductions.add(output, 'mean');
  return reductions.means({ ...request, model }, 'measuring biases', context);
}

/** Goes from layer to layer; keeps what later ones start from, a tensor for each batch. */
class LayerWalk {
  private readonly kept = new Map<string, readonly Tensor[]>();
  private fetched = new Map<string, Tensor[]>();

  constructor(
    private readonly request: BiasShiftRequest,
    private readonly graph: RoundedGraph,
    private readonly ports: readonly PortInfo[],
    private readonly context: WorkContext,
    private readonly keptBytes: number,
  ) {}

  /** Mean of each channel of a layer's output, before its shift. */
  async meanOf(layer: Layer): Promise<Float32Array> {
    const part = this.graph.partFor(layer, this.kept);
    const session = await this.request.open(part.proto);
    const means = new ChannelMeans(layer.output);
    this.fetched = new Map(part.outputs.map((name) => [name, []]));
    let bytes = bytesOf(this.kept);
    try {
      let index = 0;
      for await (const batch of this.request.batches()) {
        this.context.signal.throwIfAborted();
        const inputs = { ...bindInputs(batch.inputs, this.ports), ...this.keptAt(index++) };
        const given = await session.run(named(inputs, session.inputs));
        means.add(given[part.result], batch.ids.length);
        for (const tensor of Object.values(given)) bytes += (tensor.data as Float32Array).byteLength;
        if (bytes > this.keptBytes) this.fetched.clear();
        for (const [name, tensors] of this.fetched) tensors.push(...only(given, name));
      }
    } finally {
      await session.close();
    }
    return means.means();
  }

  /** Goes on behind a layer with the shift it takes, and forgets what none of the layers to come reads. */
  pass(layer: Layer, shift: Float32Array | undefined, left: readonly Layer[]): void {
    if (shift !== undefined) this.graph.setShift(layer, shift);
    for (const [name, tensors] of this.fetched) {
      const isResult = name === this.graph.resultOf(layer);
      if (isResult && shift !== undefined) for (const tensor of tensors) addShift(tensor, layer.output, shift);
      this.kept.set(isResult ? layer.output.tensor : name, tensors);
    }
    this.fetched = new Map();
    const needed = this.graph.startsOf(left, this.kept);
    for (const name of [...this.kept.keys()].filter((one) => !needed.has(one))) this.kept.delete(name);
  }

  private keptAt(index: number): Record<string, Tensor> {
    return Object.fromEntries(
      [...this.kept].flatMap(([name, tensors]) => tensors.slice(index, index + 1).map((one) => [name, one])),
    );
  }
}

/** Those of the tensors that a session takes. */
function named(tensors: Readonly<Record<string, Tensor>>, ports: readonly PortInfo[]): Record<string, Tensor> {
  return Object.fromEntries(ports.flatMap(({ name }) => only(tensors, name).map((tensor) => [name, tensor])));
}

function only(tensors: Readonly<Record<string, Tensor>>, name: string): readonly Tensor[] {
  const tensor = tensors[name];
  return tensor === undefined ? [] : [tensor];
}

function bytesOf(kept: ReadonlyMap<string, readonly Tensor[]>): number {
  const sizes = [...kept.values()].flat().map(({ data }) => (data as Float32Array).byteLength);
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Sums up channels over batches. */
class ChannelMeans {
  private readonly sums: Float64Array;
  private count = 0;

  constructor(private readonly place: ChannelTensor) {
    this.sums = new Float64Array(place.channels);
  }

  add(tensor: Tensor | undefined, samples: number): void {
    if (tensor === undefined) throw new RangeError(`"${this.place.tensor}" was not given`);
    const own = new Float64Array(this.sums.length);
    forEachChannel(tensor, this.place, (values, index, channel) => {
      own[channel] = (own[channel] ?? 0) + (values[index] ?? 0);
    });
    const inEach = tensor.data.length / own.length;
    own.forEach((sum, channel) => (this.sums[channel] = (this.sums[channel] ?? 0) + (samples * sum) / inEach));
    this.count += samples;
  }

  means(): Float32Array {
    return Float32Array.from(this.sums, (sum) => sum / this.count);
  }
}

function addShift(tensor: Tensor, place: ChannelTensor, shift: Float32Array): void {
  forEachChannel(tensor, place, (values, index, channel) => {
    values[index] = (values[index] ?? 0) + (shift[channel] ?? 0);
  });
}

function forEachChannel(
  { data, dims }: Tensor,
  { channels, spatialAxes }: ChannelTensor,
  visit: (values: Float32Array, index: number, channel: number) => void,
): void {
  const inner = spatialAxes === 0 ? 1 : dims.slice(2).reduce((all, size) => all * size, 1);
  const values = data as Float32Array;
  for (let index = 0; index < values.length; index++) visit(values, index, Math.floor(index / inner) % channels);
}
