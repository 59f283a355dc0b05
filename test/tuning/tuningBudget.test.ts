// What ends a tuning: time, or a person. The clock is a fake one.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TuningBudget } from '../../src/tuning/tuningBudget';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('ends when the time is up', () => {
  const budget = new TuningBudget(new AbortController().signal, 5000);
  vi.advanceTimersByTime(4999);
  expect(budget.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(budget.signal.aborted).toBe(true);
  expect(budget.stoppedBy()).toBe('timeout');
});

it('ends at once when an earlier session used the time up', () => {
  const budget = new TuningBudget(new AbortController().signal, -3000);
  vi.advanceTimersByTime(1);
  expect(budget.signal.aborted).toBe(true);
});

it('ends when the person stops it, with a limit or without', () => {
  for (const leftMs of [undefined, 5000]) {
    const cancel = new AbortController();
    const budget = new TuningBudget(cancel.signal, leftMs);
    cancel.abort();
    expect(budget.signal.aborted).toBe(true);
    expect(budget.stoppedBy()).toBe('cancel');
    budget.close();
  }
});

it('waits for nothing without a limit, nor after it was closed', () => {
  new TuningBudget(new AbortController().signal, undefined);
  expect(vi.getTimerCount()).toBe(0);
  const budget = new TuningBudget(new AbortController().signal, 5000);
  budget.close();
  vi.advanceTimersByTime(10_000);
  expect(budget.signal.aborted).toBe(false);
});

it('takes a limit longer than a timer can be', () => {
  const budget = new TuningBudget(new AbortController().signal, 1e12);
  vi.advanceTimersByTime(1000);
  expect(budget.signal.aborted).toBe(false);
  budget.close();
});

it('leaves the rest of the work without a limit once it is closed', () => {
  const cancel = new AbortController();
  const budget = new TuningBudget(cancel.signal, 1000);
  vi.advanceTimersByTime(1000);
  budget.close();
  expect(budget.signal.aborted).toBe(false);
  cancel.abort();
  expect(budget.signal.aborted).toBe(true);
});
