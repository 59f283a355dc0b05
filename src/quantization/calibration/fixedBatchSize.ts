// The batch size a model insists on.
import type { PortInfo } from '../../runtime/session';

/** The first dimension of the first input that has a shape, where it is a number; undefined when any batch will do. */
export function fixedBatchSize(inputs: readonly Pick<PortInfo, 'dims'>[]): number | undefined {
  const batch = inputs.find((input) => input.dims.length > 0)?.dims[0];
  return typeof batch === 'number' ? batch : undefined;
}
