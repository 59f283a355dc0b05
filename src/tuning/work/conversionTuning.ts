// Tuning by converting the graph: the engine's optimizations at a level, or 16-bit floating point (SYSTEMS §4.7).
import { nearestName } from '../../config/nearestName';
import { nodePattern } from '../../config/nodePattern';
import type { ConversionSection, GraphOptimizationLevel } from '../../config/tuningConfig';
import { readModel } from '../../onnx/readModel';
import type { OnnxModel } from '../../onnx/readModel';
import { convertToHalf } from '../../optimization/convertToHalf';
import { opsWithoutKernels } from '../../optimization/kernelProbe';
import { bfloat16Format, float16Format } from '../../optimization/lowFormat';
import { optimizationErrors } from '../../optimization/optimizationErrors';
import { optimizeGraph, portabilityNotes } from '../../optimization/optimizeGraph';
import type { JobContext } from '../../protocol/jobContext';
import type { OptimizationLevel } from '../../protocol/optimization';
import { withProto } from '../../quantization/withProto';
import type { AccuracyGoal } from '../accuracy/accuracyGoal';
import type { TrialOutcome, TrialSteps } from '../contracts';
import type { BaselineRecord } from '../history';
import { tuningErrors } from '../tuningErrors';
import type { BuiltModel } from '../trials/trialModels';
import type { TuningSession } from '../tuningSession';
import type { TuningWork } from './tuningWork';

/** What decides the model of a trial. */
export interface ConversionConfig {
  readonly kind: 'graph_optimization' | 'mixed_precision';
  readonly level: OptimizationLevel;
  readonly precision: 'fp32' | 'fp16' | 'bf16';
  /** Names and op types that stay float32. */
  readonly blocked: readonly string[];
}

type Trials = TrialSteps<void, ConversionConfig>;

const levels: Readonly<Record<GraphOptimizationLevel, OptimizationLevel>> = {
  DISABLE_ALL: 'disabled',
  ENABLE_BASIC: 'basic',
  ENABLE_EXTENDED: 'extended',
  ENABLE_ALL: 'all',
};

/** Made by its constructor; whoever made it closes it. */
export class ConversionTuning implements TuningWork<ConversionConfig> {
  private readonly opened: OnnxModel[] = [];
  private readonly model: OnnxModel;
  private readonly noteSet = new Set<string>();

  constructor(
    session: TuningSession,
    private readonly kind: ConversionConfig['kind'],
    private readonly section: ConversionSection,
    private readonly context: JobContext,
  ) {
    this.model = readModel(session.modelPath);
    this.opened.push(this.model);
  }

  get notes(): readonly string[] {
    return [...this.noteSet];
  }

  async build({ level, precision, blocked }: ConversionConfig): Promise<BuiltModel> {
    const optimized = level === 'disabled' ? this.model : await this.optimized(level);
    if (precision === 'fp32') return { proto: optimized.proto, source: optimized };
    const isBrain = precision === 'bf16';
    const present = new Set(optimized.graph.node.flatMap(({ name, opType }) => [name, opType]));
    const conversion = convertToHalf(optimized, {
      // Tensors in bfloat16 cannot be handed to the engine, nor taken from it.
      keepIoTypes: isBrain || this.section.keepIoTypes,
      blocked: blocked.filter((name) => present.has(name)),
      format: isBrain ? bfloat16Format : float16Format,
    });
    if (isBrain) {
      const missing = await opsWithoutKernels(optimized, bfloat16Format, conversion.converted, this.context);
      if (missing.length > 0) throw optimizationErrors.noKernels(this.model.path, 'bfloat16', missing);
    }
    for (const note of conversion.notes) this.noteSet.add(note);
    return { proto: conversion.proto, source: withProto(optimized, conversion.proto) };
  }

  /** Throws `tuning-unknown-node` for a pattern of op_wise that means no node and no op type. */
  check(): Promise<void> {
    const names = this.model.graph.node.flatMap(({ name, opType }) => [name, opType]);
    for (const { pattern } of this.section.opWise) {
      if (names.some((name) => nodePattern(pattern).test(name))) continue;
      throw tuningErrors.unknownPattern(`${this.kind}.op_wise`, pattern, nearestName(pattern, [...new Set(names)]));
    }
    return Promise.resolve();
  }

  strategy(_baseline: BaselineRecord, goal: AccuracyGoal): Promise<Trials> {
    return Promise.resolve(this.kind === 'graph_optimization' ? this.optimizations() : this.conversions(goal));
  }

  close(): void {
    for (const model of this.opened) model.close();
  }

  /** The level asked for, or the portable ones, in each precision asked for. */
  private *optimizations(): Trials {
    const { level, precisions } = this.section;
    const wanted = level === undefined ? (['basic', 'extended'] as const) : ([levels[level]] as const);
    for (const precision of precisions) {
      for (const one of wanted) {
        const change =
          precision === 'fp32' ? `graph optimized, level ${one}` : `graph optimized, level ${one}, ${precision}`;
        yield { config: this.config(one, precision, []), change };
      }
    }
  }

  /** All nodes; then, while the goal is missed, one op type after another stays float32 (SYSTEMS §3.3, automixedprecision). */
  private *conversions(goal: AccuracyGoal): Trials {
    for (const precision of this.section.precisions.filter((one) => one !== 'fp32')) {
      const whole = yield { config: this.config('disabled', precision, []), change: `${precision} throughout` };
      if (whole.error !== undefined || keepsAccuracy(whole, goal)) continue;
      yield* this.fallback(precision, goal);
    }
  }

  private *fallback(precision: ConversionConfig['precision'], goal: AccuracyGoal): Trials {
    const types = [...new Set(this.model.graph.node.map(({ opType }) => opType))];
    const gains: { readonly type: string; readonly gain: number }[] = [];
    for (const type of types) {
      const outcome = yield { config: this.config('disabled', precision, [type]), change: `${type} stays float32` };
      if (keepsAccuracy(outcome, goal)) return;
      gains.push({ type, gain: outcome.accuracyGain });
    }
    const ordered = gains.sort((a, b) => b.gain - a.gain).map(({ type }) => type);
    for (let count = 2; count < ordered.length; count++) {
      const kept = ordered.slice(0, count);
      const outcome = yield {
        config: this.config('disabled', precision, kept),
        change: `${kept.join(', ')} stay float32`,
      };
      if (keepsAccuracy(outcome, goal)) return;
    }
  }

  private config(
    level: OptimizationLevel,
    precision: ConversionConfig['precision'],
    blocked: readonly string[],
  ): ConversionConfig {
    const fixed = this.section.opWise
      .filter(({ dtype }) => dtype === 'fp32')
      .map(({ pattern }) => nodePattern(pattern));
    const names = this.model.graph.node
      .flatMap(({ name, opType }) => [name, opType])
      .filter((name) => name !== '' && fixed.some((pattern) => pattern.test(name)));
    return { kind: this.kind, level, precision, blocked: [...new Set([...names, ...blocked])].sort() };
  }

  private async optimized(level: OptimizationLevel): Promise<OnnxModel> {
    const model = await optimizeGraph(this.model, level, this.context);
    this.opened.push(model);
    for (const note of portabilityNotes(model.proto, this.model.proto, level)) this.noteSet.add(note);
    return model;
  }
}

/** A model that was given up for its speed was not measured to the end: then what was seen counts. */
function keepsAccuracy(
  { meetsGoal, accuracyGain }: TrialOutcome<ConversionConfig>,
  { tolerance }: AccuracyGoal,
): boolean {
  return meetsGoal || accuracyGain >= -tolerance;
}
