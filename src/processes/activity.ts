// What a job process is doing right now, for its watchdog (still alive?) and for the record after a crash.

/** A counter shared with the watchdog thread: it sees the count move while the main thread is busy. */
const heartbeat = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

let listener: ((activity: string) => void) | undefined;
let current: string | undefined;

/** The memory behind the counter, to hand to a worker thread. */
export function heartbeatBuffer(): SharedArrayBuffer {
  return heartbeat.buffer;
}

/** Says "still alive": called at every progress report and around every inference. Costs nanoseconds. */
export function touchHeartbeat(): void {
  Atomics.add(heartbeat, 0, 1);
}

/**
 * Names what begins now, as it fits into "crashed while …": `loading model.onnx`. The listener has it on disk before
 * this returns, so that a crash of native code in the next instruction can be told from others.
 */
export function beginActivity(activity: string): void {
  touchHeartbeat();
  if (activity === current) return;
  current = activity;
  listener?.(activity);
}

/** Sends every change of activity to the job's event log; without it (library, tests) nothing is recorded. */
export function onActivity(record: (activity: string) => void): void {
  listener = record;
}
