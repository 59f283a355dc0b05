// Writes the models of a pipeline where the script wants them (SYSTEMS §7.1, §7.4).
import { basename, join } from 'node:path';
import { fileErrorOf } from '../../files/fileErrors';
import { makeFolders } from '../../files/makeFolders';
import type { ModelProto } from '../../onnx/messages';
import { readModel } from '../../onnx/readModel';
import { writeModel } from '../../onnx/writeModel';
import { demand, demandText } from './callers';
import type { CompressedModel } from './compressedModel';
import { Parameters } from './parameters';
import { prefixOf } from './partNames';
import { pipelineErrors } from './pipelineErrors';

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
 * `<model name>_<part>.onnx`, or `<part>.onnx` without a name. Throws FileError where the folder cannot be made, ModelError
 * where a file cannot be written, PipelineError for a name that is none of a file.
 */
export async function saveModel(
  model: CompressedModel,
  folder: string,
  options: SaveOptions = {},
): Promise<readonly SavedModel[]> {
  demand('model', model, 'The model for saveModel');
  demandText(folder, 'The folder for saveModel', 'Name the folder that the files are to be in.');
  const group = new Parameters(options, ['modelName', 'forStatCollection'], 'saveModel');
  const [modelName, forStatCollection] = [group.text('modelName'), group.flag('forStatCollection') ?? false];
  const names = modelName === undefined && model.isCascade ? [] : [modelName ?? model.name];
  for (const name of [...names, ...model.models.flatMap((part) => part.name ?? [])]) checkFileName(name);
  await madeFolder(folder);
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

/** Throws `pipeline-file-name` for a name that would lead to another folder, or is none. */
function checkFileName(name: string): void {
  const isPlain = name !== '' && name === basename(name) && !/[\\/\0]/.test(name) && name !== '..' && name !== '.';
  if (!isPlain) throw pipelineErrors.fileName(name);
}

async function madeFolder(folder: string): Promise<void> {
  try {
    await makeFolders(folder);
  } catch (thrown) {
    throw fileErrorOf(thrown, folder, 'make the folder');
  }
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
