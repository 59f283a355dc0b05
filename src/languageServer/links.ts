// Links from a config to the model and the data it names.
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { OpenFile } from './openFile';
import type { TextRange } from './outline';
import { slotAt } from './vocabulary/slot';

/** A path in the text, and where it leads. */
export interface FileLink extends TextRange {
  /** Absolute. */
  readonly target: string;
  readonly isFolder: boolean;
}

/** The files and folders that are named and there. */
export function linksIn({ outline, root, path }: OpenFile): FileLink[] {
  if (path === undefined) return [];
  return outline.pairs.flatMap((pair): FileLink[] => {
    const { value } = pair;
    if (value?.kind !== 'scalar' || typeof value.value !== 'string' || value.value.trim() === '') return [];
    const slot = slotAt(root, pair.path);
    const plain = slot?.kind === 'map' ? slot.alone : slot;
    if (plain?.kind !== 'value' || plain.type.kind !== 'path') return [];
    const target = resolve(dirname(path), value.value);
    const isFolder = folderOrFile(target);
    return isFolder === undefined ? [] : [{ start: value.start, end: value.end, target, isFolder }];
  });
}

function folderOrFile(path: string): boolean | undefined {
  try {
    const stats = statSync(path);
    return stats.isDirectory() ? true : stats.isFile() ? false : undefined;
  } catch {
    return undefined;
  }
}
