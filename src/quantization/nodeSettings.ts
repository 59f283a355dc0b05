// What a recipe says about one node or tensor: its own setting where it has one, else that of the whole recipe.
import type { QuantizationRecipe } from '../config/recipe';
import type { NodeProto } from '../onnx/messages';

/** Whether the weights of a node have a scale for each output channel. */
export function perChannelOf(recipe: QuantizationRecipe, node: NodeProto): boolean {
  return recipe.nodes?.[node.name]?.perChannel ?? recipe.perChannel;
}

/** Tells of a constant whether it has 7 bits: it does where any node that reads it asks for that. */
export function reducedWeights(nodes: readonly NodeProto[], recipe: QuantizationRecipe): (tensor: string) => boolean {
  if (recipe.reduceRange) return () => true;
  const reading = recipe.nodes === undefined ? [] : nodes.filter(({ name }) => recipe.nodes?.[name]?.reduceRange);
  const reduced = new Set(reading.flatMap(({ input }) => input));
  return (tensor) => reduced.has(tensor);
}

/** Tells of a tensor whether its zero point lies in the middle of the range: it does where any node asks for it. */
export function symmetricActivations(
  nodes: readonly NodeProto[],
  recipe: QuantizationRecipe,
): (tensor: string) => boolean {
  if (recipe.activationSymmetric) return () => true;
  const symmetric = new Set<string>();
  for (const { name, input, output } of recipe.nodes === undefined ? [] : nodes) {
    if (recipe.nodes?.[name]?.activationSymmetric !== true) continue;
    for (const tensor of [...input, ...output]) symmetric.add(tensor);
  }
  return (tensor) => symmetric.has(tensor);
}
