// What a config says about each node: model_wise, then optype_wise, then op_wise (SYSTEMS §2.2).
import { nearestName } from '../../config/nearestName';
import { nodePattern } from '../../config/nodePattern';
import type { OpOptions, QuantizationSection, TensorOptions } from '../../config/tuningConfig';
import type { NodeProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import { excludedAfterOptimizing } from '../../quantization/excludedNodes';
import type { OptionsOf } from './searchSpace';
import { tuningErrors } from '../tuningErrors';

/**
 * Options of the nodes of `graph`, a form of `given`: op types and patterns speak of the given model, and follow a node
 * that the engine merged into another.
 *
 * @param place the config file, for sentences
 * @throws TuningError for a pattern that matches no node, or an op type the model does not have
 */
export function nodeOptionsOf(
  section: QuantizationSection,
  given: OnnxModel,
  graph: OnnxModel,
  place: string,
): OptionsOf {
  refuseUnknownTypes(section, given, place);
  const names = given.graph.node.map(({ name }) => name);
  const byNode = new Map<string, OpOptions>();
  const byType = new Map<string, OpOptions>();
  for (const [type, options] of Object.entries(section.optypeWise)) {
    const ofType = given.graph.node.filter(({ opType }) => opType === type).map(({ name }) => name);
    for (const name of excludedAfterOptimizing(given, graph, ofType)) {
      byType.set(name, merged(byType.get(name) ?? nothing, options));
    }
  }
  for (const { pattern, options, line, column } of section.opWise) {
    const expression = nodePattern(pattern);
    const matched = names.filter((name) => expression.test(name));
    if (matched.length === 0) {
      throw tuningErrors.unknownPattern(`${place}:${line}:${column}`, pattern, nearestName(pattern, names));
    }
    for (const name of excludedAfterOptimizing(given, graph, matched)) {
      byNode.set(name, merged(byNode.get(name) ?? nothing, options));
    }
  }
  return ({ name }: NodeProto) =>
    merged(merged(section.modelWise, byType.get(name) ?? nothing), byNode.get(name) ?? nothing);
}

const nothing: OpOptions = { weight: {}, activation: {} };

/** Later options win, field by field. */
function merged(earlier: OpOptions, later: OpOptions): OpOptions {
  const tensor = (one: TensorOptions, other: TensorOptions): TensorOptions => ({ ...one, ...other });
  return {
    weight: tensor(earlier.weight, later.weight),
    activation: tensor(earlier.activation, later.activation),
  };
}

function refuseUnknownTypes(section: QuantizationSection, given: OnnxModel, place: string): void {
  const types = [...new Set(given.graph.node.map(({ opType }) => opType))].sort();
  const unknown = Object.keys(section.optypeWise).find((type) => !types.includes(type));
  if (unknown !== undefined)
    throw tuningErrors.unknownOpType(`${place}: quantization.optype_wise.${unknown}`, unknown, types);
}
