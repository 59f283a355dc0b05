// Writes what happens in a job to its events.jsonl, as long as the disk takes it.
import { appendLine } from '../files/appendLog';
import type { JobEvent } from '../protocol/jobChannel';
import type { Progress } from '../protocol/progress';
import { coalesce } from './coalesce';
import type { JobLog } from './jobLog';

const longestLine = 4_000;
const mostLogLines = 10_000;

/** One per job process. */
export class JobRecorder {
  private readonly progressReports = coalesce<Progress>((progress) => this.append({ type: 'progress', ...progress }));
  private logLines = 0;
  private isBroken = false;

  /**
   * @param onBroken told once when the log cannot be written any more; the job itself goes on
   * @param readable told of everything as well; absent: somebody watches the job
   */
  constructor(
    private readonly eventsPath: string,
    private readonly onBroken: (reason: unknown) => void,
    private readonly readable?: JobLog,
  ) {}

  /** Appends an event; progress that was held back comes before it. */
  record(event: JobEvent): void {
    this.progressReports.flush();
    this.append(event);
  }

  progress(progress: Progress): void {
    this.progressReports.push(progress);
  }

  /** Keeps one log line, shortened; returns it, or undefined when the job has logged too much already. */
  log(text: string): string | undefined {
    if (++this.logLines > mostLogLines) return undefined;
    const line = this.logLines === mostLogLines ? 'Further lines are left out.' : oneLine(text);
    this.record({ type: 'log', line });
    return line;
  }

  private append(event: JobEvent): void {
    this.readable?.tell(event);
    if (this.isBroken) return;
    try {
      appendLine(this.eventsPath, { time: new Date().toISOString(), ...event });
    } catch (thrown) {
      this.isBroken = true;
      this.onBroken(thrown);
    }
  }
}

function oneLine(text: string): string {
  const line = text.replace(/[\r\n]+/g, ' ');
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
}
