// What an algorithm of a pipeline is: those of the product, and a script's own (SYSTEMS §7.1, Algorithm).
import type { JobContext } from '../../protocol/jobContext';
import type { CompressedModel } from './compressedModel';
import type { Engine } from './engine';
import type { EngineProcess } from './engineProcess';
import type { StatisticsCollector } from './statisticsCollector';

/** What an algorithm is given. */
export interface AlgorithmWork {
  readonly engine: Engine;
  /** Where models are opened. */
  readonly process: EngineProcess;
  readonly collector: StatisticsCollector;
  readonly context: JobContext;
  /** Tells the script something remarkable. */
  note(sentence: string): void;
}

export interface Algorithm {
  readonly name: string;
  /** Ends a group: statistics of later algorithms are those of the model it makes. */
  readonly changesOriginalModel: boolean;
  /** Asks for statistics of the model as it is before the group begins. */
  registerStatistics?(model: CompressedModel, collector: StatisticsCollector): void;
  run(model: CompressedModel, work: AlgorithmWork): Promise<CompressedModel>;
}
