// What is marked in the picture: the selection, what lies under the pointer, a colouring, what has changed.
import type { NodeChange, Overlay } from '../../../src/protocol/panels/graph';

/** Changes by id of a node or group. */
export type ChangeMarks = Readonly<Record<string, { readonly change: NodeChange; readonly text: string }>>;

/** A place in the picture that can be pointed at. */
export type Target =
  | { readonly kind: 'node'; readonly index: number; readonly isButton: boolean }
  | { readonly kind: 'group'; readonly index: number; readonly isButton: boolean }
  | { readonly kind: 'edge'; readonly index: number };

/** All marks of a picture. */
export interface Marks {
  /** Id of a node or key of a group. */
  readonly selected: string | undefined;
  readonly hovered: Target | undefined;
  /** The keyboard is in the picture: the selection has a ring. */
  readonly hasFocus: boolean;
  readonly overlay: Overlay | undefined;
  readonly changes: ChangeMarks | undefined;
}

/** Signs of what became of a node: read without colours. */
export const changeSigns: Readonly<Record<NodeChange, string>> = { same: '', changed: '~', added: '+', removed: '−' };
