// Which changes of a config make a history useless, and which do not.
import { createHash } from 'node:crypto';
import type { TuningConfig } from '../config/tuningConfig';

/** Digest of what decides the trials: more time, another workspace, or a comment in the file leave a history valid. */
export function identityOf({ task, model, accuracy, performance, tuning }: TuningConfig): string {
  const unimportant: ReadonlySet<string> = new Set(['timeoutS', 'maxTrials', 'workspacePath']);
  const search = Object.fromEntries(Object.entries(tuning).filter(([key]) => !unimportant.has(key)));
  const text = JSON.stringify({ task, model, accuracy, performance, search }, (_key, value: unknown) =>
    withoutPlace(value),
  );
  return createHash('sha256').update(text).digest('hex');
}

/** Where something is written decides nothing: the line of an entry, and the file a data set is described in. */
function withoutPlace(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const isEntry = 'line' in value && 'column' in value;
  const isData = 'dataset' in value && 'batchSize' in value;
  if (!isEntry && !isData) return value;
  const place: ReadonlySet<string> = new Set(isEntry ? ['line', 'column'] : ['path']);
  return Object.fromEntries(Object.entries(value).filter(([key]) => !place.has(key)));
}
