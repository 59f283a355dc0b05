// Says for people what AccuracyAwareQuantization came to.
import type { WalkEnd, WalkReport } from './walk';

const reasons: Readonly<Record<Exclude<WalkEnd, 'goal'>, string>> = {
  'all checked': 'all layers have been checked',
  iterations: 'max_iter_num is used up',
  'nothing left': 'no quantized layer would be left',
  stopped: 'it was stopped',
};

/** `accuracy_aware: 2 out of 53 layers have been reverted to floating-point precision: a, b.` */
export function walkText<Config>({ end, best, reverted, layers }: WalkReport<Config>): string {
  if (best === undefined) return 'accuracy_aware: no model was tried.';
  const count = `${reverted.length} out of ${layers} ${layers === 1 ? 'layer' : 'layers'}`;
  const names = reverted.length === 0 ? '' : `: ${reverted.join(', ')}`;
  if (end === 'goal') return `accuracy_aware: ${count} have been reverted to floating-point precision${names}.`;
  const failed = `accuracy_aware could not achieve the required accuracy drop: ${reasons[end]}`;
  // Others may be as near: this is the one with the fewest of them float.
  return `${failed}. It came nearest with ${count} reverted to floating-point precision${names}.`;
}
