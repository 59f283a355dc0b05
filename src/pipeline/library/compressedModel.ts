// A model of a pipeline: one file, or a cascade of parts that run in order (SYSTEMS §7.4).
import { existsSync } from 'node:fs';
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

/** Throws PipelineError for a model without a file, or a cascade with a missing part. */
export function loadModel(config: ModelConfig): CompressedModel {
  const modelName = 'modelName' in config ? config.modelName : config.model_name;
  if (typeof (modelName as unknown) !== 'string') throw pipelineErrors.noModelName(modelName);
  const parts: readonly (PartConfig & { readonly name?: string })[] = 'cascade' in config ? config.cascade : [config];
  for (const { name, model, weights } of parts) {
    // A script in JavaScript may leave it out.
    if (typeof (model as unknown) !== 'string') throw pipelineErrors.noModel(modelName);
    const missing = [model, ...(weights === undefined || weights === '' ? [] : [weights])].find(
      (path) => !existsSync(path),
    );
    if (missing !== undefined) throw pipelineErrors.missingPart(modelName, name, missing);
  }
  if (parts.length === 0) throw pipelineErrors.noModel(modelName);
  const names = parts.flatMap(({ name }) => name ?? []);
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  if (doubled !== undefined) throw pipelineErrors.doubledPart(modelName, doubled);
  const isCascade = parts.length > 1;
  const models = parts.map(({ name, model }) =>
    isCascade && name !== undefined ? { name, path: model } : { path: model },
  );
  return new CompressedModel(modelName, models);
}
