// Activation ranges of the float graphs, measured once for each way of measuring and each set of tensors.
import type { CalibrationMethod, CalibrationSettings, Ranges, TensorRange } from '../../config/recipe';
import { defaultRecipe } from '../../config/recipe';
import type { ModelProto } from '../../onnx/messages';
import type { JobContext } from '../../protocol/jobContext';
import type { DimensionSizes } from '../../protocol/environment';
import { calibrate } from '../../quantization/calibration/calibrate';
import { openGraph } from '../../quantization/calibration/openGraph';
import type { EngineSession } from '../../runtime/session';
import type { ModelBase } from './modelBases';
import type { SampleBatches } from '../accuracy/sampleBatches';

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
    private readonly data: SampleBatches,
    private readonly settings: { readonly dimensions: DimensionSizes; readonly threads: number },
    private readonly context: JobContext,
  ) {}

  /** What calibration found remarkable, one sentence each. */
  get notes(): readonly string[] {
    return [...this.noteSet];
  }

  /** Ranges of `tensors`, those without any finite value left out; measures what is not known yet. */
  async ranges(base: ModelBase, how: RangeMethod, tensors: readonly string[]): Promise<Ranges> {
    const { method, percentile, samples } = how;
    const key = `${base.key}\n${method} ${method === 'percentile' ? percentile : ''} ${samples}`;
    const known = this.measured.get(key) ?? new Map<string, TensorRange | undefined>();
    this.measured.set(key, known);
    const missing = tensors.filter((tensor) => !known.has(tensor));
    if (missing.length > 0) {
      const found = await this.measure(base, how, missing);
      for (const tensor of missing) known.set(tensor, found.get(tensor));
    }
    const entries = tensors.flatMap((tensor) => {
      const range = known.get(tensor);
      return range === undefined ? [] : [[tensor, range] as const];
    });
    return new Map(entries);
  }

  private async measure(base: ModelBase, how: RangeMethod, tensors: readonly string[]): Promise<Ranges> {
    const { length } = this.data;
    const settings: CalibrationSettings = { ...defaultRecipe.calibration, ...how };
    const calibration = await calibrate(
      {
        model: base.model,
        tensors,
        settings,
        expectedSamples: length === undefined ? undefined : Math.min(how.samples, length),
        batches: () => this.data.batches(this.context.signal, how.samples),
        open: (proto: ModelProto): Promise<EngineSession> =>
          openGraph(proto, base.model, this.context, { ...this.settings, graphOptimization: 'all' }),
      },
      this.context,
    );
    for (const note of calibration.notes) this.noteSet.add(note);
    return calibration.ranges;
  }
}
