// The settings of an engine (SYSTEMS §7.1, §7.2): read once, when it is made.
import { availableParallelism } from 'node:os';
import { Parameters } from './parameters';
import { pipelineErrors } from './pipelineErrors';
import type { BothSpellings } from './spellings';
import { longestTimerMs, stallLimitMs } from './timeLimits';

export interface EngineConfig {
  /** Batches under way at once while statistics are collected (1), and while a model is judged (1); 0: one for each CPU. */
  readonly statRequestsNumber?: number;
  readonly evalRequestsNumber?: number;
  /** Threads for one run of a model (1). */
  readonly threads?: number;
  /** Where models run: this engine has the CPU alone. */
  readonly device?: 'CPU' | 'ANY';
  /** How long the engine may leave a question unanswered before it is ended: that of the job, or 120 000. */
  readonly stallLimitMs?: number;
}

/** The settings as a script may write them. */
export type EngineSettings = BothSpellings<EngineConfig>;

const keys = ['stat_requests_number', 'eval_requests_number', 'threads', 'device', 'stall_limit_ms'] as const;

/** Throws PipelineError for a setting that is unknown, or not what it should be. More requests than CPUs are cut, with a warning. */
export function engineConfig(given: unknown): Required<EngineConfig> {
  const group = new Parameters(given, keys, 'OrtEngine');
  const device = group.text('device');
  if (device !== undefined && device !== 'ANY' && device !== 'CPU') {
    throw pipelineErrors.noEffect(group.placeOf('device'), device, 'ONNX Runtime runs on the CPU here');
  }
  return {
    statRequestsNumber: requestsOf(group, 'stat_requests_number'),
    evalRequestsNumber: requestsOf(group, 'eval_requests_number'),
    threads: group.count('threads') ?? 1,
    device: device ?? 'CPU',
    stallLimitMs: Math.min(group.count('stall_limit_ms') ?? stallLimitMs(), longestTimerMs),
  };
}

/** From 1 to the number of CPUs; 0 and null stand for that. */
function requestsOf(group: Parameters, key: (typeof keys)[number]): number {
  const most = availableParallelism();
  const given = group.value(key) === null ? 0 : (group.count(key, 0) ?? 1);
  if (given > most) {
    process.emitWarning(`${group.placeOf(key)} is ${given}; ${most} is taken, for as many CPUs there are.`);
  }
  return given === 0 ? most : Math.min(given, most);
}
