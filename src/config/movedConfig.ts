// A configuration as it has to read in another folder: files that it names from its own place are named from the new one.
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { parseDocument, visit } from 'yaml';

/**
 * The text with every relative path that leads to something rewritten; all else stays as it is, layout and comments
 * included. Texts with mistakes of YAML are given back unchanged.
 *
 * @param from path of the file that has the text
 * @param to path of the file that will have it
 */
export function movedConfigText(text: string, from: string, to: string): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) return text;
  const edits: { readonly start: number; readonly end: number; readonly path: string }[] = [];
  visit(document, {
    Scalar: (key, { value, range }) => {
      if (key === 'key' || typeof value !== 'string' || !range) return;
      const path = movedPath(value, dirname(from), dirname(to));
      if (path !== undefined) edits.push({ start: range[0], end: range[1], path });
    },
  });
  return edits.reduceRight(
    (moved, { start, end, path }) => `${moved.slice(0, start)}${JSON.stringify(path)}${moved.slice(end)}`,
    text,
  );
}

/** Undefined for what is no relative path to something that is there. */
function movedPath(value: string, from: string, to: string): string | undefined {
  if (!/[./\\]/.test(value) || isAbsolute(value) || value.includes('\0')) return undefined;
  const target = resolve(from, value);
  if (!existsSync(target)) return undefined;
  const way = relative(to, target).split(sep).join('/');
  return way === '' ? '.' : way;
}
