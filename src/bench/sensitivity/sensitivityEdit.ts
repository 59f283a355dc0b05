// Editing analyses: other settings before they run; other points in place of those found, as a client of Studio's kind puts
// them there: kept beside the record, and marked as edited.
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../files/atomicWrite';
import type { SensitivityRecord } from '../../store/records';
import type { Bench } from '../bench';
import type { Operation } from '../operation';
import { requestErrors } from '../requestErrors';
import { newestResult } from '../runs/runViews';
import { readLayers } from './sensitivityPoints';
import type { LayerPoints } from './sensitivityPoints';
import { changeSettings, readChange } from './sensitivitySettings';
import type { SettingsChange } from './sensitivitySettings';

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
  /** Points, checked when it is known what the analysis measures in; undefined: its settings are edited. */
  readonly layers: unknown;
  readonly change: SettingsChange;
}

export const sensitivityEdit: Operation<EditRequest, object> = {
  path: 'sensitivity/edit',
  summary:
    'Edit the settings of a sensitivity analysis that was never run, or whose newest run was cancelled; or put points in place of those it found, until it is run again.',
  read: (parameters) => {
    const id = parameters.id('id', 'sensitivity');
    const change = readChange(parameters);
    const layers = parameters.value('layers');
    const [setting] = change.given;
    if (layers === undefined && setting === undefined) throw requestErrors.parameterMissing('layers');
    if (layers !== undefined && setting !== undefined) {
      throw requestErrors.refused(
        'edits-both',
        `"layers" and "${setting}" cannot be edited at once: points belong to the settings they were found with.`,
        'Send one of them.',
      );
    }
    return { id, layers, change };
  },
  run: async (bench, { id, layers, change }) => {
    if (layers === undefined) {
      const { kind, method, datasetId } = await changeSettings(bench, id, change);
      return { id, kind, method, dataset_id: datasetId };
    }
    const record = await bench.get('sensitivity', id);
    const checked = readLayers(layers, 'layers', record);
    await editSensitivity(bench, id, checked.layers);
    return { id, sparsity_unit: checked.unit, layers: checked.layers };
  },
};
