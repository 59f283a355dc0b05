// Warm-up ends when latency has settled, not before the runs asked for, and in bounded time.
import { describe, expect, it } from 'vitest';
import { warmUp, warmUpLimits } from '../../src/benchmark/warmUp';
import { fakeMachine, quietContext } from './fakeModels';

describe('warmUp', () => {
  it('waits until a slow start is over', async () => {
    const machine = fakeMachine();
    const model = machine.model('A', (run) => (run < 400 ? 2 - run / 400 : 1));
    const { hasSettled, latencyMs } = await warmUp(model, 10, machine.clock, quietContext());
    expect(hasSettled).toBe(true);
    expect(latencyMs).toBe(1);
    expect(machine.runs.length).toBeGreaterThan(400);
    expect(machine.clock()).toBeLessThan(warmUpLimits.maxMs);
  });

  it('makes as many runs as asked for, settled or not', async () => {
    const machine = fakeMachine();
    await warmUp(
      machine.model('A', () => 10),
      1000,
      machine.clock,
      quietContext(),
    );
    expect(machine.runs.length).toBeGreaterThanOrEqual(1000);
  });

  it('gives up on a latency that never settles, and says so', async () => {
    const machine = fakeMachine();
    const model = machine.model('A', (run) => 1.03 ** run);
    const { hasSettled } = await warmUp(model, 0, machine.clock, quietContext());
    expect(hasSettled).toBe(false);
    expect(machine.clock()).toBeLessThan(2 * warmUpLimits.maxMs);
  });

  it('is content with three runs of a model that takes seconds', async () => {
    const machine = fakeMachine();
    const outcome = await warmUp(
      machine.model('A', () => 2000),
      0,
      machine.clock,
      quietContext(),
    );
    expect(outcome).toEqual({ hasSettled: true, latencyMs: 2000 });
    expect(machine.runs).toHaveLength(3);
  });

  it('leaves nothing in the log of timed runs', async () => {
    const machine = fakeMachine();
    const model = machine.model('A', () => 10);
    await warmUp(model, 5, machine.clock, quietContext());
    expect(model.log.length).toBe(0);
  });

  it('stops between two runs when cancelled', async () => {
    const machine = fakeMachine();
    const abort = new AbortController();
    const model = machine.model('A', () => {
      abort.abort();
      return 10;
    });
    const context = { signal: abort.signal, onProgress: () => undefined };
    await expect(warmUp(model, 100, machine.clock, context)).rejects.toThrow(/abort/);
    expect(machine.runs).toHaveLength(1);
  });
});
