// A thread inside each job that ends the job's process at its limits, also while native code blocks the main thread.
import { once } from 'node:events';
import { Worker, parentPort, workerData } from 'node:worker_threads';
import { appendLine } from '../files/appendLog';
import type { JobEvent } from '../protocol/jobChannel';
import type { JobLimits } from '../protocol/jobs';
import { heartbeatBuffer, heartbeatPlaces } from './activity';

interface WatchdogSettings {
  readonly limits: JobLimits;
  /** Where the reason for the end is written before it. */
  readonly eventsPath: string;
  readonly heartbeat: SharedArrayBuffer;
  /** The process this one ends with; absent for a job that goes on without its parent. */
  readonly parentPid?: number;
}

const pollMs = 250;
/** Memory can grow by gigabytes a second: above half the limit it is looked at more often. */
const closePollMs = 25;
/** A longer pause between two polls means that the whole process was suspended: no time in which it could get on. */
const longestStepMs = 2 * pollMs;
/** Time a job has to clean up by itself when its parent is gone. */
const orphanGraceMs = 2_000;

/**
 * Starts the thread and waits until it watches. It runs the same bundle, whose entry hands over to `watchMainThread`;
 * it does not keep the process alive.
 */
export async function startWatchdog(
  settings: Omit<WatchdogSettings, 'heartbeat'>,
  bundlePath: string,
): Promise<Worker> {
  const data: WatchdogSettings = { ...settings, heartbeat: heartbeatBuffer() };
  const worker = new Worker(bundlePath, { workerData: data, execArgv: [] });
  await once(worker, 'message');
  worker.unref();
  return worker;
}

/** The thread's main: polls until the process ends. */
export function watchMainThread(): void {
  const watch = new Watch(workerData as WatchdogSettings);
  const poll = (): void => {
    watch.check();
    setTimeout(poll, watch.nextPollMs);
  };
  poll();
  parentPort?.postMessage('watching');
}

/** What is remembered between two polls. */
class Watch {
  nextPollMs = pollMs;
  private readonly beats: Int32Array;
  private readonly startedMs = performance.now();
  private lastBeat = 0;
  private lastPollMs = performance.now();
  private idleMs = 0;
  private orphanedMs: number | undefined;

  constructor(private readonly settings: WatchdogSettings) {
    this.beats = new Int32Array(settings.heartbeat);
  }

  check(): void {
    const nowMs = performance.now();
    const { memoryBytes, timeoutMs, stallMs } = this.settings.limits;
    const rssBytes = process.memoryUsage.rss();
    this.nextPollMs = rssBytes > memoryBytes / 2 ? closePollMs : pollMs;
    if (rssBytes > memoryBytes) this.end('memory', rssBytes, memoryBytes);
    const elapsedMs = nowMs - this.startedMs;
    if (timeoutMs !== undefined && elapsedMs > timeoutMs) this.end('time', elapsedMs, timeoutMs);
    this.countIdleTime(nowMs);
    if (this.idleMs > stallMs) this.end('stall', this.idleMs, stallMs);
    this.checkParent(nowMs);
  }

  private countIdleTime(nowMs: number): void {
    const beat = Atomics.load(this.beats, heartbeatPlaces.beats);
    this.idleMs = beat === this.lastBeat ? this.idleMs + Math.min(nowMs - this.lastPollMs, longestStepMs) : 0;
    this.lastBeat = beat;
    this.lastPollMs = nowMs;
  }

  private checkParent(nowMs: number): void {
    const { parentPid } = this.settings;
    if (parentPid === undefined || isAlive(parentPid)) return;
    this.orphanedMs ??= nowMs;
    if (nowMs - this.orphanedMs > orphanGraceMs) endProcess();
  }

  private end(limit: 'memory' | 'time' | 'stall', value: number, allowed: number): void {
    const awaited = Atomics.load(this.beats, heartbeatPlaces.sample);
    const sample = awaited === 0 ? {} : { sample: awaited - 1 };
    const event: JobEvent = { type: 'limit', limit, value: Math.round(value), allowed, ...sample };
    try {
      appendLine(this.settings.eventsPath, { time: new Date().toISOString(), ...event });
    } catch {
      // A full disk must not keep the process alive.
    }
    endProcess();
  }
}

/** An orphan gets another parent at once on Unix; on Windows the old one's id stays and stops answering. */
function isAlive(parentPid: number): boolean {
  if (process.platform !== 'win32') return process.ppid === parentPid;
  try {
    process.kill(parentPid, 0);
    return true;
  } catch {
    return false;
  }
}

function endProcess(): void {
  process.kill(process.pid, 'SIGKILL');
}
