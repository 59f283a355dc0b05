// Entry of the process that works the queue of a bench folder (DESIGN §4): started by doors, outlives them, loads no engine.
import { finishRun } from './bench/runs/finishRun';
import { parseQueueArguments, queueCommand, serveQueue } from './jobs/queue/queueProcess';
import { workQueue } from './jobs/queue/workQueue';

const settings = parseQueueArguments(process.argv.slice(2));

serveQueue(settings.benchFolder, () =>
  workQueue({ ...settings, finishRun, successor: queueCommand(__filename, settings) }),
);
