// DefaultQuantization (SYSTEMS §7.6): the whole model in 8 bits.
import type { Algorithm, AlgorithmWork } from './algorithm';
import type { DefaultQuantizationParameters } from './algorithmParameters';
import type { CompressedModel } from './compressedModel';
import { ModelQuantizer } from './modelQuantizer';
import { Parameters } from './parameters';
import { quantizationKeys, quantizationSettings } from './quantizationSettings';
import type { QuantizationSettings } from './quantizationSettings';

export class DefaultQuantization implements Algorithm {
  readonly name = 'DefaultQuantization';
  readonly changesOriginalModel = false;
  private readonly settings: QuantizationSettings;

  /** Throws PipelineError for a parameter that is unknown, or not what it should be. */
  constructor(parameters: DefaultQuantizationParameters = {}) {
    const group = new Parameters(parameters, quantizationKeys, this.name);
    group.only('tune_hyperparams', false, 'it needs a metric; AccuracyAwareQuantization has it');
    this.settings = quantizationSettings(group);
  }

  async run(model: CompressedModel, work: AlgorithmWork): Promise<CompressedModel> {
    const quantizer = await openQuantizer(model, this.settings, work);
    try {
      const built = await quantizer.build(quantizer.start(this.settings.preset));
      for (const note of quantizer.notes) work.note(note);
      return built;
    } finally {
      await quantizer.close();
    }
  }
}

/** A quantizer on the data of the engine; whoever asked closes it. */
export function openQuantizer(
  model: CompressedModel,
  settings: QuantizationSettings,
  { engine, process, context }: AlgorithmWork,
): Promise<ModelQuantizer> {
  const threads = engine.config.threads ?? 1;
  return ModelQuantizer.open({ model, loader: engine.dataLoader, settings, threads, process, context });
}
