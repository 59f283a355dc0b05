// Short texts about parts of a project, for lists that somebody chooses from.
import { bytesText } from '../../protocol/byteText';
import { stateText } from '../tree/runText';
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
      return [node.facts.precision, bytesText(node.facts.sizeBytes)].join(' · ');
    case 'dataset':
      return node.facts.datasetType;
    case 'optimization':
      return [node.facts.precision, stateText(node.facts.run)].join(' · ');
    case 'benchmark':
      return [node.facts.mode, stateText(node.facts.run)].join(' · ');
    case 'profiling':
      return stateText(node.facts.run);
  }
}
