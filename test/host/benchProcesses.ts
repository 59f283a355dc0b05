// The processes of benches that the extension host of a test has started.
import { descendants, readQuietly } from '../vscodeHost/codeServer';

/** Numbers of the processes of this extension host that hold a bench. */
export function benchProcesses(): readonly number[] {
  return descendants(process.pid).filter((pid) => readQuietly(`/proc/${pid}/cmdline`).includes('bench.js'));
}
