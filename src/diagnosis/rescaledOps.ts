// Operators whose values were rescaled on purpose: their errors say nothing.
import type { OpDiagnosis } from '../protocol/diagnosis';

/** Below this, in dB, an output has nothing to do with the float one any more. */
const lost = 5;

/** A model that is this much nearer to the float one at its end has not really lost the values in between. */
const regained = 10;

/**
 * Names of operators that look lost although the model's last output is right: equalization and SmoothQuant divide
 * channels here and multiply them back in the next layer, so that the values between have other scales.
 */
export function rescaledOps(ops: readonly Pick<OpDiagnosis, 'node' | 'sqnrDb'>[]): string[] {
  const last = ops.findLast(({ sqnrDb }) => sqnrDb !== null)?.sqnrDb ?? -Infinity;
  if (last < lost + regained) return [];
  return ops.filter(({ sqnrDb }) => sqnrDb !== null && sqnrDb < lost).map(({ node }) => node);
}

/** A sentence about them; none where there are none. */
export function rescalingNotes(ops: readonly Pick<OpDiagnosis, 'node' | 'sqnrDb'>[]): string[] {
  const names = rescaledOps(ops);
  if (names.length === 0) return [];
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return [
    `The values of ${names.slice(0, 3).join(', ')}${more} differ in scale, while what the model makes of them is right: their channels were rescaled (equalization, SmoothQuant), and their errors here mean nothing.`,
  ];
}
