// Entry of the process that works the queue of a bench folder (DESIGN §4): started by doors, outlives them, loads no engine.
import { join } from 'node:path';
import { finishRun } from './bench/finishRun';
import { appendLine } from './files/appendLog';
import { queueFolderOf } from './jobs/places';
import { parseQueueArguments, queueCommand } from './jobs/queueProcess';
import { workQueue } from './jobs/workQueue';

const settings = parseQueueArguments(process.argv.slice(2));
const { benchFolder, jobEntryPath, nodePath } = settings;

workQueue({
  benchFolder,
  finishRun,
  successor: queueCommand(__filename, settings),
  ...(jobEntryPath === undefined ? {} : { jobEntryPath }),
  ...(nodePath === undefined ? {} : { nodePath }),
}).catch((thrown: unknown) => {
  // Nobody listens to this process.
  const reason = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  try {
    appendLine(join(queueFolderOf(benchFolder), 'queue.log'), { time: new Date().toISOString(), reason });
  } finally {
    process.exitCode = 1;
  }
});
