// How far a run is, and how it ended, in a few words.
import type { JobFacts, RunFacts } from '../../protocol/facts';
import { isRunEnd } from '../../protocol/runs';
import { runWords } from '../../protocol/runWords';
import { durationText, joined, lineText } from './rowFormat';

/** What is known of a run that goes on beside its record. */
export type LiveProgress = Pick<JobFacts, 'position' | 'progress' | 'timeLeftMs' | 'trial'>;

/** Whether a run waits or is under way. */
export function isActive(run: RunFacts | null): boolean {
  return run !== null && !isRunEnd(run.state);
}

/** Whether settings may be changed: what was run keeps its own, unless that run was cancelled. */
export function canEdit({ run }: { readonly run: RunFacts | null }): boolean {
  return run === null || run.state === 'cancelled';
}

/** `measuring 34 %`; without a figure where the total is not known. */
function phaseText({ progress }: Pick<LiveProgress, 'progress'>): string {
  if (progress === null) return '';
  const { phase, done, total } = progress;
  return total === undefined || total <= 0 ? lineText(phase) : `${lineText(phase)} ${percent(done, total)} %`;
}

/** Shorter times are over before they are read. */
const shortestLeftMs = 2_000;

/** `2 min left`; empty where it cannot be told, or is not worth it. */
export function timeLeftText({ timeLeftMs }: Pick<LiveProgress, 'timeLeftMs'>): string {
  return timeLeftMs === null || timeLeftMs < shortestLeftMs ? '' : `${durationText(timeLeftMs)} left`;
}

/** What is done now: `measuring 34 % · 12 s left`, `trial 5, measuring 34 % · 12 s left`; of a run without a word yet `starting`. */
export function progressText(live: LiveProgress): string {
  const phase = phaseText(live);
  // Some phases name it themselves.
  const trial = live.trial === null || live.trial === 0 || /\btrial \d/.test(phase) ? '' : `trial ${live.trial + 1}, `;
  return phase === '' ? 'starting' : joined(`${trial}${phase}`, timeLeftText(live));
}

/** Of a run that goes on: its progress, or `waiting`. */
export function activeText(run: RunFacts, live: LiveProgress | undefined): string {
  if (run.state === 'queued') return 'waiting';
  return live === undefined ? 'running' : progressText(live);
}

/** The state of a run for people. */
export function stateText(run: RunFacts | null): string {
  return run === null ? 'not run yet' : runWords[run.state];
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
