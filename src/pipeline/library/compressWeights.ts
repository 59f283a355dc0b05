// Stores weights that a model carries as floats but rounds to 8 bits before use as 8-bit numbers: a quarter of their size,
// and not a bit of the results changes (POT's compress_model_weights; SYSTEMS §7.1).
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DataType } from '../../onnx/dataTypes';
import { GraphEdit } from '../../onnx/graphEdit';
import { makeTensor } from '../../onnx/makeMessages';
import type { ModelProto, NodeProto, TensorProto } from '../../onnx/messages';
import { readModel } from '../../onnx/readModel';
import type { OnnxModel } from '../../onnx/readModel';
import { writeModel } from '../../onnx/writeModel';
import { quantizePerChannel, quantizeValues } from '../../quantization/numberScheme';
import type { QuantizedArray } from '../../quantization/numberScheme';
import { intOf } from '../../quantization/prepare/preparation';
import { demand } from './callers';
import { CompressedModel } from './compressedModel';
import { scratchFolder } from './scratchFolder';

/**
 * The model with constants behind a QuantizeLinear as 8-bit numbers in its place. What the algorithms of this library make
 * has its weights in 8 bits already; models quantized elsewhere, with quantizers still before their weights, have not.
 */
export async function compressModelWeights(model: CompressedModel): Promise<CompressedModel> {
  demand('model', model, 'The model for compressModelWeights');
  const models = [];
  for (const part of model.models) models.push({ ...part, path: await compressedPart(part.path) });
  return new CompressedModel(model.name, models);
}

/** The path of a compressed copy; the same one where nothing is to be compressed. */
async function compressedPart(path: string): Promise<string> {
  const model = readModel(path);
  try {
    const proto = withStoredWeights(model);
    if (proto === undefined) return path;
    const compressed = join(scratchFolder(), `model-${randomUUID()}.onnx`);
    await writeModel(compressed, proto, { tensors: model.tensors, isScratch: true });
    return compressed;
  } finally {
    model.close();
  }
}

function withStoredWeights(model: OnnxModel): ModelProto | undefined {
  const edit = new GraphEdit(model.proto);
  const view = edit.view();
  let count = 0;
  const constant = (name = ''): TensorProto | undefined =>
    view.isGraphInput(name) ? undefined : view.initializer(name);
  edit.rewriteNodes((node) => {
    const [output = ''] = node.output;
    const stored =
      node.opType === 'QuantizeLinear' && !view.isGraphOutput(output) ? storedOf(model, node, constant) : undefined;
    if (stored === undefined) return node;
    edit.setInitializer(makeTensor(output, stored.dataType, stored.dims, stored.values));
    count++;
    return undefined;
  });
  if (count === 0) return undefined;
  edit.removeUnusedInitializers();
  return edit.toModel();
}

interface StoredConstant {
  readonly dataType: number;
  readonly dims: readonly number[];
  readonly values: QuantizedArray;
}

/** What a QuantizeLinear makes of a constant; undefined where it reads something else, or makes other numbers. */
function storedOf(
  model: OnnxModel,
  node: NodeProto,
  constant: (name?: string) => TensorProto | undefined,
): StoredConstant | undefined {
  const [weight, scale, zero] = [0, 1, 2].map((index) => constant(node.input[index]));
  if (weight?.dataType !== DataType.float32 || scale?.dataType !== DataType.float32) return undefined;
  if ((node.input[2] ?? '') !== '' && zero === undefined) return undefined;
  const dataType = zero?.dataType ?? DataType.uint8;
  if (dataType !== DataType.uint8 && dataType !== DataType.int8) return undefined;
  const type = dataType === DataType.uint8 ? 'uint8' : 'int8';
  const [values, scales] = [model.tensors.floats(weight), model.tensors.floats(scale)];
  const zeros = zero === undefined ? scales.map(() => 0) : model.tensors.integers(zero);
  const zeroPoints = type === 'uint8' ? Uint8Array.from(zeros) : Int8Array.from(zeros);
  const { dims } = weight;
  if (scales.length === 1) {
    const parameters = { scale: scales[0] ?? 1, zeroPoint: zeroPoints[0] ?? 0 };
    return { dataType, dims, values: quantizeValues(values, type, parameters) };
  }
  const given = intOf(node, 'axis', 1);
  const axis = given < 0 ? given + dims.length : given;
  // Scales for blocks of an axis, or for several axes, are none that this reads.
  if (scale.dims.length !== 1 || dims[axis] !== scales.length) return undefined;
  return { dataType, dims, values: quantizePerChannel(values, dims, axis, type, scales, zeroPoints) };
}
