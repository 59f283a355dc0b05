// The picture in words: what is selected, for those who hear the page, and what a line carries.
import type { GraphStore } from '../store/graphStore';
import { changeSigns } from '../view/marks';
import type { Picture } from '../view/picture';

const changeWords = { same: '', changed: 'changed', added: 'added', removed: 'removed' } as const;

/** One sentence about the selection. */
export function describe(store: GraphStore | undefined): string {
  const { picture, selected } = store ?? {};
  if (store === undefined || picture === undefined || selected === undefined) return 'Nothing is selected.';
  const parts = [...whatItIs(picture, selected), ...marksOf(store, selected)];
  return `${parts.filter((part) => part !== '').join(', ')}.`;
}

function whatItIs(picture: Picture, id: string): string[] {
  const group = picture.groupIndexOf(id);
  if (group !== undefined) {
    const open = picture.scene.openGroups[group];
    return [`Open group ${open?.label ?? ''}`, `${open?.size ?? 0} operators`, 'Backspace closes it'];
  }
  const index = picture.indexOf(id);
  const node = index === undefined ? undefined : picture.node(index);
  if (index === undefined || node === undefined) return ['Something that is not in the picture'];
  const from = picture.edgesTo(index).length;
  const to = picture.edgesFrom(index).length;
  const lines = [`reads from ${from}`, `read by ${to}`];
  if (node.kind === 'group') return [`Group ${node.label}`, `${node.size} operators`, ...lines, 'Enter opens it'];
  if (node.kind !== 'op') return [`${node.kind === 'input' ? 'Input' : 'Output'} ${node.label}`, ...lines];
  return [node.label, node.name === node.label ? '' : node.name.slice(0, 200), ...(node.details ?? []), ...lines];
}

function marksOf({ overlay, changes }: GraphStore, id: string): string[] {
  const figure = overlay !== undefined && Object.hasOwn(overlay.values, id) ? overlay.values[id]?.text : undefined;
  const change = changes !== undefined && Object.hasOwn(changes, id) ? changes[id] : undefined;
  return [figure ?? '', change === undefined ? '' : `${changeWords[change.change]} ${change.text}`.trim()];
}

/** Sign and text of a change, as lists show it. */
export function changeText(change: keyof typeof changeSigns, text: string): string {
  return `${changeSigns[change]} ${text === '' ? changeWords[change] : text}`.trim();
}

/** What a line carries, and from where to where. */
export function describeEdge(picture: Picture, edge: number): string {
  const line = picture.scene.edges[edge];
  if (line === undefined) return '';
  const [source, target] = [picture.node(line.source)?.label ?? '', picture.node(line.target)?.label ?? ''];
  return `${line.tensor.slice(0, 200)}\n${source.slice(0, 60)} → ${target.slice(0, 60)}`;
}
