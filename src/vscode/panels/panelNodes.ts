// What pages name, as the nodes that commands are handed: found again among the facts of the bench, never taken from a page.
import { commands } from 'vscode';
import { partsMethod, projectsMethod } from '../../protocol/facts';
import type { PartKind } from '../../protocol/facts';
import { idIn } from '../../protocol/methods';
import type { RecordSubject } from '../../protocol/panels/panel';
import { recordOf } from '../../protocol/rpcMessages';
import type { BenchConnection } from '../bench/benchConnection';
import type { BenchNode, PartNode, ProjectNode } from '../tree/nodes';
import { partKinds, partNodes } from '../tree/partNodes';
import type { PartNodeOf } from '../tree/partNodes';

/** What a panel about a record is about. */
export function subjectOf({ bench, facts }: PartNode | ProjectNode): RecordSubject {
  return { bench: bench.folder.uri.toString(), id: facts.id };
}

/** Finds a part wherever it is; throws Error where it is gone. */
export async function partNode<Kind extends PartKind>(
  bench: BenchConnection,
  kind: Kind,
  id: number,
): Promise<PartNodeOf<Kind>> {
  const { projects } = await bench.ask(projectsMethod, null);
  for (const project of projects) {
    const parts = await bench.ask(partsMethod, { id: project.id });
    const node = partNodes(bench, parts, kind).find(({ facts }) => facts.id === id);
    if (node !== undefined) return node;
  }
  throw new Error(`The ${kind} ${id} is not there any more.`);
}

/** Runs a command of the extension on a node. */
export async function runOn(command: string, node: BenchNode, more?: unknown): Promise<void> {
  await commands.executeCommand(`compressorBench.${command}`, node, ...(more === undefined ? [] : [more]));
}

/** `{kind, id}` as a page sends it. */
export function partIn(value: unknown): { readonly kind: PartKind; readonly id: number } {
  const fields = recordOf(value, 'the part');
  const kind = partKinds.find((one) => one === fields['kind']);
  if (kind === undefined) throw new Error('a page named a thing of an unknown kind');
  return { kind, id: idIn(fields, 'id') };
}
