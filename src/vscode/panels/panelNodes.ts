// What pages name, as the nodes that commands are handed: found again among the facts of the bench, never taken from a page.
import { commands } from 'vscode';
import { partsMethod, projectsMethod } from '../../protocol/facts';
import type { ProjectParts } from '../../protocol/facts';
import { idIn } from '../../protocol/methods';
import type { RecordSubject } from '../../protocol/panels/panel';
import { recordOf } from '../../protocol/rpcMessages';
import type { BenchConnection } from '../bench/benchConnection';
import type { BenchNode, PartKind, PartNode } from '../tree/nodes';

/** What a panel about a record is about. */
export function subjectOf({ bench, facts }: PartNode | Extract<BenchNode, { kind: 'project' }>): RecordSubject {
  return { bench: bench.folder.uri.toString(), id: facts.id };
}

/** Finds a part wherever it is; throws Error where it is gone. */
export async function partNode(bench: BenchConnection, kind: PartKind, id: number): Promise<PartNode> {
  const { projects } = await bench.ask(projectsMethod, null);
  for (const project of projects) {
    const parts = await bench.ask(partsMethod, { id: project.id });
    const node = nodesOf(bench, parts, kind).find(({ facts }) => facts.id === id);
    if (node !== undefined) return node;
  }
  throw new Error(`The ${kind} ${id} is not there any more.`);
}

function nodesOf(bench: BenchConnection, parts: ProjectParts, kind: PartKind): readonly PartNode[] {
  switch (kind) {
    case 'model':
      return parts.models.map((facts) => ({ kind, bench, facts }));
    case 'dataset':
      return parts.datasets.map((facts) => ({ kind, bench, facts }));
    case 'optimization':
      return parts.optimizations.map((facts) => ({ kind, bench, facts }));
    case 'benchmark':
      return parts.benchmarks.map((facts) => ({ kind, bench, facts }));
    case 'profiling':
      return parts.profilings.map((facts) => ({ kind, bench, facts }));
  }
}

/** Runs a command of the extension on a node. */
export async function runOn(command: string, node: BenchNode, more?: unknown): Promise<void> {
  await commands.executeCommand(`compressorBench.${command}`, node, ...(more === undefined ? [] : [more]));
}

const partKinds: readonly string[] = ['model', 'dataset', 'optimization', 'benchmark', 'profiling'];

/** `{kind, id}` as a page sends it. */
export function partIn(value: unknown): { readonly kind: PartKind; readonly id: number } {
  const fields = recordOf(value, 'the part');
  const { kind } = fields;
  if (typeof kind !== 'string' || !partKinds.includes(kind)) throw new Error('a page named a thing of an unknown kind');
  return { kind: kind as PartKind, id: idIn(fields, 'id') };
}
