// The pipeline of a script: algorithms applied to a model in order (SYSTEMS §7.3).
import { nearestName } from '../../config/nearestName';
import type { JobContext } from '../../protocol/jobContext';
import type { ProgressListener } from '../../protocol/progress';
import { AccuracyAwareQuantization } from './accuracyAwareQuantization';
import type { Algorithm, AlgorithmWork } from './algorithm';
import type { AlgorithmConfig } from './algorithmParameters';
import { demand, demandFunction } from './callers';
import type { CompressedModel } from './compressedModel';
import { DefaultQuantization } from './defaultQuantization';
import type { Engine } from './engine';
import { EngineProcess } from './engineProcess';
import { OrtEngine } from './ortEngine';
import { isObject, Parameters } from './parameters';
import { pipelineErrors } from './pipelineErrors';
import { checkFirstSample, checkMetric } from './firstSample';
import { scratchFolder } from './scratchFolder';
import { StatisticsCollector } from './statisticsCollector';

export interface PipelineOptions {
  readonly onProgress?: ProgressListener;
  /**
   * Receives what is remarkable, one sentence at a time: what was reverted, what data were like. Absent: they are written to
   * standard error.
   */
  readonly onNote?: (sentence: string) => void;
  /** Ends the work between two inferences. */
  readonly signal?: AbortSignal;
}

export class Pipeline {
  private readonly algorithms: Algorithm[] = [];

  /** Throws PipelineError for something else than an engine, and for an option that is unknown. */
  constructor(
    readonly engine: Engine,
    private readonly options: PipelineOptions = {},
  ) {
    demand('engine', engine, 'The engine of the pipeline');
    const group = new Parameters(options, ['onProgress', 'onNote', 'signal'], 'the pipeline');
    for (const name of ['onProgress', 'onNote']) {
      const listener = group.value(name);
      if (listener !== undefined) demandFunction(listener, `The ${name} of the pipeline`, 'console.log');
    }
  }

  addAlgo(algorithm: Algorithm): void {
    demand('algorithm', algorithm, 'What addAlgo was given');
    this.algorithms.push(algorithm);
  }

  /**
   * Applies the algorithms in order; the given model stays as it is. Loader, metric and model are tried on one sample before
   * the work begins.
   */
  async run(model: CompressedModel): Promise<CompressedModel> {
    demand('model', model, 'The model for run');
    await checkFirstSample(this.engine, model);
    const own = this.engine instanceof OrtEngine ? undefined : new EngineProcess();
    const process = this.engine instanceof OrtEngine ? this.engine.process : (own ?? new EngineProcess());
    try {
      let current = model;
      for (const group of groupsOf(this.algorithms)) current = await this.runGroup(group, current, process);
      return current;
    } finally {
      own?.close();
    }
  }

  /** The metrics of a model over the whole data set; null without a metric or annotations. */
  async evaluate(model: CompressedModel): Promise<Readonly<Record<string, number>> | null> {
    demand('model', model, 'The model for evaluate');
    checkMetric(this.engine);
    await this.engine.setModel(model);
    const onProgress = (done: number, total: number): void =>
      this.options.onProgress?.({ phase: 'evaluating', done, total, unit: 'samples' });
    return (await this.engine.predict({ onProgress })).metrics;
  }

  /** Statistics of a group are those of the model it begins with: collected in one pass for equal samplers. */
  private async runGroup(
    group: readonly Algorithm[],
    model: CompressedModel,
    process: EngineProcess,
  ): Promise<CompressedModel> {
    const collector = new StatisticsCollector();
    for (const algorithm of group) algorithm.registerStatistics?.(model, collector);
    if (collector.hasRequests) {
      await this.engine.setModel(model);
      await collector.collect(this.engine);
    }
    const work: AlgorithmWork = {
      engine: this.engine,
      process,
      collector,
      context: contextOf(this.options),
      note: (sentence) => (this.options.onNote ?? toStandardError)(sentence),
    };
    let current = model;
    for (const algorithm of group) current = await algorithm.run(current, work);
    return current;
  }
}

function toStandardError(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

/** A group ends with an algorithm that changes the model others take their statistics from. */
function groupsOf(algorithms: readonly Algorithm[]): readonly (readonly Algorithm[])[] {
  const groups: Algorithm[][] = [[]];
  for (const algorithm of algorithms) {
    groups.at(-1)?.push(algorithm);
    if (algorithm.changesOriginalModel) groups.push([]);
  }
  return groups.filter((group) => group.length > 0);
}

function contextOf({ signal, onProgress }: PipelineOptions): JobContext {
  return {
    folder: scratchFolder(),
    signal: signal ?? new AbortController().signal,
    onProgress: (progress) => onProgress?.(progress),
    log: () => undefined,
  };
}

/** The algorithms check what they are given: a script need not be compiled. */
const makers: Readonly<Record<AlgorithmConfig['name'], (params?: object) => Algorithm>> = {
  DefaultQuantization: (params) => new DefaultQuantization(params),
  AccuracyAwareQuantization: (params) => new AccuracyAwareQuantization(params),
};

/**
 * A pipeline of the product's algorithms.
 *
 * @param config in the order in which they are applied
 * @throws PipelineError for an unknown algorithm or parameter, with the nearest name, and for a value that is not possible
 */
export function createPipeline(
  config: readonly AlgorithmConfig[],
  engine: Engine,
  options: PipelineOptions = {},
): Pipeline {
  const pipeline = new Pipeline(engine, options);
  if (!Array.isArray(config)) throw pipelineErrors.parameter('algo_config', config, 'a list of {name, params}');
  (config as readonly unknown[]).forEach((given, index) =>
    pipeline.addAlgo(algorithmOf(given, `algo_config[${index}]`)),
  );
  return pipeline;
}

function algorithmOf(given: unknown, place: string): Algorithm {
  const group = new Parameters(given, ['name', 'params'], place);
  const [name, params] = [group.value('name'), group.value('params')];
  const known = Object.keys(makers);
  if (typeof name !== 'string' || !Object.hasOwn(makers, name)) {
    throw pipelineErrors.unknownAlgorithm(name, known, typeof name === 'string' ? nearestName(name, known) : undefined);
  }
  if (params !== undefined && !isObject(params)) {
    throw pipelineErrors.parameter(`${place}.params`, params, 'an object of parameters');
  }
  return makers[name as AlgorithmConfig['name']](params);
}
