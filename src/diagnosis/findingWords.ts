// Figures and lists as the sentences of a diagnosis have them.
import type { NodeProto } from '../onnx/messages';

/** `1 node`, `3 nodes`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}

/** `17 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

/** `LayerNormalization ×7, Erf ×3`: the most frequent first, at most five. */
export function typesOf(nodes: readonly NodeProto[]): string {
  const counts = new Map<string, number>();
  for (const { opType } of nodes) counts.set(opType, (counts.get(opType) ?? 0) + 1);
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  const shown = sorted.slice(0, 5).map(([type, count]) => (count === 1 ? type : `${type} ×${count}`));
  return sorted.length > 5 ? `${shown.join(', ')}, …` : shown.join(', ');
}
