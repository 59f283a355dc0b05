// Settings with which the process of a bench cannot be started, found before it is tried.
import { constants, accessSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { BenchError } from '../../protocol/benchError';

/** What of a bench comes from settings. */
export interface SetPlace {
  /** Absolute path of the folder that holds `.compressor-bench`. */
  readonly workspace: string;
  readonly nodePath: string | undefined;
}

/** A failure of this code is about the setting that is its place. */
export const settingCode = 'setting-wrong';

/** What is wrong with the settings of a bench; undefined where nothing is. */
export function wrongSetting({ workspace, nodePath }: SetPlace): BenchError | undefined {
  if (!isFolder(workspace)) return benchSettingErrors.folder(workspace);
  return nodePath === undefined || isProgram(nodePath) ? undefined : benchSettingErrors.node(nodePath);
}

const benchSettingErrors = {
  folder: (path: string): BenchError =>
    wrong(
      'compressorBench.bench.folder',
      `leads to ${path}, which is no folder`,
      'Make that folder, or change the setting.',
    ),
  node: (path: string): BenchError =>
    wrong(
      'compressorBench.job.nodePath',
      `is ${JSON.stringify(path)}, which is no absolute path of a program`,
      'Name a Node.js of 20 or newer, or empty the setting.',
    ),
};

function wrong(setting: string, how: string, nextStep: string): BenchError {
  return new BenchError({ code: settingCode, message: `The setting ${setting} ${how}.`, place: setting, nextStep });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isAbsolute(path) && statSync(path).isFile();
  } catch {
    return false;
  }
}
