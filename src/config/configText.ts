// Reads the text of a configuration file, after a look at its size and encoding.
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { fileErrorOf } from '../files/fileErrors';
import { configErrors } from './configErrors';

const flags: Partial<typeof constants> = constants;

/** More than any person writes; larger files are something else. */
export const maximumConfigBytes = 256 * 1024;

/**
 * The text of a configuration file.
 *
 * @throws ConfigError when it is too large or not UTF-8; FileError when it cannot be read
 */
export function readConfigText(path: string): string {
  let bytes: Buffer;
  try {
    // Without the flag, opening a named pipe would wait for somebody to write to it.
    const file = openSync(path, constants.O_RDONLY | (flags.O_NONBLOCK ?? 0));
    try {
      const stats = fstatSync(file);
      if (!stats.isFile() && !stats.isDirectory()) throw configErrors.notAFile(path);
      const { size } = stats;
      if (size > maximumConfigBytes) throw configErrors.tooLarge(path, size, maximumConfigBytes);
      bytes = readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (thrown) {
    throw fileErrorOf(thrown, path, 'read');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw configErrors.encoding(path);
  }
}
