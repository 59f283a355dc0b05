// Answers that are texts: shown on stdout, followed while they grow, or written to a file.
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { FileAnswer } from '../../bench/operation';
import { fileErrorOf } from '../../files/fileErrors';
import { replaceFile } from '../../files/atomicWrite';
import type { RecordKind } from '../../store/records';
import type { Command } from '../command';
import type { OptionSpec } from '../options';
import { checkOutputPath } from '../outputPaths';
import { plain, printJson, printLine, printNote } from '../terminal';
import { benchCommand, word } from './benchCommand';
import { idOf } from './identify';

/** Where a file answer goes. */
const outputOption: OptionSpec = {
  name: 'output',
  short: 'o',
  type: 'text',
  value: 'FILE',
  help: 'write it to this file',
  defaultText: 'stdout',
};

/** How often a growing log is looked at. */
const followMs = 250;

interface TextVerb {
  readonly kind: RecordKind;
  /** Noun and verb. */
  readonly name: string;
  readonly path: string;
  readonly summary: string;
}

/** A verb that shows a text file of the bench. */
export function textCommand({ kind, name, path, summary }: TextVerb): Command {
  return benchCommand(
    { name, positionals: kind.toUpperCase(), minPositionals: 1, summary, options: [outputOption] },
    async (door, parsed) => {
      const output = checkOutputPath(parsed, 'output', []);
      const answer = await door.file(path, { id: await idOf(door, kind, word(parsed, 0)) });
      const text = await textOf(answer);
      if (output !== undefined) await replaceFile(output, text);
      if (parsed.flag('json')) printJson(fileJson(answer, output ?? null, text));
      else if (output === undefined) process.stdout.write(shown(text));
      else printLine(`Written to ${plain(output)}.`);
    },
  );
}

/** A verb that shows the log of the newest run. */
export function logCommand({ kind, name, path, summary }: TextVerb): Command {
  return benchCommand(
    {
      name,
      positionals: kind.toUpperCase(),
      minPositionals: 1,
      summary,
      options: [{ name: 'follow', short: 'f', type: 'flag', help: 'go on until the run has ended, or Ctrl-C' }],
    },
    async (door, parsed, signal) => {
      const id = await idOf(door, kind, word(parsed, 0));
      const isJson = parsed.flag('json');
      let seen = 0;
      for (;;) {
        // Asked before reading: what was written until a run ended is read then.
        const answer = await door.file(path, { id });
        const text = await textOf(answer);
        if (!isJson) process.stdout.write(shown(text.slice(seen)));
        seen = text.length;
        if (parsed.flag('follow') && answer.refreshS !== undefined && !signal.aborted) {
          await pause(followMs, undefined, { signal }).catch(() => undefined);
          continue;
        }
        if (isJson) printJson(fileJson(answer, null, text));
        else if (text === '') printNote('The log is empty.');
        return;
      }
    },
  );
}

async function textOf({ content }: FileAnswer): Promise<string> {
  if ('text' in content) return content.text;
  try {
    return await readFile(content.path, 'utf8');
  } catch (thrown) {
    throw fileErrorOf(thrown, content.path);
  }
}

/** A text for people: what a model or a job wrote into it cannot play with the terminal. */
function shown(text: string): string {
  return process.stdout.isTTY ? plain(text) : text;
}

/** What stands for a file in JSON. */
function fileJson(answer: FileAnswer, output: string | null, text: string): object {
  const path = output ?? ('path' in answer.content ? answer.content.path : null);
  return { path, content_type: answer.contentType, text };
}
