// Short texts about parts of a project, for lists that somebody chooses from.
import type { PartKind, PartNode } from '../tree/nodes';

/** Codicons. */
export const partIcons: Readonly<Record<PartKind, string>> = {
  model: 'symbol-misc',
  dataset: 'database',
  optimization: 'rocket',
  benchmark: 'dashboard',
  profiling: 'flame',
};

/** What tells it from others of its kind. */
export function partDescription(node: PartNode): string {
  switch (node.kind) {
    case 'model':
      return [node.facts.precision, sizeText(node.facts.sizeBytes)].join(' · ');
    case 'dataset':
      return node.facts.datasetType;
    case 'optimization':
      return [node.facts.precision, stateText(node.facts.run?.state)].join(' · ');
    case 'benchmark':
      return [node.facts.mode, stateText(node.facts.run?.state)].join(' · ');
    case 'profiling':
      return stateText(node.facts.run?.state);
  }
}

/** `2.4 MB`, in decimal units. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1000))} kB`;
  return bytes < 1_000_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${(bytes / 1_000_000_000).toFixed(2)} GB`;
}

function stateText(state: string | undefined): string {
  return state ?? 'not run';
}
