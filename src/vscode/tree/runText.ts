// How far a run is, and how it ended, in a few words.
import type { JobFacts, RunFacts } from '../../protocol/facts';
import { durationText, joined } from './rowFormat';

/** What is known of a run that goes on beside its record. */
export type LiveProgress = Pick<JobFacts, 'position' | 'progress' | 'timeLeftMs'>;

/** Whether a run waits or is under way. */
export function isActive(run: RunFacts | null): boolean {
  return run?.state === 'queued' || run?.state === 'running';
}

/** `34 %`, or what was counted where the total is not known; empty before anything was told. */
export function progressText({ progress }: Pick<LiveProgress, 'progress'>): string {
  if (progress === null) return '';
  const { done, total, unit } = progress;
  return total === undefined || total <= 0 ? `${done} ${unit}` : `${percent(done, total)} %`;
}

/** `2 min left`; empty where it cannot be told. */
export function timeLeftText({ timeLeftMs }: Pick<LiveProgress, 'timeLeftMs'>): string {
  return timeLeftMs === null ? '' : `${durationText(timeLeftMs)} left`;
}

/** Of a run that goes on: `34 % · 2 min left`, `waiting`. */
export function activeText(run: RunFacts, live: LiveProgress | undefined): string {
  if (run.state === 'queued') return 'waiting';
  const told = live === undefined ? '' : joined(progressText(live), timeLeftText(live));
  return told === '' ? 'running' : told;
}

/** The state of a run for people. */
export function stateText(run: RunFacts | null): string {
  switch (run?.state) {
    case undefined:
      return 'not run yet';
    case 'queued':
      return 'waiting';
    case 'running':
      return 'running';
    case 'success':
      return 'succeeded';
    case 'error':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
  }
}

/** How long a run took; empty before it ended. */
export function tookText({ startedAt, endedAt }: RunFacts): string {
  if (startedAt === null || endedAt === null) return '';
  return durationText(Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)));
}

/** Never 100 before the end. */
function percent(done: number, total: number): number {
  const whole = Math.floor((done / total) * 100);
  return Math.max(0, Math.min(whole, done < total ? 99 : 100));
}
