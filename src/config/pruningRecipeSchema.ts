// The JSON Schema of a pruning recipe, built from the dictionary, for editors that check and complete YAML.
import type { ParameterValue } from '../dictionary/entry';
import { pruningRecipeKeys } from '../dictionary/pruningRecipeKeys';
import { defaultTargetSparsity } from '../protocol/pruning';
import { orNull, typeSchema } from './schemaParts';
import type { Schema } from './schemaParts';

/** Recipes as people write them; a test reads each through the checker of the product. */
export const pruningRecipeExamples: readonly ParameterValue[] = [
  { model: 'model.onnx', target_sparsity: defaultTargetSparsity, layers: { 'fc.weight': 0 } },
  { layers: { 'layer1.conv1.weight': 0.7, 'fc.weight': 0.9 } },
  { other_layers: 0.5, layers: { 'conv1.weight': 0 } },
];

/** JSON Schema (draft 07) of the whole file. */
export function pruningRecipeSchema(): Schema {
  const { model, target_sparsity: target, layers, other_layers: others } = pruningRecipeKeys;
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Pruning recipe of Compressor Bench',
    description: 'How sparse each layer of a model becomes: the --recipe of "compressor-bench prune".',
    type: 'object',
    properties: {
      model: keySchema(model),
      target_sparsity: keySchema(target),
      layers: {
        title: layers.title,
        description: layers.help,
        type: ['object', 'null'],
        additionalProperties: typeSchema(layers.type),
      },
      other_layers: { ...keySchema(others), default: others.default },
    },
    additionalProperties: false,
    anyOf: [{ required: ['target_sparsity'] }, { required: ['layers'] }, { required: ['other_layers'] }],
    not: { required: ['target_sparsity', 'other_layers'] },
    examples: pruningRecipeExamples,
  };
}

function keySchema({
  title,
  help,
  type,
}: (typeof pruningRecipeKeys)['model' | 'target_sparsity' | 'other_layers']): Schema {
  return { title, description: help, ...orNull(typeSchema(type)) };
}
