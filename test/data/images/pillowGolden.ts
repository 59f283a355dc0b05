// Reads what Pillow gave (test/fixtures/pillow/makeFixtures.py).
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../../fixtures/pillow');

/** One of the JSON files of the folder; the caller says what it holds. */
export function golden(name: string): unknown {
  return JSON.parse(readFileSync(resolve(folder, name), 'utf8'));
}
