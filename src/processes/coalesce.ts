// Thins a stream of reports: at most one per interval, the latest wins, the last is never lost.

/** Takes reports at any rate. Whoever makes one calls `flush` at the end. */
export interface Coalescer<Report> {
  readonly push: (report: Report) => void;
  /** Delivers what is waiting, at once. */
  readonly flush: () => void;
}

/** At most ten messages a second (DESIGN §4). */
const progressIntervalMs = 100;

/** Passes reports on to `deliver`, the first at once, later ones at least `intervalMs` apart. */
export function coalesce<Report>(
  deliver: (report: Report) => void,
  intervalMs: number = progressIntervalMs,
): Coalescer<Report> {
  let waiting: { readonly report: Report } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastMs = -Infinity;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting === undefined) return;
    const { report } = waiting;
    waiting = undefined;
    lastMs = performance.now();
    deliver(report);
  };

  const push = (report: Report): void => {
    waiting = { report };
    const dueInMs = lastMs + intervalMs - performance.now();
    // The clock decides, not the timer alone: work that blocks the event loop would hold every timer back.
    if (dueInMs <= 0) flush();
    else timer ??= holdingNothing(setTimeout(flush, dueInMs));
  };

  return { push, flush };
}

/** A timer that keeps no process alive; in a browser none does, and they are numbers there. */
function holdingNothing<Timer>(timer: Timer): Timer {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer) (timer as { unref(): void }).unref();
  return timer;
}
