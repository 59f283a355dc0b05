// The float graphs that trials are quantized from: the given model at a level of fusion, with its scales evened out or not.
import { readModel } from '../../onnx/readModel';
import type { OnnxModel } from '../../onnx/readModel';
import { defaultRecipe } from '../../config/recipe';
import type { QuantizationRecipe } from '../../config/recipe';
import type { JobContext } from '../../protocol/jobContext';
import type { OpenModelGraph } from '../../quantization/calibration/tensorFetcher';
import { optimizedModel } from '../../quantization/optimizedModel';
import { prepareModel } from '../../quantization/prepare';
import { withProto } from '../../quantization/withProto';
import type { Fusion, TrialConfig } from '../contracts';

/** What of a trial's configuration decides its float graph. */
export type BaseChoice = Pick<TrialConfig, 'fusion' | 'equalization' | 'smoothQuantAlpha' | 'channelAlignment'>;

/** A float graph and where it came from. */
export interface ModelBase {
  /** Names the choice. */
  readonly key: string;
  readonly model: OnnxModel;
  readonly notes: readonly string[];
}

/** Changes the numbers of a graph, not what it computes: equalization, SmoothQuant, alignment of channels. */
export type Reshaping = (
  model: OnnxModel,
  choice: BaseChoice,
) => Promise<{ model: OnnxModel; notes: readonly string[] }>;

/** Above this, the engine would have to hold the whole model to optimize it, and could not write it into one file. */
const largestOptimizedBytes = 1.5 * 2 ** 30;

/** Made once for a tuning; whoever made it closes it, and with it every graph it handed out. */
export class ModelBases {
  private readonly bases = new Map<string, Promise<ModelBase>>();
  private readonly opened: OnnxModel[] = [];
  /** The model as the user knows it, in the form that quantization expects. */
  readonly prepared: OnnxModel;
  readonly notes: readonly string[];

  constructor(
    readonly modelPath: string,
    private readonly reshape: Reshaping,
    private readonly context: Pick<JobContext, 'folder' | 'signal'>,
    private readonly open: OpenModelGraph,
    recipe: QuantizationRecipe = defaultRecipe,
  ) {
    const model = readModel(modelPath);
    this.opened.push(model);
    try {
      const { proto, notes } = prepareModel(model, recipe);
      this.prepared = withProto(model, proto);
      this.notes = notes;
    } catch (thrown) {
      model.close();
      throw thrown;
    }
  }

  /** The graph at a level of fusion with everything else as the model has it. */
  plain(fusion: Fusion): Promise<ModelBase> {
    return this.base({ fusion, equalization: false, smoothQuantAlpha: null });
  }

  base(choice: BaseChoice): Promise<ModelBase> {
    const key = keyOf(choice);
    const known = this.bases.get(key);
    if (known !== undefined) return known;
    const made = this.make(choice, key);
    this.bases.set(key, made);
    return made;
  }

  close(): void {
    for (const model of this.opened) model.close();
  }

  private async make(choice: BaseChoice, key: string): Promise<ModelBase> {
    const { equalization, smoothQuantAlpha, channelAlignment = false } = choice;
    if (!equalization && smoothQuantAlpha === null && !channelAlignment)
      return { key, model: await this.fused(choice.fusion), notes: [] };
    const plain = await this.plain(choice.fusion);
    const { model, notes } = await this.reshape(plain.model, choice);
    return { key, model, notes };
  }

  private async fused(fusion: Fusion): Promise<OnnxModel> {
    if (fusion === 'disabled' || this.prepared.sizeBytes > largestOptimizedBytes) return this.prepared;
    const model = await optimizedModel(this.prepared, fusion, [], this.context, this.open);
    this.opened.push(model);
    return model;
  }
}

function keyOf({ fusion, equalization, smoothQuantAlpha, channelAlignment }: BaseChoice): string {
  return [
    fusion,
    ...(equalization ? ['equalized'] : []),
    ...(smoothQuantAlpha === null ? [] : [`smooth ${smoothQuantAlpha}`]),
    ...(channelAlignment === true ? ['aligned'] : []),
  ].join(' ');
}
