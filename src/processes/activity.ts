// What a job process is doing right now, for its watchdog (still alive?) and for the record after a crash.

/** Shared with the watchdog thread, which sees them while the main thread is busy. */
const heartbeat = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));

/** Places in that memory: a counter that moves while work gets on, and 1 + the sample that a loader is asked for (0: none). */
export const heartbeatPlaces = { beats: 0, sample: 1 } as const;

let listener: ((activity: string) => void) | undefined;
let current: string | undefined;
let loaderListener: ((loader: string) => void) | undefined;
let currentLoader: string | undefined;

/** The memory behind the heartbeat, to hand to a worker thread. */
export function heartbeatBuffer(): SharedArrayBuffer {
  return heartbeat.buffer;
}

/** Says "still alive": called at every progress report and around every inference. Costs nanoseconds. */
export function touchHeartbeat(): void {
  Atomics.add(heartbeat, heartbeatPlaces.beats, 1);
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

/**
 * Names the sample that is waited for, until `sampleCame`: a loader that never gives it is then told from a slow model.
 *
 * @param loader for the sentence: `the loader custom of data.yaml`
 */
export function awaitSample(loader: string, index: number): void {
  if (loader !== currentLoader) {
    currentLoader = loader;
    loaderListener?.(loader);
  }
  Atomics.store(heartbeat, heartbeatPlaces.sample, index + 1);
}

/** The sample is there, or the loader has failed: nothing is waited for. */
export function sampleCame(): void {
  touchHeartbeat();
  Atomics.store(heartbeat, heartbeatPlaces.sample, 0);
}

/** Sends every change of the loader that is asked for samples to the job's event log. */
export function onLoader(record: (loader: string) => void): void {
  loaderListener = record;
}

/** Sends every change of activity to the job's event log; without it (library, tests) nothing is recorded. */
export function onActivity(record: (activity: string) => void): void {
  listener = record;
}
