// Loads a user's own module, in TypeScript or JavaScript, and turns what it throws into sentences that name the user's line.
import { statSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BenchError } from '../../protocol/benchError';
import { fileErrorOf } from '../../files/fileErrors';
import { dataErrors } from '../dataErrors';
import { codeExtensions, isCodeFile, understandTypes } from './moduleKinds';

/** The default export of the module at `path`. Runs the user's code: only inside a job process. */
export async function importDefault(path: string): Promise<unknown> {
  const { default: exported } = await importModule(path);
  if (exported === undefined || exported === null) {
    throw dataErrors.moduleKind(
      path,
      'it has no default export',
      'Export the loader: export default class Loader { … }.',
    );
  }
  return exported;
}

/** All exports of the module at `path`. Runs the user's code: only inside a job process. */
export async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  if (!isCodeFile(path)) {
    const ends = `${codeExtensions.slice(0, -1).join(', ')} or ${codeExtensions.at(-1) ?? ''}`;
    throw dataErrors.moduleKind(path, 'it is no TypeScript or JavaScript', `Name a file that ends in ${ends}.`);
  }
  try {
    statSync(path);
  } catch (thrown) {
    throw fileErrorOf(thrown, path, 'read');
  }
  understandTypes();
  const url = pathToFileURL(path).href;
  return guarded(path, 'being loaded', () => import(/* @vite-ignore */ url) as Promise<Record<string, unknown>>);
}

/** Runs the user's code; whatever it throws becomes a DataError naming the module and the user's line. */
export async function guarded<Result>(
  path: string,
  doing: string,
  run: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (thrown) {
    throw moduleFailure(thrown, path, doing);
  }
}

/** What the user's code threw as a DataError; an error of ours as it is. */
export function moduleFailure(thrown: unknown, path: string, doing: string): BenchError {
  if (thrown instanceof BenchError) return thrown;
  const reason = thrown instanceof Error ? `${thrown.name}: ${thrown.message.split('\n')[0] ?? ''}` : String(thrown);
  const sentence = reason.endsWith('.') ? reason : `${reason}.`;
  return dataErrors.moduleFailed(path, doing, sentence, placeOf(thrown, path), thrown);
}

/** `loader.mjs:12:5`, from the first line of the stack that lies in the module; else the module itself. */
export function placeOf(thrown: unknown, path: string): string {
  if (!(thrown instanceof Error) || thrown.stack === undefined) return path;
  for (const line of thrown.stack.split('\n')) {
    const [, url, place] = /(file:\/\/[^\s)]*?):(\d+(?::\d+)?)\)?$/.exec(line.trim()) ?? [];
    if (url !== undefined && place !== undefined && pathOf(url) === path) return `${path}:${place}`;
    const at = line.indexOf(`${path}:`);
    const [, position] = /^:(\d+(?::\d+)?)/.exec(line.slice(at + path.length)) ?? [];
    if (at >= 0 && position !== undefined) return `${path}:${position}`;
  }
  return path;
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url.replace(/\?.*$/, ''));
  } catch {
    return url;
  }
}
