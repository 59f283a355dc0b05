// Every failure of writing or reading files that is not about what is in them, made in one place.
import { BenchError } from '../protocol/benchError';

/** An error of the file system. `code` starts with `file-`. */
export class FileError extends BenchError {
  override readonly name = 'FileError';
}

interface Explanation {
  readonly code: string;
  readonly reason: string;
  readonly nextStep: string;
}

/** What the operating system's error codes mean for somebody who wanted to write a file. */
const explanations: Readonly<Record<string, Explanation>> = {
  ENOSPC: {
    code: 'file-disk-full',
    reason: 'the disk is full',
    nextStep: 'Free some space, or name a place on another disk.',
  },
  EDQUOT: {
    code: 'file-disk-full',
    reason: 'your disk quota is used up',
    nextStep: 'Free some space, or name a place on another disk.',
  },
  EROFS: {
    code: 'file-read-only',
    reason: 'the file system is read-only',
    nextStep: 'Name a place that can be written to.',
  },
  EACCES: {
    code: 'file-denied',
    reason: 'permission was denied',
    nextStep: 'Check the permissions of the file and its folder, or name another place.',
  },
  EPERM: {
    code: 'file-denied',
    reason: 'the system does not permit it',
    nextStep: 'Check the permissions of the file and its folder, or name another place.',
  },
  ENOENT: {
    code: 'file-missing-folder',
    reason: 'it, or a folder on the way to it, does not exist',
    nextStep: 'Check the path; make the folder first if it is missing.',
  },
  ENOTDIR: {
    code: 'file-missing-folder',
    reason: 'a part of its path is a file, not a folder',
    nextStep: 'Check the path.',
  },
  EISDIR: { code: 'file-is-folder', reason: 'it is a folder', nextStep: 'Name a file instead.' },
  EEXIST: { code: 'file-exists', reason: 'it exists already', nextStep: 'Name another file or folder.' },
  ENOTEMPTY: {
    code: 'file-exists',
    reason: 'a folder of this name is in the way',
    nextStep: 'Name another file or folder.',
  },
  ENAMETOOLONG: { code: 'file-name-too-long', reason: 'its name is too long', nextStep: 'Use a shorter name.' },
  EFBIG: {
    code: 'file-too-large',
    reason: 'it is larger than this file system or a limit of the shell allows',
    nextStep: 'Name a place on another disk, or raise the limit (ulimit -f).',
  },
  EMFILE: {
    code: 'file-too-many-open',
    reason: 'too many files are open',
    nextStep: 'Raise the limit of open files (ulimit -n).',
  },
};

/** Failures that are not the system's. */
export const fileErrors = {
  exists: (path: string): FileError =>
    new FileError({
      code: 'file-exists',
      message: `Could not write ${path}: it exists already.`,
      place: path,
      nextStep: 'Name another file or folder.',
    }),
  linked: (folder: string): FileError =>
    new FileError({
      code: 'file-link',
      message: `Nothing is written into ${folder}: it is a link, or lies behind one, that leads to another place.`,
      place: folder,
      nextStep: 'Remove the link, if you did not make it; a folder is made in its place.',
    }),
  inUse: (folder: string, pid: number, since: string): FileError =>
    new FileError({
      code: 'file-in-use',
      message: `The folder ${folder} is being written to by another process (${pid}, since ${since}).`,
      place: folder,
      nextStep: 'Wait until that process has ended, or stop it.',
    }),
};

/** The system's error code of something thrown (`ENOSPC`, …), if it has one. */
export function systemErrorCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/**
 * The typed error for a failed operation on `path`. An error that is ours already is given back as it is.
 *
 * @param action what was tried, as it fits into "Could not … PATH": `write`, `read`, `make the folder`
 */
export function fileErrorOf(thrown: unknown, path: string, action = 'write'): BenchError {
  if (thrown instanceof BenchError) return thrown;
  const systemCode = systemErrorCode(thrown);
  const known = systemCode === undefined ? undefined : explanations[systemCode];
  const { code, reason, nextStep } = known ?? {
    code: 'file-io',
    reason: systemCode === undefined ? 'the system refused' : `the system reported ${systemCode}`,
    nextStep: 'Check the disk, or name another place.',
  };
  // Nothing is read out of a folder that is made first.
  const step = action === 'read' && code === 'file-missing-folder' ? 'Check the path.' : nextStep;
  return new FileError(
    { code, message: `Could not ${action} ${path}: ${reason}.`, place: path, nextStep: step },
    { cause: thrown },
  );
}
