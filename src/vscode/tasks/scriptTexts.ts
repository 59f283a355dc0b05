// What the text of a pipeline script tells: whether it is one, whether it names the types of the library, where that line goes.

/** The declarations of the library beside scripts. */
export const typesFileName = 'compressor-bench.d.ts';

/** Whether a file is a script that `run` is for: TypeScript or JavaScript that names the library of pipelines. */
export function importsPipeline(path: string, text: string): boolean {
  return isScript(path) && /(?:from|import|require)\s*\(?\s*['"]compressor-bench\/pipeline['"]/.test(text);
}

/** Whether a file is TypeScript or JavaScript by its name. */
export function isScript(path: string): boolean {
  return /\.[mc]?[jt]s$/i.test(path);
}

/** Whether a script has the line that names its types. */
export function namesTypes(text: string): boolean {
  return /^\/\/\/\s*<reference\s+path=["'][^"']*compressor-bench\.d\.ts["']/m.test(text);
}

/** What a script lacks to name its types, and before which line (from 0) it goes; no text where it has it. */
export function withTypesLine(text: string): { readonly line: number; readonly text: string } {
  // The system wants the name of a program in the very first line.
  const line = text.startsWith('#!') ? 1 : 0;
  return { line, text: namesTypes(text) ? '' : `/// <reference path="./${typesFileName}" />\n` };
}

/** Whether a script uses modules or globals of Node, whose types come in a package of their own. */
export function usesNode(text: string): boolean {
  return /['"]node:|\bprocess\.|\bimport\.meta\.(?:dirname|filename)\b|\bBuffer\b/.test(text);
}
