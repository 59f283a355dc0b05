// Taking a result out of the bench: the model and a report with every fact, in a new folder of a person's choice.
import { idIn, method, textIn } from './methods';
import { recordOf } from './rpcMessages';

const exportedKinds = ['model', 'optimization', 'benchmark', 'profiling', 'sensitivity'] as const;
/** Kinds of results that can be exported. */
export type ExportedKind = (typeof exportedKinds)[number];

/** What is exported, and where to. */
export interface ExportRequest {
  readonly kind: ExportedKind;
  readonly id: number;
  /** Absolute path of an existing folder, in which a new one is made. */
  readonly folder: string;
}

/** What came of it. */
export interface Exported {
  /** Absolute path of the new folder. */
  readonly folder: string;
  /** Names in it. */
  readonly files: readonly string[];
}

/** Fails with `request-no-results` where there is nothing to take out yet; then nothing was written. */
export const exportMethod = method<ExportRequest, Exported>('export/result', (value) => {
  const fields = recordOf(value, 'the parameters');
  const kind = exportedKinds.find((one) => one === fields['kind']);
  if (kind === undefined) throw new Error(`"kind" is one of ${exportedKinds.join(', ')}`);
  return { kind, id: idIn(fields, 'id'), folder: textIn(fields, 'folder') };
});
