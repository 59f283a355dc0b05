// Writes the models of a pipeline where the script wants them (SYSTEMS §7.1, §7.4).
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelProto } from '../../onnx/messages';
import { readModel } from '../../onnx/readModel';
import { writeModel } from '../../onnx/writeModel';
import type { CompressedModel } from './compressedModel';
import { prefixOf } from './partNames';

export interface SaveOptions {
  /** Of the files; absent: the name of the model, for a cascade those of its parts. */
  readonly modelName?: string;
  /** Nodes of a cascade keep the names they have in statistics: that of their part, an underscore, their own (false). */
  readonly forStatCollection?: boolean;
}

export interface SavedModel {
  /** Of the part; absent for a single model. */
  readonly name?: string;
  /** Of the .onnx file. */
  readonly model: string;
  /** Of the file with the weights, where one file cannot hold them; else empty. */
  readonly weights: string;
}

/**
 * Writes each part into `folder`, which is made where it is missing: `<model name>.onnx`, of a cascade
 * `<model name>_<part>.onnx`, or `<part>.onnx` without a name. Throws ModelError where a file cannot be written.
 */
export async function saveModel(
  model: CompressedModel,
  folder: string,
  { modelName, forStatCollection = false }: SaveOptions = {},
): Promise<readonly SavedModel[]> {
  await mkdir(folder, { recursive: true });
  const saved: SavedModel[] = [];
  for (const [index, { name, path }] of model.models.entries()) {
    const fileName = model.isCascade ? [modelName, name].filter(Boolean).join('_') : (modelName ?? model.name);
    const prefix = forStatCollection ? prefixOf(model, index) : '';
    const files = await copied(path, join(folder, `${fileName}.onnx`), prefix);
    const [file = '', weights = ''] = files;
    saved.push({ ...(model.isCascade && name !== undefined ? { name } : {}), model: file, weights });
  }
  return saved;
}

async function copied(from: string, to: string, prefix: string): Promise<readonly string[]> {
  const model = readModel(from);
  try {
    const proto = prefix === '' ? model.proto : withPrefix(model.proto, prefix);
    return (await writeModel(to, proto, { tensors: model.tensors })).files;
  } finally {
    model.close();
  }
}

function withPrefix(proto: ModelProto, prefix: string): ModelProto {
  if (proto.graph === undefined) return proto;
  const node = proto.graph.node.map((one) => ({ ...one, name: `${prefix}${one.name}` }));
  return { ...proto, graph: { ...proto.graph, node } };
}
