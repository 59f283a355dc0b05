// What a job that runs elsewhere says, line by line, out of the events it writes.
import { join } from 'node:path';
import { LineTail } from '../files/lineTail';
import { jobFiles } from '../protocol/jobChannel';

/** Often enough for a person who reads along. */
const lookMs = 200;

/** Hands on each line of the log of the job in `folder`, until what it gives is called; the last ones come then. */
export function followLog(folder: string, onLog: (line: string) => void): () => void {
  const tail = new LineTail(join(folder, jobFiles.events));
  const read = (): void => {
    for (const event of tail.read()) if (isLog(event)) onLog(event.line);
  };
  const timer = setInterval(read, lookMs);
  return () => {
    clearInterval(timer);
    read();
  };
}

function isLog(event: unknown): event is { readonly type: 'log'; readonly line: string } {
  if (typeof event !== 'object' || event === null) return false;
  const { type, line } = event as { readonly type?: unknown; readonly line?: unknown };
  return type === 'log' && typeof line === 'string';
}
