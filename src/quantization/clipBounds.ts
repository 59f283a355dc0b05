// The bounds of a Clip, which before operator set 11 were attributes and are inputs since.
import { attributeOf } from '../onnx/graphView';
import type { NodeProto } from '../onnx/messages';

/**
 * True when a Relu or Clip has constant bounds with 0 between them: then a quantized range, which always holds 0,
 * saturates where the node would.
 */
export function clipBoundsHoldZero(
  node: NodeProto,
  constantFloats: (tensor: string) => Float32Array | undefined,
): boolean {
  if (node.opType === 'Relu') return true;
  const bound = (inputIndex: number, attribute: string, unbounded: number): number | undefined => {
    const name = node.input[inputIndex] ?? '';
    return name === '' ? (attributeOf(node, attribute)?.f ?? unbounded) : constantFloats(name)?.[0];
  };
  const min = bound(1, 'min', -Infinity);
  const max = bound(2, 'max', Infinity);
  return min !== undefined && max !== undefined && min <= 0 && max >= 0;
}
