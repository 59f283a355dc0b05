// Hooks of Node's module loader for scripts: where the library of pipelines is, and TypeScript without its types.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { LoadHook, ResolveHook } from 'node:module';
import { fileURLToPath } from 'node:url';

let library: string | undefined;

/** Called once by Node with what `register` was given. */
export function initialize(data: { readonly library: string }): void {
  library = data.library;
}

export const resolve: ResolveHook = (specifier, context, nextResolve) => {
  if (specifier === 'compressor-bench/pipeline' && library !== undefined) {
    return { url: library, format: 'commonjs', shortCircuit: true };
  }
  return nextResolve(specifier, context);
};

export const load: LoadHook = async (url, context, nextLoad) => {
  const extension = /^file:.*(\.[mc]?ts)(?:\?.*)?$/.exec(url)?.[1];
  if (extension === undefined) return nextLoad(url, context);
  const path = fileURLToPath(url);
  const source = withoutTypes(await readFile(path, 'utf8'), path);
  return { format: extension === '.cts' ? 'commonjs' : 'module', source, shortCircuit: true };
};

interface Stripper {
  transformSync(source: string, options: { readonly mode: 'strip-only' }): { readonly code: string };
}

/** Types become spaces, so that lines and columns stay; syntax that needs more than that is refused with its place. */
function withoutTypes(source: string, path: string): string {
  try {
    return stripper().transformSync(source, { mode: 'strip-only' }).code;
  } catch (thrown) {
    throw new SyntaxError(refusalOf(thrown instanceof Error ? thrown.message : String(thrown), path));
  }
}

/** The stripper draws a picture: its reason, the line with its number, and marks below what is meant. */
function refusalOf(picture: string, path: string): string {
  const lines = picture.split('\n');
  const reason = (lines.find((line) => line.trim() !== '') ?? '').replace(/^\s*x\s+/, '');
  const marks = lines.findIndex((line) => /^\s*:\s*\^/.test(line));
  const [margin, line] = /^\s*(\d+) \| /.exec(lines[marks - 1] ?? '') ?? [];
  if (margin === undefined || line === undefined) return `${path}: ${reason}`;
  const column = (lines[marks] ?? '').indexOf('^') - margin.length + 1;
  return `${path}:${line}:${column}: ${reason}`;
}

/** Loaded with the first script in TypeScript: it is large. */
function stripper(): Stripper {
  return createRequire(__filename)('./typeStripper.js') as Stripper;
}
