// Links from a config to the model and the data it names.
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { OpenFile } from './openFile';
import type { OutlinePair, TextRange } from './outline';
import { slotAt } from './vocabulary/slot';

/** A path in the text, and where it leads. */
export interface FileLink extends TextRange {
  /** Absolute. */
  readonly target: string;
  readonly isFolder: boolean;
}

/** A path in the text, whether or not something is there. */
export interface NamedPath extends TextRange {
  /** Absolute. */
  readonly target: string;
  /** Keys down to it. */
  readonly keys: readonly string[];
}

/** The files and folders that are named and there. */
export function linksIn(file: OpenFile): FileLink[] {
  return pathsIn(file).flatMap(({ start, end, target }): FileLink[] => {
    const isFolder = folderOrFile(target);
    return isFolder === undefined ? [] : [{ start, end, target, isFolder }];
  });
}

/** Every value that is a path, of the pairs that are wanted; none in a file that was never saved. */
export function pathsIn(
  { outline, root, path }: OpenFile,
  isWanted: (pair: OutlinePair) => boolean = () => true,
): NamedPath[] {
  if (path === undefined) return [];
  return outline.pairs.filter(isWanted).flatMap(({ path: keys, value }): NamedPath[] => {
    if (value?.kind !== 'scalar' || typeof value.value !== 'string' || value.value.trim() === '') return [];
    const slot = slotAt(root, keys);
    const plain = slot?.kind === 'map' ? slot.alone : slot;
    if (plain?.kind !== 'value' || plain.type.kind !== 'path') return [];
    return [{ start: value.start, end: value.end, target: resolve(dirname(path), value.value), keys }];
  });
}

/** Whether a folder or a file is there; undefined for nothing. */
export function folderOrFile(path: string): boolean | undefined {
  try {
    const stats = statSync(path);
    return stats.isDirectory() ? true : stats.isFile() ? false : undefined;
  } catch {
    return undefined;
  }
}
