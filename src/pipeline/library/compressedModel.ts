// A model of a pipeline: one file, or a cascade of parts that run in order (SYSTEMS §7.4).
import { statSync } from 'node:fs';
import { ModelError } from '../../onnx/modelErrors';
import { readModel } from '../../onnx/readModel';
import { Parameters } from './parameters';
import { pipelineErrors } from './pipelineErrors';

export interface ModelPart {
  /** Absent for a single model. */
  readonly name?: string;
  /** Of the .onnx file. */
  readonly path: string;
}

/** A file, and the one with its weights where they are apart: the model itself names it, here it is only looked for. */
interface PartConfig {
  readonly model: string;
  readonly weights?: string;
}

/** One model, or a cascade; the name also as POT spells it. */
export type ModelConfig = ({ readonly modelName: string } | { readonly model_name: string }) &
  (PartConfig | { readonly cascade: readonly (PartConfig & { readonly name: string })[] });

export class CompressedModel {
  constructor(
    readonly name: string,
    readonly models: readonly ModelPart[],
  ) {}

  get isCascade(): boolean {
    return this.models.length > 1;
  }
}

/**
 * Throws PipelineError for a parameter that is unknown, a model without a file, and a cascade with a missing part; ModelError
 * for a file that is no ONNX model, or not in order.
 */
export function loadModel(config: ModelConfig): CompressedModel {
  const group = new Parameters(config, ['model_name', 'model', 'weights', 'cascade'], 'loadModel');
  const modelName = group.value('model_name');
  if (typeof modelName !== 'string' || modelName === '') throw pipelineErrors.noModelName(modelName);
  const isList = group.value('cascade') !== undefined;
  const parts = isList
    ? group.list('cascade').map((part, index) => partOf(part, `loadModel.cascade[${index}]`, modelName))
    : [partOf({ model: group.value('model'), weights: group.value('weights') }, 'loadModel', modelName)];
  if (parts.length === 0) throw pipelineErrors.noModel(modelName);
  const isCascade = parts.length > 1;
  const unnamed = parts.findIndex(({ name }) => name === undefined || name === '');
  if (isCascade && unnamed >= 0) throw pipelineErrors.partName(modelName, unnamed);
  const names = parts.flatMap(({ name }) => name ?? []);
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  if (doubled !== undefined) throw pipelineErrors.doubledPart(modelName, doubled);
  // What is no model is told here, not at the first use.
  for (const { path } of parts) refuseOtherFiles(path);
  const models = parts.map(({ name, path }) => (isCascade && name !== undefined ? { name, path } : { path }));
  return new CompressedModel(modelName, models);
}

/** Looks for the files of a part, or of the model. */
function partOf(given: unknown, place: string, modelName: string): ModelPart {
  const group = new Parameters(given, ['name', 'model', 'weights'], place);
  const [name, path, weights] = [group.text('name'), group.text('model'), group.text('weights') ?? ''];
  if (path === undefined || path === '') throw pipelineErrors.noModel(modelName);
  for (const file of weights === '' ? [path] : [path, weights]) {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) throw pipelineErrors.missingPart(modelName, name, file);
    if (!found.isFile()) throw pipelineErrors.notAFile(modelName, name, file);
  }
  return name === undefined ? { path } : { name, path };
}

/** Throws ModelError at its path for a file that is no model. */
function refuseOtherFiles(path: string): void {
  try {
    readModel(path).close();
  } catch (thrown) {
    throw thrown instanceof ModelError ? new ModelError({ place: path, ...thrown.toRecord() }) : thrown;
  }
}
