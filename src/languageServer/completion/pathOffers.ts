// Files and folders beside a config, offered where a path is written.
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ValueSlot } from '../vocabulary/slot';
import { scalarText } from '../yamlText';
import type { Offer } from './offers';

/** More files than a list could show. */
const mostFiles = 500;

const endings: Readonly<Record<'model' | 'dataset', RegExp>> = { model: /\.onnx$/i, dataset: /\.ya?ml$/i };

/** What may follow a path that is half written; nothing where there is no such folder. */
export function pathOffers(slot: ValueSlot, written: string, configPath: string | undefined): Offer[] {
  if (slot.type.kind !== 'path' || configPath === undefined || written.includes('\0')) return [];
  const folder = written.slice(0, written.lastIndexOf('/') + 1);
  const place = resolve(dirname(configPath), folder === '' ? '.' : folder);
  const ending = slot.isFile === undefined ? undefined : endings[slot.isFile];
  try {
    return readdirSync(place, { withFileTypes: true })
      .slice(0, mostFiles)
      .filter((entry) => !entry.name.startsWith('.') && join(place, entry.name) !== configPath)
      .filter((entry) => entry.isDirectory() || ending === undefined || ending.test(entry.name))
      .map((entry): Offer => {
        const label = `${folder}${entry.name}`;
        const kind = entry.isDirectory() ? 'folder' : 'file';
        return { label, kind, text: scalarText(label), isFromFiles: true };
      });
  } catch {
    return [];
  }
}
