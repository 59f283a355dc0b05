// What a user's own code may be written in, and how this process is made to understand it.
import { existsSync } from 'node:fs';
import { register } from 'node:module';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** How the files of such code end: TypeScript and JavaScript. */
export const codeExtensions: readonly string[] = ['.ts', '.mts', '.cts', '.mjs', '.js', '.cjs'];

/** Whether a file can be code, by the end of its name. */
export function isCodeFile(path: string): boolean {
  return codeExtensions.includes(extname(path).toLowerCase());
}

let isPrepared = false;

/**
 * From now on, modules that this process imports find `compressor-bench/pipeline` beside this program, and the types of
 * TypeScript are taken out of them; nothing checks those types. Once a process: Node's hooks cannot be taken away.
 */
export function understandTypes(): void {
  if (isPrepared) return;
  isPrepared = true;
  const hooks = join(__dirname, 'scriptLoader.js');
  // A program that was not built has no such file, and JavaScript needs none.
  if (!existsSync(hooks)) return;
  const library = pathToFileURL(join(__dirname, 'pipeline.js')).href;
  register(pathToFileURL(hooks).href, { data: { library } });
}
