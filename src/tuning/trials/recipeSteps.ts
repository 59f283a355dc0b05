// The recipes beside quantization, applied to the float graphs of a tuning: equalization, SmoothQuant, alignment, corrections.
import type { QuantizationRecipe, Ranges } from '../../config/recipe';
import type { ModelProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import type { JobContext } from '../../protocol/jobContext';
import type { DimensionSizes } from '../../protocol/environment';
import type { OpenModelGraph } from '../../quantization/calibration/tensorFetcher';
import { computeParts } from '../../quantization/quantizeModel';
import { alignChannels, alignablePairs, tensorBetween } from '../../quantization/recipes/alignChannels';
import { limitedShifts } from '../../quantization/recipes/biasLimits';
import type { BiasLimits, BiasMethod } from '../../quantization/recipes/biasLimits';
import { measureBiasShifts, measureWeightMeanShifts } from '../../quantization/recipes/biasShifts';
import type { BiasShiftRequest, BiasShifts } from '../../quantization/recipes/biasShifts';
import { measureChannelRanges } from '../../quantization/recipes/channelRanges';
import type { SampleSource } from '../../quantization/recipes/channelReductions';
import { correctBiases } from '../../quantization/recipes/correctBiases';
import { equalizeLayers } from '../../quantization/recipes/equalizeLayers';
import { measureShiftsInOrder } from '../../quantization/recipes/shiftsInOrder';
import { smoothQuant } from '../../quantization/recipes/smoothQuant';
import { collectSmoothingStatistics } from '../../quantization/recipes/smoothingStatistics';
import { withProto } from '../../quantization/withProto';
import type { EngineSession } from '../../runtime/session';
import type { TrialConfig } from '../contracts';
import { ShiftCache } from './shiftCache';
import type { BaseChoice, ModelBase } from './modelBases';
import type { SampleSequence } from '../accuracy/keptBatches';

/** Full bias correction takes this part of the samples that ranges are measured on (SYSTEMS §7.6). */
const fullCorrectionPart = 0.2;

export class RecipeSteps {
  private readonly shifts = new ShiftCache();

  /**
   * @param samples how many samples statistics are taken from
   * @param limits which corrections of biases are taken; absent: all
   */
  constructor(
    private readonly data: SampleSequence,
    private readonly samples: number,
    private readonly settings: { readonly dimensions: DimensionSizes; readonly threads: number },
    private readonly context: JobContext,
    private readonly open: OpenModelGraph,
    private readonly limits?: BiasLimits,
  ) {}

  /**
   * Equalization, then SmoothQuant, then alignment of channels: all leave what the graph computes as it is.
   *
   * @param isFree whether a node is left to quantization; others are not aligned
   */
  async reshape(
    model: OnnxModel,
    choice: BaseChoice,
    isFree: (node: string) => boolean = () => true,
  ): Promise<{ model: OnnxModel; notes: readonly string[] }> {
    const notes: string[] = [];
    let shaped = model;
    if (choice.equalization) {
      const equalized = equalizeLayers(shaped);
      notes.push(...equalized.notes);
      shaped = withProto(shaped, equalized.proto);
    }
    if (choice.smoothQuantAlpha !== null) {
      const request = { ...this.source(shaped), withRows: choice.smoothQuantAlpha === 'auto' };
      const statistics = await collectSmoothingStatistics(request, this.context);
      const smoothed = smoothQuant(shaped, statistics, choice.smoothQuantAlpha);
      notes.push(...smoothed.notes);
      shaped = withProto(shaped, smoothed.proto);
    }
    if (choice.channelAlignment === true) {
      const aligned = await this.aligned(shaped, isFree);
      notes.push(...aligned.notes);
      shaped = withProto(shaped, aligned.proto);
    }
    return { model: shaped, notes };
  }

  /** Biases shifted against what quantizing (and weight correction) does to the means of outputs. */
  async correct(base: ModelBase, config: TrialConfig, recipe: QuantizationRecipe, ranges: Ranges): Promise<ModelBase> {
    const { model } = base;
    const parts = computeParts(model, recipe, ranges, { weightCorrection: config.weightCorrection });
    const { fastBiasCorrection, fullBiasCorrection = false, weightCorrection } = config;
    const key = [base.key, fastBiasCorrection, fullBiasCorrection, weightCorrection, config.samplingSize].join('\n');
    const shifts = await this.shifts.of({ key, dependsOnInput: !fullBiasCorrection }, parts, () =>
      this.measuredShifts({ ...this.source(model), parts }, config),
    );
    return { ...base, model: withProto(model, correctBiases(model, shifts).proto) };
  }

  private async aligned(
    model: OnnxModel,
    isFree: (node: string) => boolean,
  ): Promise<{ proto: ModelProto; notes: readonly string[] }> {
    const pairs = alignablePairs(model, isFree);
    if (pairs.length === 0) return { proto: model.proto, notes: [] };
    const tensors = pairs.map((pair) => ({ tensor: tensorBetween(pair), channels: pair.firstLayout.outputs }));
    return alignChannels(model, pairs, await measureChannelRanges(this.source(model), tensors, this.context));
  }

  private async measuredShifts(
    request: BiasShiftRequest,
    { fastBiasCorrection, fullBiasCorrection = false }: TrialConfig,
  ): Promise<BiasShifts> {
    const { model } = request.parts;
    if (fullBiasCorrection) {
      const samples = Math.max(1, Math.floor(this.samples * fullCorrectionPart));
      const source = { ...request, ...this.source(model, samples) };
      return measureShiftsInOrder(source, (shifts) => this.within(model, shifts, 'full'), this.context);
    }
    if (!fastBiasCorrection) return measureWeightMeanShifts(request, this.context);
    return this.within(model, await measureBiasShifts(request, this.context), 'fast');
  }

  private within(model: OnnxModel, shifts: BiasShifts, method: BiasMethod): BiasShifts {
    return this.limits === undefined ? shifts : limitedShifts(model, shifts, this.limits, method);
  }

  private source(model: OnnxModel, samples = this.samples): SampleSource {
    const { length } = this.data;
    return {
      model,
      expectedSamples: length === undefined ? undefined : Math.min(samples, length),
      batches: () => this.data.batches(this.context.signal, samples),
      open: (proto: ModelProto): Promise<EngineSession> => this.open(proto, model, this.context, this.settings),
    };
  }
}
