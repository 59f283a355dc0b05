// The job `run`: a script of the user's, with the library of pipelines, inside the job process.
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { codeExtensions, isCodeFile, understandTypes } from '../data/loaders/moduleKinds';
import { guarded } from '../data/loaders/userModule';
import { fileErrorOf } from '../files/fileErrors';
import { beginActivity } from '../processes/activity';
import { inheritedLimits } from '../processes/limits';
import { tellScript } from '../processes/scriptJob';
import type { JobContext } from '../protocol/jobContext';
import type { RunResult, RunSpec } from '../protocol/jobs';
import { pipelineErrors } from './library/pipelineErrors';
import { ownError } from './ownError';
import { ScriptEnds, takenExitCode } from './scriptEnds';

/**
 * Runs to the end of what the script awaits at its top level, and of its default export, if that is a function, which is
 * given the words of the command line. What it prints are the lines of the job's log. `process.exit` ends it, too, with
 * a result that names the code.
 *
 * @throws BenchError naming the line of the script, and what the library throws; `pipeline-script-waits` for a script that
 *   waits where nothing is under way
 */
export async function runScript(spec: RunSpec, context: JobContext): Promise<RunResult> {
  const { scriptPath, words, folder } = spec;
  const startedAt = performance.now();
  refuseOtherFiles(scriptPath);
  understandTypes();
  process.chdir(folder);
  process.argv.splice(1, Infinity, scriptPath, ...words);
  tellScript({ folder: context.folder, stallMs: inheritedLimits().stallMs });
  beginActivity(`running the script ${basename(scriptPath)}`);
  const restore = printing((line) => context.log(line));
  const ends = new ScriptEnds(scriptPath, context.folder, (exitCode) => {
    restore();
    return { ms: performance.now() - startedAt, exitCode };
  });
  try {
    const given = await Promise.race([finished(scriptPath, words), stopped(context.signal), ends.early]);
    const result = jsonForm(given);
    const ms = performance.now() - startedAt;
    return { ms, exitCode: takenExitCode(), ...(result === undefined ? {} : { result }) };
  } finally {
    ends.stop();
    restore();
  }
}

/** What the default export gives. */
async function finished(path: string, words: readonly string[]): Promise<unknown> {
  const url = pathToFileURL(path).href;
  return guarded(path, 'running', async () => {
    try {
      const { default: main } = (await import(/* @vite-ignore */ url)) as { readonly default?: unknown };
      if (typeof main !== 'function') return undefined;
      return await (main as (words: readonly string[]) => unknown)(words);
    } catch (thrown) {
      throw ownError(thrown, path);
    }
  });
}

/** The value as JSON keeps it; undefined where it has no form for it. */
function jsonForm(value: unknown): unknown {
  try {
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    // A circle, or a big integer: the script is through all the same.
    return undefined;
  }
}

function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

function refuseOtherFiles(path: string): void {
  if (!isCodeFile(path)) throw pipelineErrors.scriptKind(path, codeExtensions);
  try {
    statSync(path);
  } catch (thrown) {
    throw fileErrorOf(thrown, path, 'read');
  }
}

/** Sends whole lines of standard output and error to `log`; answers what ends that. */
function printing(log: (line: string) => void): () => void {
  let isLogging = false;
  const hand = (line: string): void => {
    isLogging = true;
    log(line);
    isLogging = false;
  };
  const restorers = [process.stdout, process.stderr].map((stream) => {
    const write = stream.write.bind(stream);
    let rest = '';
    stream.write = (chunk: Uint8Array | string): boolean => {
      // The log of a job in a queue is this output itself.
      if (isLogging) return write(chunk);
      const lines = `${rest}${typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) hand(line);
      return true;
    };
    return (): void => {
      stream.write = write;
      if (rest !== '') log(rest);
    };
  });
  return () => {
    for (const restore of restorers) restore();
  };
}
