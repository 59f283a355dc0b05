// The processes of benches that the extension host of a test has started.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Bench processes that this extension host started. */
export async function benchProcesses(): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'args=', '--ppid', String(process.pid)]);
  return stdout.split('\n').filter((line) => line.includes('bench.js')).length;
}
