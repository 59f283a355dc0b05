// Measures models in this process: the whole benchmark, or one of several instances that run at the same time.
import { basename } from 'node:path';
import type { BenchmarkInstanceResult, BenchmarkInstanceSpec } from '../protocol/jobs';
import type { WorkContext } from '../protocol/progress';
import { openSession } from '../runtime/onnxRuntimeNode';
import type { EngineSession } from '../runtime/session';
import { disturbances, processorTime } from './disturbance';
import { feedsThatFit } from './declaredInputs';
import { loadInputs } from './inputs';
import { measureRounds } from './rounds';
import type { Clock } from './subject';
import { Subject } from './subject';
import { warmUp } from './warmUp';

const clock: Clock = () => performance.now();

/**
 * Loads all models, warms each up and measures them in interleaved rounds. Warnings say what
 * makes the figures doubtful: a model that did not settle, a machine that was busy.
 *
 * @throws what loading a model, its data or a run throws
 */
export async function runBenchmarkInstance(
  spec: BenchmarkInstanceSpec,
  context: WorkContext,
): Promise<BenchmarkInstanceResult> {
  const source = await loadInputs(spec, context);
  const sessions: EngineSession[] = [];
  try {
    const subjects: Subject[] = [];
    const warnings: string[] = [];
    for (const path of spec.modelPaths) {
      context.signal.throwIfAborted();
      const session = await openSession(path, { threads: spec.threads, dimensions: spec.dimensions });
      sessions.push(session);
      const { feeds, notes } = await feedsThatFit(source, session, spec, context);
      warnings.push(...notes);
      subjects.push(new Subject(basename(path), session, feeds, clock));
    }
    const result = await measure(subjects, spec, context);
    return { ...result, warnings: [...warnings, ...result.warnings] };
  } finally {
    for (const session of sessions) await session.close();
  }
}

async function measure(
  subjects: readonly Subject[],
  { warmupIterations, iterations, instances }: BenchmarkInstanceSpec,
  context: WorkContext,
): Promise<BenchmarkInstanceResult> {
  const warnings: string[] = [];
  let slowestMs = 0;
  for (const subject of subjects) {
    const { hasSettled, latencyMs } = await warmUp(subject, warmupIterations, clock, context);
    slowestMs = Math.max(slowestMs, latencyMs);
    if (!hasSettled) warnings.push(`The latency of ${subject.name} had not settled when measuring began.`);
  }
  const before = processorTime();
  const roundSize = await measureRounds(subjects, slowestMs, iterations, clock, context);
  warnings.push(...disturbances(before, processorTime(), { isAlone: instances === 1 }));
  return {
    latenciesMs: subjects.map(({ log }) => Array.from(log.latenciesMs)),
    roundSize,
    warnings,
    // The system counts in kilobytes.
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}
