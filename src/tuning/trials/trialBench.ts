// Measures one trial: makes its model, opens it, and finds out what it costs, the cheap questions first.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeModel } from '../../onnx/writeModel';
import type { JobContext } from '../../protocol/jobContext';
import type { DimensionSizes } from '../../protocol/environment';
import { openSession } from '../../runtime/onnxRuntimeNode';
import type { EngineSession } from '../../runtime/session';
import type { AccuracyGoal } from '../accuracy/accuracyGoal';
import type { BaselineFigures, EvaluationStep, Evaluator } from '../accuracy/evaluator';
import type { TrialMeasure } from '../history';
import type { LatencyFigure, LatencyMeter } from '../speed/latencyMeter';
import type { Ranked } from '../result/ranking';
import type { BuiltModel } from './trialModels';

/** The model of a trial on disk. */
export interface TrialFiles {
  readonly id: number;
  /** The trial's own. */
  readonly folder: string;
  readonly modelPath: string;
  readonly sizeBytes: number;
}

/** Whether a model with this latency and size could still become the best. */
export type IsPromising = (model: Omit<Ranked, 'gain'>) => boolean;

export interface BenchParts {
  readonly evaluator: Evaluator;
  readonly meter: LatencyMeter;
  readonly goal: AccuracyGoal;
  readonly baseline: BaselineFigures;
  /** Peak memory of a process that runs the model at a path; absent where nobody asks for it. */
  readonly footprintOf?: (modelPath: string) => Promise<number>;
  /** Named strategies compare accuracies: they need each over all samples. */
  readonly needsAllSamples: boolean;
  /** Measures over all samples also what is sure to miss the goal: accuracy_aware compares the losses. */
  readonly goesOnWhenHopeless: boolean;
  readonly dimensions: DimensionSizes;
  readonly threads: number;
}

/** Writes the model of a trial into a folder of its own, which is the caller's to remove. */
export async function writeTrialModel(
  id: number,
  build: () => Promise<BuiltModel>,
  context: JobContext,
): Promise<TrialFiles> {
  const folder = join(context.folder, 'trials', String(id));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const modelPath = join(folder, 'model.onnx');
    const { proto, source } = await build();
    context.signal.throwIfAborted();
    const { sizeBytes } = await writeModel(modelPath, proto, { tensors: source.tensors, signal: context.signal });
    return { id, folder, modelPath, sizeBytes };
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true });
    throw thrown;
  }
}

export class TrialBench {
  constructor(
    private readonly parts: BenchParts,
    private readonly context: JobContext,
  ) {}

  make(id: number, build: () => Promise<BuiltModel>): Promise<TrialFiles> {
    return writeTrialModel(id, build, this.context);
  }

  /** @param isPromising asked between the subsets of the data; absent: the model is measured over all of it */
  async measure(files: TrialFiles, isPromising?: IsPromising): Promise<TrialMeasure> {
    const label = `trial ${files.id}`;
    const { threads, dimensions } = this.parts;
    const session = await openSession(files.modelPath, { threads, dimensions, label });
    try {
      return await this.measureSession(session, { label, ...files }, isPromising);
    } finally {
      await session.close();
    }
  }

  private async measureSession(
    session: EngineSession,
    { label, modelPath, sizeBytes }: TrialFiles & { readonly label: string },
    isPromising: IsPromising | undefined,
  ): Promise<TrialMeasure> {
    const { evaluator, baseline, goal, footprintOf, needsAllSamples, goesOnWhenHopeless } = this.parts;
    let cost: LatencyFigure | undefined;
    let footprint: { footprintBytes: number } | undefined;
    let last: EvaluationStep | undefined;
    for await (const step of evaluator.steps(session, label, baseline, goal, this.context)) {
      last = step;
      const isGivenUp = step.isHopeless && !goesOnWhenHopeless;
      if (isGivenUp && !step.isComplete && isPromising !== undefined) break;
      cost ??= await this.parts.meter.measure(session, label, this.context);
      footprint ??= footprintOf === undefined ? undefined : { footprintBytes: await footprintOf(modelPath) };
      if (needsAllSamples || step.isComplete || isPromising === undefined) continue;
      if (!isPromising({ latencyMs: cost.latencyMs, latency: cost, sizeBytes, ...footprint })) break;
    }
    if (last === undefined) throw new RangeError('an evaluation without a step');
    cost ??= await this.parts.meter.measure(session, label, this.context);
    const { ratio, interval, verdict, latencyMs } = cost;
    return {
      values: last.values,
      samples: last.samples,
      isComplete: last.isComplete,
      gain: last.gain,
      meetsGoal: last.isComplete && !last.isHopeless,
      latencyMs,
      latency: { ratio, interval, verdict },
      sizeBytes,
      ...footprint,
    };
  }
}
