// Which nodes a recipe asks for at all, before anything is known of their tensors.
import type { QuantizationRecipe } from '../config/recipe';
import { qoperatorOpTypes, staticOpTypes } from '../dictionary/quantizableOps';
import { isStandardDomain, subgraphsOf } from '../onnx/graphView';
import type { NodeProto } from '../onnx/messages';

/** Operators of ONNX Runtime's own domain that the standard rules hold for. */
const quantizableContribOps: ReadonlySet<string> = new Set(['EmbedLayerNormalization']);

/** Why static quantization leaves a node alone, in words for a person; undefined: it may be quantized. */
export function reasonOutsideRecipe(node: NodeProto, recipe: QuantizationRecipe): string | undefined {
  if (subgraphsOf(node).length > 0) return 'control flow and the nodes in its branches are not quantized';
  if (recipe.excludedNodes.includes(node.name)) return 'excluded by the recipe';
  const known = recipe.format === 'qoperator' ? qoperatorOpTypes : staticOpTypes;
  if (recipe.opTypes !== undefined && !recipe.opTypes.includes(node.opType))
    return `${node.opType} is not among the op types asked for`;
  if (!isStandardDomain(node.domain) && !quantizableContribOps.has(node.opType))
    return `${node.domain}.${node.opType} has no 8-bit form`;
  // Op types somebody names are quantized in QDQ by pairs around their tensors, whatever they are.
  if (known.includes(node.opType) || (recipe.opTypes !== undefined && recipe.format === 'qdq')) return undefined;
  return recipe.format === 'qoperator'
    ? `${node.opType} has no integer form in the QOperator format`
    : `${node.opType} is not an op type that is quantized by default`;
}
