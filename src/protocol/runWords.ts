// States of runs as people read them: the one wording of the command line, the editor and its pages.
import type { RunState } from './runs';

/** `succeeded` for `success`: answers of the API keep their own words. */
export const runWords: Readonly<Record<RunState, string>> = {
  queued: 'waiting',
  running: 'running',
  success: 'succeeded',
  error: 'failed',
  cancelled: 'cancelled',
};
