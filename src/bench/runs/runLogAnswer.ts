// What the newest run of a thing printed, as the answer of its output.log operation.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { jobFiles } from '../../protocol/jobChannel';
import type { RunnableKind } from '../../store/records';
import type { Bench } from '../bench';
import type { FileAnswer } from '../operation';
import { isActive } from './activeRuns';

/** How often a log that grows is worth reading again. */
const refreshS = 3;

/** The log; empty before the first run, and while one waits. */
export async function runLogAnswer(bench: Bench, kind: RunnableKind, id: number): Promise<FileAnswer> {
  await bench.get(kind, id);
  const [run] = await bench.store.runs(kind, id);
  const path = run === undefined ? undefined : join(run.folder, jobFiles.output);
  return {
    contentType: 'text/plain; charset=utf-8',
    content: path !== undefined && existsSync(path) ? { path } : { text: '' },
    ...(run !== undefined && (await isActive(bench, run)) ? { refreshS } : {}),
  };
}
