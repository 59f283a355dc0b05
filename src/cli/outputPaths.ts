// Paths a command writes to, checked before the work begins.
import { statSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import type { ParsedCommand } from './options';
import { usageError } from './usageError';

/** The path of `--report`: a known extension, a folder that exists, and none of the files in `others`. */
export function checkReportPath(parsed: ParsedCommand, others: readonly (string | undefined)[]): string | undefined {
  const given = parsed.text('report');
  if (given === undefined) return undefined;
  const extension = extname(given).toLowerCase();
  if (extension !== '.md' && extension !== '.json') {
    throw usageError(`--report takes a file that ends in .md or .json, not "${given}".`, parsed.spec.name);
  }
  return checkOutputPath(parsed, 'report', others);
}

/** The path of `option`, where a file will be written: a folder that exists, and none of the files in `others`. */
export function checkOutputPath(
  parsed: ParsedCommand,
  option: string,
  others: readonly (string | undefined)[],
): string | undefined {
  const given = parsed.text(option);
  if (given === undefined) return undefined;
  const path = resolve(given);
  if (statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw usageError(`The folder of --${option} ${given} does not exist.`, parsed.spec.name);
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw usageError(`--${option} ${given} is a folder; name a file in it.`, parsed.spec.name);
  }
  refuseOverwriting(parsed, option, others);
  return path;
}

/** Throws a `UsageError` when the file of `option` is one of `others`, also by another name. */
export function refuseOverwriting(
  parsed: ParsedCommand,
  option: string,
  others: readonly (string | undefined)[],
): void {
  const path = parsed.text(option);
  if (path === undefined) return;
  const other = others.find((candidate) => candidate !== undefined && isSameFile(path, candidate));
  if (other === undefined) return;
  throw usageError(`--${option} ${path} would overwrite ${other}, which this command also uses.`, parsed.spec.name);
}

function isSameFile(one: string, other: string): boolean {
  if (resolve(one) === resolve(other)) return true;
  const [a, b] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false, bigint: true }));
  return a !== undefined && a.dev === b?.dev && a.ino === b.ino;
}
