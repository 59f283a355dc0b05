// The readable log of a job: what people find in output.log when they look at a run later.
import { describe, expect, it } from 'vitest';
import { JobLog } from '../../src/processes/jobLog';
import type { JobEvent } from '../../src/protocol/jobChannel';
import type { TrialRow } from '../../src/protocol/tuning';

const trial: TrialRow = {
  id: 3,
  change: 'Conv\nstays float',
  accuracy: 0.98765,
  samples: 100,
  latencyMs: 1.5,
  sizeBytes: 1000,
  throughput: 666,
  footprintBytes: null,
  speedup: 1.234,
  meetsGoal: true,
  isKept: true,
  outcome: 'kept',
  verdict: 'best so far',
};

function linesOf(...events: readonly JobEvent[]): string[] {
  let text = '';
  const log = new JobLog((written) => (text += written));
  for (const event of events) log.tell(event);
  return text.split('\n').slice(0, -1);
}

describe('the readable log of a job', () => {
  it('has a line for each phase, not for each step in it', () => {
    const progress = (phase: string, done: number): JobEvent => ({ type: 'progress', phase, done, unit: 'samples' });
    const lines = linesOf(
      { type: 'state', state: 'running' },
      progress('calibrating', 1),
      progress('calibrating', 2),
      progress('evaluating', 1),
      { type: 'activity', activity: 'loading' },
      { type: 'state', state: 'success' },
    );
    expect(lines.map((line) => line.slice(10))).toEqual(['running', 'calibrating', 'evaluating', 'success']);
    expect(lines.every((line) => /^\d\d:\d\d:\d\d {2}\S/.test(line))).toBe(true);
  });

  it('tells a trial with its figures on one line', () => {
    expect(linesOf({ type: 'trial', trial })[0]).toContain(
      'trial 3 *: accuracy 0.98765, 1.500 ms, 1.23x; Conv stays float; best so far',
    );
    const failed = { ...trial, isKept: false, accuracy: null, latencyMs: null, speedup: null, verdict: 'failed' };
    expect(linesOf({ type: 'trial', trial: failed })[0]).toContain('trial 3: no accuracy, no latency; ');
  });

  it('tells why a job failed, and what to do', () => {
    let text = '';
    new JobLog((written) => (text += written)).tellFailure({ code: 'x', message: 'It is gone.', nextStep: 'Get it.' });
    expect(text).toMatch(/^\S+ {2}error: It is gone\.\n\S+ {2}next: Get it\.\n$/);
  });
});
