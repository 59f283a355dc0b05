// A folder for the models a pipeline makes on its way; removed when the script ends.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemErrorCode } from '../../files/fileErrors';
import { scriptJob } from '../../processes/scriptJob';

let folder: string | undefined;

const prefix = 'compressor-bench-pipeline-';

/**
 * The folder of this process, made when it is first asked for: inside that of the job that runs the script, with which it
 * goes even if the script is killed; else beside others, of which those of killed scripts are removed.
 */
export function scratchFolder(): string {
  if (folder !== undefined) return folder;
  const ofJob = scriptJob()?.folder;
  const parent = ofJob !== undefined && existsSync(ofJob) ? ofJob : tmpdir();
  removeAbandoned(parent);
  const made = mkdtempSync(join(parent, `${prefix}${process.pid}-`));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  folder = made;
  return made;
}

/** Folders of processes that are gone. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = name.startsWith(prefix) ? (/^(\d+)-/.exec(name.slice(prefix.length)) ?? []) : [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // Another person's, or in use.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return systemErrorCode(thrown) !== 'ESRCH';
  }
}
