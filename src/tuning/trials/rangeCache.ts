// Activation ranges of the float graphs, measured once for each way of measuring and each set of tensors.
import type { CalibrationMethod, CalibrationSettings, Ranges, TensorRange } from '../../config/recipe';
import { defaultRecipe } from '../../config/recipe';
import type { ModelProto } from '../../onnx/messages';
import type { JobContext } from '../../protocol/jobContext';
import type { DimensionSizes } from '../../protocol/environment';
import { calibrate } from '../../quantization/calibration/calibrate';
import type { Calibration, CalibrationRequest } from '../../quantization/calibration/calibrate';
import type { OpenModelGraph } from '../../quantization/calibration/tensorFetcher';
import { estimateRanges } from '../../quantization/estimators/estimateRanges';
import type { RangeEstimator } from '../../quantization/estimators/rangeEstimator';
import type { EngineSession } from '../../runtime/session';
import type { ModelBase } from './modelBases';
import type { SampleSequence } from '../accuracy/keptBatches';

/** How ranges are measured. */
export interface RangeMethod {
  readonly method: CalibrationMethod;
  readonly percentile: number;
  readonly samples: number;
}

export class RangeCache {
  private readonly measured = new Map<string, Map<string, TensorRange | undefined>>();
  private readonly noteSet = new Set<string>();

  constructor(
    private readonly data: SampleSequence,
    private readonly settings: { readonly dimensions: DimensionSizes; readonly threads: number },
    private readonly context: JobContext,
    private readonly open: OpenModelGraph,
  ) {}

  /** What calibration found remarkable, one sentence each. */
  get notes(): readonly string[] {
    return [...this.noteSet];
  }

  /** Ranges of `tensors`, those without any finite value left out; measures what is not known yet. */
  async ranges(base: ModelBase, how: RangeMethod, tensors: readonly string[]): Promise<Ranges> {
    const { method, percentile, samples } = how;
    const key = `${base.key}\n${method} ${method === 'percentile' ? percentile : ''} ${samples}`;
    return this.known(key, tensors, (missing) => {
      const settings: CalibrationSettings = { ...defaultRecipe.calibration, ...how };
      return this.noted(calibrate({ ...this.source(base, missing, samples), settings }, this.context));
    });
  }

  /** The same by estimators over single batches; see `estimateRanges`. */
  async estimated(
    base: ModelBase,
    estimator: RangeEstimator,
    samples: number,
    tensors: readonly string[],
  ): Promise<Ranges> {
    return this.known(`${base.key}\n${JSON.stringify(estimator)} ${samples}`, tensors, (missing) =>
      this.noted(estimateRanges({ ...this.source(base, missing, samples), estimator }, this.context)),
    );
  }

  /** Ranges measured one way, from memory where they are known. */
  private async known(
    key: string,
    tensors: readonly string[],
    measure: (missing: readonly string[]) => Promise<Ranges>,
  ): Promise<Ranges> {
    const known = this.measured.get(key) ?? new Map<string, TensorRange | undefined>();
    this.measured.set(key, known);
    const missing = tensors.filter((tensor) => !known.has(tensor));
    if (missing.length > 0) {
      const found = await measure(missing);
      for (const tensor of missing) known.set(tensor, found.get(tensor));
    }
    const entries = tensors.flatMap((tensor) => {
      const range = known.get(tensor);
      return range === undefined ? [] : [[tensor, range] as const];
    });
    return new Map(entries);
  }

  private async noted(measuring: Promise<Calibration>): Promise<Ranges> {
    const { ranges, notes } = await measuring;
    for (const note of notes) this.noteSet.add(note);
    return ranges;
  }

  private source(base: ModelBase, tensors: readonly string[], samples: number): Omit<CalibrationRequest, 'settings'> {
    const { length } = this.data;
    return {
      model: base.model,
      tensors,
      expectedSamples: length === undefined ? undefined : Math.min(samples, length),
      batches: () => this.data.batches(this.context.signal, samples),
      open: (proto: ModelProto): Promise<EngineSession> =>
        this.open(proto, base.model, this.context, { ...this.settings, graphOptimization: 'all' }),
    };
  }
}
