// Putting other points in place of those an analysis found, as a client of Studio's kind does: kept beside the record, and
// marked as edited.
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../files/atomicWrite';
import type { SensitivityRecord } from '../../store/records';
import type { Bench } from '../bench';
import type { Operation } from '../operation';
import { requestErrors } from '../requestErrors';
import { newestResult } from '../runs/runViews';
import { readLayers, sparsityUnitOf } from './sensitivityPoints';
import type { LayerPoints } from './sensitivityPoints';

/** Replaces the points of an analysis until its next successful run. Throws RequestError; then nothing was changed. */
export async function editSensitivity(
  bench: Bench,
  id: number,
  layers: readonly LayerPoints[],
): Promise<SensitivityRecord> {
  await bench.get('sensitivity', id);
  const folder = await bench.store.folderOf('sensitivity', id);
  if (folder === undefined) throw requestErrors.notFound('sensitivity', id);
  const [newest] = await bench.store.runs('sensitivity', id);
  const afterRun = (await newestResult(bench, 'sensitivity', id, newest))?.run.name ?? null;
  const text = `${JSON.stringify(layers)}\n`;
  const at = new Date().toISOString();
  // Under a name of its own: the record goes over from one whole file to another.
  const file = `points-${createHash('sha256').update(`${at} ${text}`).digest('hex').slice(0, 16)}.json`;
  await replaceFile(join(folder, file), text);
  let before: string | undefined;
  const record = await bench.store.edit('sensitivity', id, (current) => {
    before = current.edited?.file;
    return { edited: { at, file, afterRun } };
  });
  if (before !== undefined && before !== file) await rm(join(folder, before), { force: true });
  return record;
}

interface EditRequest {
  readonly id: number;
  /** Checked when it is known what the analysis measures in. */
  readonly layers: unknown;
}

export const sensitivityEdit: Operation<EditRequest, object> = {
  path: 'sensitivity/edit',
  summary: 'Put points in place of those an analysis found, until it is run again.',
  read: (parameters) => {
    const layers = parameters.value('layers');
    if (layers === undefined) throw requestErrors.parameterMissing('layers');
    return { id: parameters.id('id', 'sensitivity'), layers };
  },
  run: async (bench, { id, layers }) => {
    const record = await bench.get('sensitivity', id);
    const checked = readLayers(layers, 'layers', sparsityUnitOf(record));
    await editSensitivity(bench, id, checked);
    return { id, layers: checked };
  },
};
