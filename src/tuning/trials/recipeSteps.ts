// The recipes beside quantization, applied to the float graphs of a tuning: equalization, SmoothQuant, corrections.
import type { QuantizationRecipe, Ranges } from '../../config/recipe';
import type { ModelProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import type { JobContext } from '../../protocol/jobContext';
import type { DimensionSizes } from '../../protocol/environment';
import type { OpenModelGraph } from '../../quantization/calibration/tensorFetcher';
import { computeParts } from '../../quantization/quantizeModel';
import { limitedShifts } from '../../quantization/recipes/biasLimits';
import type { BiasLimits } from '../../quantization/recipes/biasLimits';
import { measureBiasShifts, measureWeightMeanShifts } from '../../quantization/recipes/biasShifts';
import type { SampleSource } from '../../quantization/recipes/channelReductions';
import { correctBiases } from '../../quantization/recipes/correctBiases';
import { equalizeLayers } from '../../quantization/recipes/equalizeLayers';
import { smoothQuant } from '../../quantization/recipes/smoothQuant';
import { collectSmoothingStatistics } from '../../quantization/recipes/smoothingStatistics';
import { withProto } from '../../quantization/withProto';
import type { EngineSession } from '../../runtime/session';
import type { TrialConfig } from '../contracts';
import { ShiftCache } from './shiftCache';
import type { BaseChoice, ModelBase } from './modelBases';
import type { SampleSequence } from '../accuracy/keptBatches';

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

  /** Equalization, then SmoothQuant: both leave what the graph computes as it is. */
  async reshape(model: OnnxModel, choice: BaseChoice): Promise<{ model: OnnxModel; notes: readonly string[] }> {
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
    return { model: shaped, notes };
  }

  /** Biases shifted against what quantizing (and weight correction) does to the means of outputs. */
  async correct(base: ModelBase, config: TrialConfig, recipe: QuantizationRecipe, ranges: Ranges): Promise<ModelBase> {
    const { model } = base;
    const parts = computeParts(model, recipe, ranges, { weightCorrection: config.weightCorrection });
    const request = { ...this.source(model), parts };
    const key = `${base.key}\n${config.fastBiasCorrection} ${config.weightCorrection} ${config.samplingSize}`;
    const shifts = await this.shifts.of(key, parts, () =>
      config.fastBiasCorrection
        ? measureBiasShifts(request, this.context)
        : measureWeightMeanShifts(request, this.context),
    );
    const kept = this.limits === undefined ? shifts : limitedShifts(model, shifts, this.limits);
    return { ...base, model: withProto(model, correctBiases(model, kept).proto) };
  }

  private source(model: OnnxModel): SampleSource {
    const { length } = this.data;
    return {
      model,
      expectedSamples: length === undefined ? undefined : Math.min(this.samples, length),
      batches: () => this.data.batches(this.context.signal, this.samples),
      open: (proto: ModelProto): Promise<EngineSession> => this.open(proto, model, this.context, this.settings),
    };
  }
}
