// The things of a project by their kind.
import type { PartKind, ProjectParts } from '../../protocol/facts';
import type { BenchConnection } from '../bench/benchConnection';
import type {
  BenchmarkNode,
  DatasetNode,
  ModelNode,
  OptimizationNode,
  PartNode,
  ProfilingNode,
  SensitivityNode,
} from './nodes';

/** In the order they are shown. */
export const partKinds: readonly PartKind[] = [
  'model',
  'dataset',
  'optimization',
  'benchmark',
  'profiling',
  'sensitivity',
];

interface NodesByKind {
  readonly model: ModelNode;
  readonly dataset: DatasetNode;
  readonly optimization: OptimizationNode;
  readonly benchmark: BenchmarkNode;
  readonly profiling: ProfilingNode;
  readonly sensitivity: SensitivityNode;
}

/** A thing of a kind. */
export type PartNodeOf<Kind extends PartKind> = NodesByKind[Kind];

/** What is known of the things of a kind in a project. */
export function partsOfKind(parts: ProjectParts, kind: PartKind): readonly PartNode['facts'][] {
  switch (kind) {
    case 'model':
      return parts.models;
    case 'dataset':
      return parts.datasets;
    case 'optimization':
      return parts.optimizations;
    case 'benchmark':
      return parts.benchmarks;
    case 'profiling':
      return parts.profilings;
    case 'sensitivity':
      return parts.sensitivities;
  }
}

/** The things of a kind in a project, as commands are handed them. */
export function partNodes<Kind extends PartKind>(
  bench: BenchConnection,
  parts: ProjectParts,
  kind: Kind,
): readonly PartNodeOf<Kind>[] {
  // The facts of a kind go with it.
  return partsOfKind(parts, kind).map((facts) => ({ kind, bench, facts }) as unknown as PartNodeOf<Kind>);
}
