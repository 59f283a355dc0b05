// What can be chosen for each node of a model: the engine's capabilities, cut down to what the user's config allows.
import { followingOpTypes, integerKernelOpTypes, staticOpTypes } from '../../dictionary/quantizableOps';
import { defaultRecipe } from '../../config/recipe';
import type { CalibrationMethod, QuantizedFormat } from '../../config/recipe';
import type { ElementTypeName, OpOptions, QuantizationSection, TensorOptions } from '../../config/tuningConfig';
import { GraphView, isStandardDomain } from '../../onnx/graphView';
import type { NodeProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import { isDynamicallyQuantizable } from '../../quantization/dynamic';
import { planQuantization } from '../../quantization/plan';
import { QuantizationError } from '../../quantization/quantizationErrors';
import type { Fusion, OpConfig, OpSpace, SearchSpace } from '../contracts';
import { firstAndLast, prePostOps, transformerBlocks } from './graphLandmarks';
import { linkedOps } from './linkedOps';
import { modelNames } from './modelNames';
import { productTypes } from './productTypes';

type StaticForm = Extract<OpConfig, { mode: 'static' }>;
type DynamicForm = Extract<OpConfig, { mode: 'dynamic' }>;

/** Op types with a choice of granularity and of calibration (SYSTEMS §4.1); the others have one form. */
const weighted: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'MatMul', 'Gemm']);

const algorithms: readonly CalibrationMethod[] = ['minmax', 'entropy', 'percentile'];

/** How the user's options for a node are found: by its name in the graph of the space. */
export type OptionsOf = (node: NodeProto) => OpOptions;

/**
 * @param model the float graph at `fusion`
 * @param original the graph it was made from
 */
export function searchSpaceOf(
  model: OnnxModel,
  fusion: Fusion,
  format: QuantizedFormat,
  section: QuantizationSection,
  optionsOf: OptionsOf,
  original: OnnxModel = model,
): SearchSpace {
  const staticNodes = section.approach === 'dynamic' ? new Set<NodeProto>() : statically(model, format);
  const dynamicNodes = section.approach === 'static' ? new Set<NodeProto>() : dynamically(model);
  const view = new GraphView(model.graph);
  const ops: OpSpace[] = [];
  for (const node of model.graph.node) {
    const options = optionsOf(node);
    if (staysFloat(options)) continue;
    const isConstantProduct = productTypes.has(node.opType) && view.initializer(node.input[1] ?? '') !== undefined;
    const staticForms = staticNodes.has(node) ? staticFormsOf(node, options, isConstantProduct) : [];
    const dynamicForms = dynamicNodes.has(node) ? dynamicFormsOf(options) : [];
    if (staticForms.length + dynamicForms.length === 0) continue;
    ops.push({ node: node.name, opType: node.opType, isConstantProduct, staticForms, dynamicForms });
  }
  const { samplingSizes } = section;
  const names = new Set(ops.map(({ node }) => node));
  const [firstOp, lastOp] = firstAndLast(model.graph, names);
  return {
    fusion,
    format,
    ops,
    samplingSizes,
    blocks: transformerBlocks(model.graph, names),
    linked: linkedOps(model.graph, names),
    firstOp,
    lastOp,
    prePostOps: prePostOps(model.graph, names),
    modelNames: modelNames(original.graph, model.graph),
  };
}

/** The nodes static quantization takes, without those that only follow their neighbours. */
function statically(model: OnnxModel, format: QuantizedFormat): Set<NodeProto> {
  const recipe = { ...defaultRecipe, format, opTypes: staticOpTypes };
  try {
    const { quantizedNodes } = planQuantization(model, recipe);
    const chosen = [...quantizedNodes].filter(
      ({ opType }) => !followingOpTypes.has(opType) && integerKernelOpTypes.has(opType),
    );
    return new Set(chosen);
  } catch (thrown) {
    if (thrown instanceof QuantizationError && thrown.code === 'quantize-nothing') return new Set();
    throw thrown;
  }
}

function dynamically(model: OnnxModel): Set<NodeProto> {
  const view = new GraphView(model.graph);
  return new Set(model.graph.node.filter((node) => isDynamicallyQuantizable(node, view)));
}

function staticFormsOf(
  { opType, domain }: NodeProto,
  { weight, activation }: OpOptions,
  isConstantProduct: boolean,
): StaticForm[] {
  const hasChoice = weighted.has(opType) && isStandardDomain(domain);
  const wanted = kept(algorithms, activation.algorithm);
  const granularities = kept(['per_channel', 'per_tensor'] as const, weight.granularity);
  // The engine computes with both; the search takes the symmetric one only where the user asks for it.
  const schemes =
    activation.scheme?.every((scheme) => scheme === 'sym') === true ? (['sym'] as const) : (['asym'] as const);
  const forms: StaticForm[] = [];
  for (const activationScheme of schemes) {
    for (const activationAlgorithm of hasChoice ? wanted : wanted.slice(0, 1)) {
      for (const weightGranularity of hasChoice && isConstantProduct ? granularities : (['per_tensor'] as const)) {
        forms.push({ mode: 'static', activationScheme, activationAlgorithm, weightGranularity });
      }
    }
  }
  return forms;
}

function dynamicFormsOf({ weight }: OpOptions): DynamicForm[] {
  return kept(['per_channel', 'per_tensor'] as const, weight.granularity).map((weightGranularity) => ({
    mode: 'dynamic',
    weightGranularity,
  }));
}

/** What the engine can do of what the user wants; all of it where that is nothing (SYSTEMS §2.2). */
function kept<Option>(possible: readonly Option[], wanted: readonly Option[] | undefined): readonly Option[] {
  const both = possible.filter((option) => wanted?.includes(option) !== false);
  return both.length === 0 ? possible : both;
}

const floats: ReadonlySet<ElementTypeName> = new Set(['fp32', 'bf16', 'fp16']);

/** Only floating types were asked for, on either side. */
function staysFloat({ weight, activation }: OpOptions): boolean {
  const onlyFloats = ({ dtype }: TensorOptions): boolean =>
    dtype !== undefined && dtype.length > 0 && dtype.every((one) => floats.has(one));
  return onlyFloats(weight) || onlyFloats(activation);
}
