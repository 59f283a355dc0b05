// The parts that answers of several operations have in common, in the shapes of the API.
import type { Bench } from './bench';
import { domains, domainFlavours, frameworks, precisions } from '../dictionary/benchTerms';
import type { NamedTerm } from '../dictionary/benchTerms';
import type { ModelRecord } from '../store/records';

/** Local time as `2022-01-28 12:37:01`; null for never. */
export function dateView(iso: string): string;
export function dateView(iso: string | null): string | null;
export function dateView(iso: string | null): string | null {
  if (iso === null) return null;
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return null;
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[two(date.getHours()), two(date.getMinutes()), two(date.getSeconds())].join(':')}`;
}

/** A name with its id in the dictionary; 0 for one that is in no dictionary of this version. */
export function termView(terms: readonly NamedTerm[], name: string): { readonly id: number; readonly name: string } {
  return { id: terms.find((term) => term.name === name)?.id ?? 0, name };
}

/** Megabytes, as clients of the originals show sizes. */
export function megabytes(bytes: number): number {
  return Math.round((bytes / 1_000_000) * 1000) / 1000;
}

type TermView = ReturnType<typeof termView>;

export interface ModelView {
  readonly id: number;
  readonly project_id: number;
  readonly name: string;
  readonly path: string;
  readonly framework: TermView;
  /** Megabytes. */
  readonly size: number;
  readonly size_bytes: number;
  readonly sha256: string;
  readonly precision: TermView;
  readonly domain: TermView;
  readonly domain_flavour: TermView;
  readonly input_nodes: readonly string[];
  readonly output_nodes: readonly string[];
  readonly supports_graph: boolean;
  readonly supports_profiling: boolean;
  readonly supports_pruning: boolean;
  readonly created_at: string;
}

/** Everything about a model. */
export function modelView(bench: Bench, record: ModelRecord): ModelView {
  return {
    id: record.id,
    project_id: record.projectId,
    name: record.name,
    path: bench.absolutePath(record.path),
    framework: termView(frameworks, record.framework),
    size: megabytes(record.sizeBytes),
    size_bytes: record.sizeBytes,
    sha256: record.sha256,
    precision: termView(precisions, record.precision),
    domain: termView(domains, record.domain),
    domain_flavour: termView(domainFlavours, record.domainFlavour),
    input_nodes: record.inputNodes,
    output_nodes: record.outputNodes,
    supports_graph: record.supportsGraph,
    supports_profiling: record.supportsProfiling,
    supports_pruning: record.supportsPruning,
    created_at: dateView(record.createdAt),
  };
}
