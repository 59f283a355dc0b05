// The activations SmoothQuant works on: those that matrix products with constant weights read.
import type { NodeProto } from '../../onnx/messages';
import { intOf } from '../prepare/preparation';
import type { ConstantEdits } from './constantEdits';
import { weightLayout } from './weightLayout';
import type { WeightLayout } from './weightLayout';

/** A matrix product that reads a smoothed activation as its first input. */
export interface SmoothedProduct {
  readonly node: NodeProto;
  readonly layout: WeightLayout;
}

/** An activation with its channels on the last axis, and every product that will share its factors. */
export interface SmoothableTensor {
  readonly tensor: string;
  readonly channels: number;
  readonly products: readonly SmoothedProduct[];
}

/**
 * The activations in front of MatMul and Gemm nodes with a constant weight (a single float32 matrix), in graph order.
 * With `nodes`, only those that at least one of the named nodes reads.
 */
export function smoothableTensors(edits: ConstantEdits, nodes?: ReadonlySet<string>): SmoothableTensor[] {
  const products = new Map<string, SmoothedProduct[]>();
  for (const node of edits.view.nodes) {
    const layout = productLayout(node, edits);
    const [tensor = ''] = node.input;
    // Constants have no outliers that calibration would have seen.
    if (layout === undefined || edits.view.initializer(tensor) !== undefined) continue;
    const others = products.get(tensor);
    if (others === undefined) products.set(tensor, [{ node, layout }]);
    else if (others[0]?.layout.inputs === layout.inputs) others.push({ node, layout });
  }
  return [...products].flatMap(([tensor, readers]) => {
    const isWanted = nodes === undefined || readers.some(({ node }) => nodes.has(node.name));
    return isWanted ? [{ tensor, channels: readers[0]?.layout.inputs ?? 0, products: readers }] : [];
  });
}

function productLayout(node: NodeProto, edits: ConstantEdits): WeightLayout | undefined {
  const isProduct = node.opType === 'MatMul' || (node.opType === 'Gemm' && intOf(node, 'transA', 0) === 0);
  const weight = isProduct ? edits.constant(node, 1) : undefined;
  return weight === undefined ? undefined : weightLayout(node, weight.dims);
}
