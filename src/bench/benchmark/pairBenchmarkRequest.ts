// Reads the call that benchmarks an input model and an optimized one together (SYSTEMS §1.4): two models, what is measured.
import type { PairMode, PairRole } from '../../protocol/pair';
import { requestErrors } from '../requestErrors';
import type { RequestReader } from '../requestReader';

export interface PairRequestModel {
  readonly role: PairRole;
  /** As the client named it. */
  readonly path: string;
  readonly precision: string | null;
  readonly modes: readonly PairMode[];
}

export interface PairRequest {
  /** What the client calls its workload; messages carry it as it was sent. */
  readonly id: string | number;
  readonly workspacePath: string | undefined;
  /** Our addition: a config.yaml, or a DATASET.yaml, that says on what and how to measure. */
  readonly configPath: string | undefined;
  readonly datasetPath: string | undefined;
  readonly models: readonly PairRequestModel[];
}

/** Whether a call to `benchmark` is one for two models, not for the details of a benchmark. */
export function isPairRequest(parameters: RequestReader): boolean {
  return parameters.has('input_model') || parameters.has('optimized_model');
}

/** Reads the call. Throws RequestError. */
export function readPairRequest(parameters: RequestReader): PairRequest {
  return {
    id: readId(parameters),
    workspacePath: parameters.optionalText('workspace_path'),
    configPath: parameters.optionalText('config_path'),
    datasetPath: parameters.optionalText('dataset_path'),
    models: [
      readModel(parameters.object('input_model'), 'input'),
      readModel(parameters.object('optimized_model'), 'optimized'),
    ],
  };
}

const longestId = 200;

function readId(parameters: RequestReader): string | number {
  const value = parameters.value('id');
  if (value === undefined || value === '') throw requestErrors.requestIdMissing();
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string' && value.length <= longestId) return value;
  throw requestErrors.valueIncorrect('id', 'a short text');
}

function readModel(parameters: RequestReader, role: PairRole): PairRequestModel {
  return {
    role,
    path: parameters.text('path'),
    precision: parameters.optionalText('precision', 100) ?? null,
    modes: readModes(parameters),
  };
}

/** What clients call what is measured; `performance` is the name in answers. */
const modesByName: ReadonlyMap<string, PairMode> = new Map([
  ['benchmark', 'performance'],
  ['performance', 'performance'],
  ['accuracy', 'accuracy'],
]);

/** `["benchmark", "accuracy"]`, each once, performance first; without any it is a benchmark. */
function readModes(parameters: RequestReader): readonly PairMode[] {
  const named = parameters.optionalNames('mods') ?? [];
  const modes = named.map((name) => modesByName.get(name));
  if (modes.includes(undefined)) {
    throw requestErrors.valueIncorrect('mods', `a list of ${[...modesByName.keys()].join(', ')}`);
  }
  const asked = (['performance', 'accuracy'] as const).filter((mode) => modes.includes(mode));
  return asked.length === 0 ? ['performance'] : asked;
}
