// What can be done with a file, shown above its first key.
import { recordOfConfig } from '../config/configFileKind';
import type { ConfigLens } from '../protocol/languageServer';
import type { OpenFile } from './openFile';

/** The lenses of a file, and the line they stand at. */
export function lensesOf({ document, outline, kind, path, text }: OpenFile): { line: number; lenses: ConfigLens[] } {
  const first = outline.pairs[0]?.keyRange.start ?? outline.root?.start ?? firstWord(text);
  return { line: document.positionAt(first).line, lenses: lensesFor(kind, path) };
}

function lensesFor(kind: OpenFile['kind'], path: string | undefined): ConfigLens[] {
  if (path === undefined) return ['validate'];
  if (kind === 'dataset') return ['preview', 'validate'];
  const record = recordOfConfig(path);
  if (kind === 'pruning' && record === undefined) return ['prune', 'validate'];
  return record === undefined || record.kind === 'optimization' ? ['run', 'validate', 'openHistory'] : ['validate'];
}

function firstWord(text: string): number {
  return Math.max(0, text.search(/\S/));
}
