// What a command was given: rows of the trees, several of them, a file, or nothing.
import { Uri } from 'vscode';
import { partsMethod } from '../../protocol/facts';
import type { BenchNode, JobNode, PartNode, ProjectNode } from '../tree/nodes';

type AnyNode = BenchNode | JobNode;
type NodeKind = AnyNode['kind'];
type NodeOf<Kind extends NodeKind> = Extract<AnyNode, { readonly kind: Kind }>;

/** The arguments of a command, as the editor passes them: what was clicked, and all that is selected. */
export interface Given {
  readonly first: unknown;
  readonly second: unknown;
}

const nothingGiven: Given = { first: undefined, second: undefined };

/** The arguments of a command that was called with some. */
export function givenOf([first, second]: readonly unknown[]): Given {
  return first === undefined ? nothingGiven : { first, second };
}

/** The rows of a kind; several where several are selected and the one that was clicked is among them. */
export function givenNodes<Kind extends NodeKind>({ first, second }: Given, kind: Kind): readonly NodeOf<Kind>[] {
  const clicked = isNode(first, kind) ? [first] : [];
  const selected = Array.isArray(second) ? second.filter((one): one is NodeOf<Kind> => isNode(one, kind)) : [];
  return selected.length > 0 && clicked.every((one) => selected.includes(one)) ? selected : clicked;
}

/** The clicked row of a kind. */
export function givenNode<Kind extends NodeKind>({ first }: Given, kind: Kind): NodeOf<Kind> | undefined {
  return isNode(first, kind) ? first : undefined;
}

/** The model file that was clicked in the explorer, dropped, or is open. */
export function givenFile({ first }: Given): Uri | undefined {
  return first instanceof Uri ? first : undefined;
}

/** The project that what was clicked belongs to. */
export async function givenProject({ first }: Given): Promise<ProjectNode | undefined> {
  if (!isAnyNode(first)) return undefined;
  switch (first.kind) {
    case 'project':
      return first;
    case 'group':
      return { kind: 'project', bench: first.bench, facts: first.project };
    case 'model':
    case 'dataset':
    case 'optimization':
    case 'benchmark':
    case 'profiling':
    case 'sensitivity':
      return projectOf(first);
    default:
      return undefined;
  }
}

/** The project of a part. */
export async function projectOf({ bench, facts }: PartNode): Promise<ProjectNode> {
  const { project } = await bench.ask(partsMethod, { id: facts.projectId });
  return { kind: 'project', bench, facts: project };
}

function isNode<Kind extends NodeKind>(value: unknown, kind: Kind): value is NodeOf<Kind> {
  return isAnyNode(value) && value.kind === kind;
}

/** Only the trees and this folder make such objects, and hand them on inside the extension host. */
function isAnyNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'kind' in value && 'bench' in value;
}
