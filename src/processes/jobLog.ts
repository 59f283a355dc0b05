// The log of a job for people: what it begins, remarks, tries and ends with, as lines on its output (output.log keeps them).
import type { FailureRecord } from '../protocol/benchError';
import type { JobEvent } from '../protocol/jobChannel';
import type { TrialRow } from '../protocol/tuning';

/** Of a job that nobody need be watching. Written synchronously, so that the last line before a crash is there. */
export class JobLog {
  private phase: string | undefined;

  constructor(private readonly write: (text: string) => void) {}

  /** Tells of an event; of the progress within a phase nothing. */
  tell(event: JobEvent): void {
    const line = this.lineOf(event);
    if (line !== undefined) this.write(`${timeOfDay()}  ${line}\n`);
  }

  /** Tells why the job failed, and what to do. */
  tellFailure({ message, nextStep }: FailureRecord): void {
    this.write(`${timeOfDay()}  error: ${message}\n`);
    if (nextStep !== undefined) this.write(`${timeOfDay()}  next: ${nextStep}\n`);
  }

  private lineOf(event: JobEvent): string | undefined {
    switch (event.type) {
      case 'state':
        return event.state;
      case 'progress':
        return this.lineOfPhase(event.phase);
      case 'log':
        return event.line;
      case 'trial':
        return lineOfTrial(event.trial);
      case 'limit':
        return `the ${event.limit} limit was reached: ${event.value} of ${event.allowed}`;
      case 'activity':
      case 'loader':
        return undefined;
    }
  }

  private lineOfPhase(phase: string): string | undefined {
    if (phase === this.phase) return undefined;
    this.phase = phase;
    return phase;
  }
}

function lineOfTrial({ id, change, accuracy, latencyMs, speedup, isKept, verdict }: TrialRow): string {
  const figures = [
    accuracy === null ? 'no accuracy' : `accuracy ${accuracy.toPrecision(5)}`,
    latencyMs === null ? 'no latency' : `${latencyMs.toPrecision(4)} ms`,
    ...(speedup === null ? [] : [`${speedup.toFixed(2)}x`]),
  ];
  return `trial ${id}${isKept ? ' *' : ''}: ${figures.join(', ')}; ${change}; ${verdict}`.replace(/[\r\n]+/g, ' ');
}

/** Local, as the clock on the wall: `23:10:11`. */
function timeOfDay(): string {
  return new Date().toTimeString().slice(0, 8);
}
