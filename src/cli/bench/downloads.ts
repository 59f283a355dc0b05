// Answers that are files to be kept: written under their own name into the current folder, or to `-o FILE`.
import { existsSync } from 'node:fs';
import { constants, copyFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { FileAnswer } from '../../bench/operation';
import { replaceFile, temporaryName } from '../../files/atomicWrite';
import { fileErrorOf } from '../../files/fileErrors';
import type { RecordKind } from '../../store/records';
import type { Command } from '../command';
import type { ParsedCommand } from '../options';
import { checkOutputPath } from '../outputPaths';
import { plain, printJson, printLine } from '../terminal';
import { benchCommand, word } from './benchCommand';
import { doorErrors } from './doorErrors';
import { idOf } from './identify';

interface DownloadVerb {
  readonly kind: RecordKind;
  /** Noun and verb. */
  readonly name: string;
  readonly path: string;
  readonly summary: string;
}

/** A verb that keeps a file of the bench. */
export function downloadCommand({ kind, name, path, summary }: DownloadVerb): Command {
  return benchCommand(
    {
      name,
      positionals: kind.toUpperCase(),
      minPositionals: 1,
      summary,
      options: [
        {
          name: 'output',
          short: 'o',
          type: 'text',
          value: 'FILE',
          help: 'where it goes',
          defaultText: 'its own name in the current folder, where nothing is overwritten',
        },
      ],
    },
    async (door, parsed) => {
      checkOutputPath(parsed, 'output', []);
      const answer = await door.file(path, { id: await idOf(door, kind, word(parsed, 0)) });
      const saved = await save(answer, parsed);
      if (parsed.flag('json')) printJson({ path: saved, content_type: answer.contentType });
      else printLine(`Written to ${plain(saved)}.`);
    },
  );
}

/** Copies a file, which appears under its name when it is complete. */
async function copyWhole(from: string, to: string): Promise<void> {
  const partial = join(dirname(to), temporaryName());
  try {
    await copyFile(from, partial, constants.COPYFILE_FICLONE);
    await rename(partial, to);
  } catch (thrown) {
    await rm(partial, { force: true });
    throw fileErrorOf(thrown, to);
  }
}

async function save({ content, attachmentName }: FileAnswer, parsed: ParsedCommand): Promise<string> {
  const output = checkOutputPath(parsed, 'output', 'path' in content ? [content.path] : []);
  const path = output ?? resolve(basename(attachmentName ?? 'download'));
  if (output === undefined && existsSync(path)) throw doorErrors.fileExists(path);
  if ('text' in content) await replaceFile(path, content.text);
  else await copyWhole(content.path, path);
  return path;
}
