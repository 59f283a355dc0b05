// Hands out the values of tensors inside a model, run by run.
import { DataType } from '../../onnx/dataTypes';
import { float16ToFloat32 } from '../../onnx/halfFloat';
import type { ModelProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import { inferShapes } from '../../onnx/shapeInference';
import { elementCount } from '../../onnx/tensor';
import type { Tensor } from '../../onnx/tensor';
import type { JobContext } from '../../protocol/jobContext';
import type { EngineSession, SessionOptions } from '../../runtime/session';
import { fetchingModel } from './fetchingModel';

/** Opens a graph that was made for calibration. */
export type OpenGraph = (proto: ModelProto) => Promise<EngineSession>;

/** Opens a rewritten form of `model`: with the engine of this process, or with that of another one. */
export type OpenModelGraph = (
  proto: ModelProto,
  model: OnnxModel,
  context: Pick<JobContext, 'folder' | 'signal'>,
  settings: SessionOptions,
) => Promise<EngineSession>;

/** Inputs of one run, by graph input name. */
export type Feeds = Readonly<Record<string, Tensor>>;

/** Runs a model with some of its float32 tensors as outputs; with float16 ones, too, if told. Whoever makes one closes it. */
export class TensorFetcher {
  private session: Promise<EngineSession> | undefined;
  private readonly inner: readonly string[];

  constructor(
    private readonly model: OnnxModel,
    private readonly tensors: readonly string[],
    private readonly open: OpenGraph,
    private readonly readsHalf = false,
  ) {
    const inputs = new Set(model.graph.input.map((input) => input.name));
    this.inner = tensors.filter((tensor) => !inputs.has(tensor));
  }

  /** The values of each tensor in one run; graph inputs are taken from the feeds. */
  async values(feeds: Feeds): Promise<Map<string, Float32Array>> {
    const outputs = this.inner.length === 0 ? {} : await this.run(feeds);
    const values = new Map<string, Float32Array>();
    for (const tensor of this.tensors) {
      const found = outputs[tensor] ?? feeds[tensor];
      if (found?.data instanceof Float32Array) values.set(tensor, found.data);
      if (this.readsHalf && found?.type === 'float16') values.set(tensor, float16ToFloat32(found.data as Uint16Array));
    }
    return values;
  }

  async close(): Promise<void> {
    const session = this.session;
    this.session = undefined;
    await session?.then(
      (opened) => opened.close(),
      // Whoever asked for values was told that it could not be opened.
      () => undefined,
    );
  }

  private async run(feeds: Feeds): Promise<Feeds> {
    this.session ??= this.open(fetchingModel(this.model.proto, this.inner, this.halves()));
    return (await this.session).run(feeds);
  }

  private halves(): ReadonlySet<string> {
    if (!this.readsHalf) return new Set();
    const types = inferShapes(this.model);
    return new Set(this.inner.filter((tensor) => types.get(tensor)?.dataType === DataType.float16));
  }
}

/** Size assumed for a tensor whose shape is not known beforehand. */
const assumedBytes = 4 * 2 ** 20;

/**
 * Parts a list of tensors so that the values of each part, in one run with these feeds, take at most `limitBytes`
 * (a larger tensor makes a part of its own).
 */
export function partsOfSize(
  model: OnnxModel,
  tensors: readonly string[],
  feeds: Feeds,
  limitBytes: number,
): string[][] {
  const bytesOf = tensorSizes(model, feeds);
  const parts: string[][] = [];
  let left = 0;
  for (const tensor of tensors) {
    const bytes = bytesOf(tensor);
    const part = parts.at(-1);
    if (part === undefined || bytes > left) {
      parts.push([tensor]);
      left = limitBytes - bytes;
    } else {
      part.push(tensor);
      left -= bytes;
    }
  }
  return parts;
}

/** Tells how many bytes a tensor takes in a run with these feeds, at 4 an element; a usual size where it is not known. */
export function tensorSizes(model: OnnxModel, feeds: Feeds): (tensor: string) => number {
  const types = inferShapes(model, sizesOfSymbols(model, feeds));
  return (tensor) => {
    const dims = types.get(tensor)?.dims;
    const sizes = dims?.filter((dim) => typeof dim === 'number') ?? [];
    return sizes.length === dims?.length ? 4 * elementCount(sizes) : assumedBytes;
  };
}

/** The size each symbolic dimension of the inputs has in these feeds. */
function sizesOfSymbols(model: OnnxModel, feeds: Feeds): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const input of model.graph.input) {
    const given = feeds[input.name]?.dims;
    if (input.type?.tensorType?.elemType === DataType.undefined || given === undefined) continue;
    input.type?.tensorType?.shape?.dim.forEach(({ dimParam }, axis) => {
      const size = given[axis];
      if (dimParam !== undefined && size !== undefined) sizes[dimParam] = size;
    });
  }
  return sizes;
}
