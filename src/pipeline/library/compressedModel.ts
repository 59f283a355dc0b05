// A model of a pipeline: one file, or a cascade of parts that run in order (SYSTEMS §7.4).
import { existsSync } from 'node:fs';
import { pipelineErrors } from './pipelineErrors';

export interface ModelPart {
  /** Absent for a single model. */
  readonly name?: string;
  /** Of the .onnx file. */
  readonly path: string;
}

export interface ModelConfig {
  readonly modelName: string;
  readonly model?: string;
  readonly cascade?: readonly { readonly name: string; readonly model: string }[];
}

export class CompressedModel {
  constructor(
    readonly name: string,
    readonly models: readonly ModelPart[],
  ) {}

  get isCascade(): boolean {
    return this.models.length > 1;
  }
}

/** Throws PipelineError for a model without a file, or a cascade with a missing part. */
export function loadModel({ modelName, model, cascade }: ModelConfig): CompressedModel {
  const parts = cascade?.map((part) => ({ name: part.name, path: part.model })) ?? [];
  const [only] = parts;
  const models: readonly ModelPart[] =
    model === undefined
      ? parts.length === 1 && only !== undefined
        ? [{ path: only.path }]
        : parts
      : [{ path: model }];
  if (models.length === 0) throw pipelineErrors.noModel(modelName);
  const missing = models.find(({ path }) => !existsSync(path));
  if (missing !== undefined) throw pipelineErrors.missingPart(modelName, missing.name, missing.path);
  const names = models.flatMap(({ name }) => name ?? []);
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  if (doubled !== undefined) throw pipelineErrors.doubledPart(modelName, doubled);
  return new CompressedModel(modelName, models);
}
