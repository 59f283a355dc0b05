// What the numbers of a model file are, for the badges of files: read once as long as the file stays as it is.
import { stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { BenchError } from '../../protocol/benchError';
import { describeModel } from '../model/modelDetection';

interface Known {
  readonly mark: string;
  readonly precision: string | null;
}

const mostKnown = 1_000;

/** By path. */
const known = new Map<string, Known>();

/** Null for a file that is no model, or does not tell. */
export async function precisionOfFile(path: string): Promise<string | null> {
  const mark = await markOf(path);
  if (mark === undefined) return null;
  const before = known.get(path);
  if (before?.mark === mark) return before.precision;
  // A folder of models is asked for at once: questions of others come in between.
  await setImmediate();
  const precision = read(path);
  if (known.size >= mostKnown) known.clear();
  known.set(path, { mark, precision });
  return precision;
}

async function markOf(path: string): Promise<string | undefined> {
  try {
    const file = await stat(path);
    return file.isFile() ? `${file.mtimeMs} ${file.size}` : undefined;
  } catch {
    return undefined;
  }
}

function read(path: string): string | null {
  try {
    return describeModel(path).precision ?? null;
  } catch (thrown) {
    if (thrown instanceof BenchError) return null;
    throw thrown;
  }
}
