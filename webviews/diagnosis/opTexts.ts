// Words about operators: what time they take in which model, and why none of the selected can be kept in float.
import type { DiagnosedOp } from '../../src/protocol/panels/diagnosis';
import { usText } from '../kit/figures';

type TimedOp = Pick<DiagnosedOp, 'floatUs' | 'int8Us'>;
type KeepableOp = Pick<DiagnosedOp, 'canBeKept' | 'precision'>;

/** An operator of the quantized model may compute in float all the same; one that is merged has no time of its own. */
export function timesOf({ floatUs, int8Us }: TimedOp): string {
  const timed = (us: number | null, model: string): string =>
    us === null ? `none of its own in the ${model} model` : `${usText(us)} in the ${model} model`;
  return `${timed(floatUs, 'float')}, ${timed(int8Us, 'quantized')}`;
}

/** What stands beside the button that keeps operators in float: how several are selected, or why it is greyed out. */
export function keepHint(selected: readonly KeepableOp[]): string {
  if (selected.length === 0 || selected.some(({ canBeKept }) => canBeKept)) {
    return 'Ctrl+click or Space selects several operators.';
  }
  const [what, compute] = selected.length === 1 ? ['operator', 'computes'] : ['operators', 'compute'];
  return selected.every(({ precision }) => precision === 'float')
    ? `The selected ${what} ${compute} in float already.`
    : `Keeping the selected ${what} in float would make no difference.`;
}
