// Sensitivity analyses as clients of Neural Magic's Studio ask for them (SYSTEMS §6.1): those that need no inference at
// once, the others kept under an id the client chose, found while it waits, or sent by it.
import { failureReason } from '../runs/runFailureMessage';
import { usualAnalysis } from '../../dictionary/sensitivitySettings';
import type { SensitivityKind, SensitivitySettings } from '../../protocol/pruning';
import type { RunSummary } from '../../protocol/runs';
import type { ProjectRecord, SensitivityRecord } from '../../store/records';
import type { Bench } from '../bench';
import { requestErrors } from '../requestErrors';
import type { RequestReader } from '../requestReader';
import { modelOf } from '../runs/namedParts';
import { readDimensions, refuseUnknownDimensions } from '../sensitivity/dimensionSizes';
import { addSensitivity, refuseUnprunable } from '../sensitivity/sensitivityAdd';
import { editSensitivity } from '../sensitivity/sensitivityEdit';
import { layersOfResult, readLayers } from '../sensitivity/sensitivityPoints';
import type { SentPoints } from '../sensitivity/sensitivityPoints';
import { executeSensitivity } from '../sensitivity/sensitivityRun';
import { pointsOf, sentNotes } from '../sensitivity/sensitivityView';
import type { FoundPoints } from '../sensitivity/sensitivityView';
import { approximateResult } from './approximateResult';
import { projectOf, studioModelPath } from './studioProjects';
import { studioErrors } from './studioErrors';
import { oneAfterAnother } from './oneAfterAnother';
import { inputsFor, keepInputs } from './studioInputs';
import { methodOf, readRunSettings } from './studioRunSettings';

/** The id under which there is what was computed without any inference. */
const approxId = 'approx';

/** An analysis of a project. */
export interface AnalysisName {
  readonly uuid: string;
  readonly kind: SensitivityKind;
  /** As the client calls it. */
  readonly analysisId: string;
}

/**
 * Sparsity in percent, from the weights or the shapes alone.
 *
 * @param parameters `dims`, sizes of open dimensions at which operations are counted
 */
export async function approximateAnalysis(
  bench: Bench,
  { uuid, kind }: Pick<AnalysisName, 'uuid' | 'kind'>,
  parameters: RequestReader,
): Promise<object> {
  const project = await projectOf(bench, uuid);
  const path = await studioModelPath(bench, project);
  refuseUnprunable(path);
  const dimensions = readDimensions(parameters.value('dims'), 'dims') ?? {};
  refuseUnknownDimensions(path, dimensions, 'dims');
  const result = await approximateResult(bench, path, kind, dimensions);
  const layers = layersOfResult(result);
  return answerOf({ layers, unit: 'percent', notes: result.notes, isEdited: false, result });
}

/** The points that were kept. Without an id those of the oldest analysis that has some. */
export async function savedAnalysis(
  bench: Bench,
  { uuid, kind, analysisId }: Omit<AnalysisName, 'analysisId'> & { readonly analysisId: string | undefined },
): Promise<object> {
  const project = await projectOf(bench, uuid);
  if (analysisId === undefined) return oldestAnalysis(bench, project, kind);
  const record = await recordOf(bench, project, kind, analysisId);
  if (record === undefined) throw requestErrors.missing(`${title(kind)} analysis ${analysisId} does not exist`);
  const [newest] = await bench.store.runs('sensitivity', record.id);
  const found = await pointsOf(bench, record, newest);
  if (found === undefined) {
    const { text, nextStep } = await stateText(bench, newest);
    throw requestErrors.missing(`${title(kind)} analysis ${analysisId} has no result: ${text}`, nextStep);
  }
  return answerOf(found);
}

async function oldestAnalysis(bench: Bench, project: ProjectRecord, kind: SensitivityKind): Promise<object> {
  for (const record of await recordsOf(bench, project, kind)) {
    const [newest] = await bench.store.runs('sensitivity', record.id);
    const found = await pointsOf(bench, record, newest);
    if (found !== undefined) return answerOf(found);
  }
  throw requestErrors.missing(`The project has no ${kind} analysis`, 'POST to one with an id of your choice.');
}

async function stateText(
  bench: Bench,
  run: RunSummary | undefined,
): Promise<{ readonly text: string; readonly nextStep?: string }> {
  const state = run === undefined ? undefined : await bench.queue.stateOf(run);
  if (run === undefined) return { text: 'it was never run.', nextStep: 'POST to it.' };
  if (state === 'queued' || state === 'running') return { text: 'it is under way.', nextStep: 'Ask again later.' };
  return { text: failureReason(run), nextStep: 'POST to it again.' };
}

/**
 * Analyses the model and keeps what is found under the client's id, in place of what was there. Resolves when that is done.
 * Asked the same again meanwhile, it is done once; something else waits its turn.
 */
export async function runAnalysis(bench: Bench, name: AnalysisName, parameters: RequestReader): Promise<object> {
  refuseApprox(name);
  const project = await projectOf(bench, name.uuid);
  const { settings, inputs, notes } = readRunSettings(parameters, name.kind);
  refuseUnknownDimensions(await studioModelPath(bench, project), settings.dimensions, 'dims');
  const { dataset, tried } = await inputsFor(bench, project, inputs);
  const wanted = { ...settings, datasetId: dataset?.id ?? null };
  const key = `${project.id} ${name.kind} ${name.analysisId}`;
  return oneAfterAnother(bench, key, JSON.stringify({ wanted, tried }), async () => {
    const record = await runnableRecord(bench, project, name, wanted);
    const { id } = record;
    const run = await executeSensitivity(bench, id, null, tried);
    const ended = await bench.queue.ended(run.folder);
    if (ended.state !== 'success') throw studioErrors.failed(name.kind, name.analysisId, ended);
    if (tried !== undefined) await keepInputs(bench, record, tried);
    const found = await pointsOf(bench, await bench.get('sensitivity', id), ended);
    if (found === undefined) throw studioErrors.failed(name.kind, name.analysisId, ended);
    return answerOf({ ...found, notes: [...notes, ...found.notes] });
  });
}

/** The analysis with what it is to be run with: made, or as it is. */
async function runnableRecord(
  bench: Bench,
  project: ProjectRecord,
  { kind, analysisId }: AnalysisName,
  wanted: SensitivitySettings & Pick<SensitivityRecord, 'datasetId' | 'dimensions'>,
): Promise<SensitivityRecord> {
  const known = await recordOf(bench, project, kind, analysisId);
  if (known === undefined) return addAnalysis(bench, project, { kind, analysisId }, wanted);
  const { id: modelId } = await modelOf(bench, project.id, undefined);
  return bench.store.edit('sensitivity', known.id, () => ({ modelId, ...wanted }));
}

async function addAnalysis(
  bench: Bench,
  project: ProjectRecord,
  { kind, analysisId }: Pick<AnalysisName, 'kind' | 'analysisId'>,
  { datasetId, ...settings }: SensitivitySettings & Pick<SensitivityRecord, 'datasetId' | 'dimensions'>,
): Promise<SensitivityRecord> {
  await studioModelPath(bench, project);
  const method = methodOf(kind);
  return addSensitivity(bench, {
    projectId: project.id,
    name: analysisId,
    datasetId,
    kind,
    method,
    settings,
    analysisId,
  });
}

/** Keeps the points that a client sends under its id, in place of what was there. */
export async function editAnalysis(bench: Bench, name: AnalysisName, parameters: RequestReader): Promise<object> {
  refuseApprox(name);
  const project = await projectOf(bench, name.uuid);
  const { kind, analysisId } = name;
  const { layers } = layersIn(parameters, kind);
  const known =
    (await recordOf(bench, project, kind, analysisId)) ??
    (await addAnalysis(bench, project, { kind, analysisId }, { ...usualAnalysis, datasetId: null }));
  const { edited } = await editSensitivity(bench, known.id, layers);
  return { layerSensitivities: layers, notes: edited === null ? [] : sentNotes(edited) };
}

/** The document and the program of the original have the key of either kind for both. */
function layersIn(parameters: RequestReader, kind: SensitivityKind): SentPoints {
  const key = [kind, 'loss', 'perf', 'layerSensitivities'].find((one) => parameters.has(one));
  if (key === undefined) throw requestErrors.parameterMissing(kind);
  return readLayers(parameters.value(key), key, { method: methodOf(kind) });
}

function refuseApprox({ analysisId }: AnalysisName): void {
  if (analysisId !== approxId) return;
  throw requestErrors.refused(
    'analysis-approx',
    `The analysis ${approxId} is computed from the model and cannot be changed.`,
    'Choose another id.',
  );
}

/** Of two that other processes made at the same time, the older. */
async function recordOf(
  bench: Bench,
  project: ProjectRecord,
  kind: SensitivityKind,
  analysisId: string,
): Promise<SensitivityRecord | undefined> {
  return (await recordsOf(bench, project, kind)).find((record) => record.analysisId === analysisId);
}

/** Those that tell sparsity as a fraction, the oldest first. */
async function recordsOf(
  bench: Bench,
  { id: projectId }: ProjectRecord,
  kind: SensitivityKind,
): Promise<readonly SensitivityRecord[]> {
  const records = await bench.store.list('sensitivity', { projectId });
  return records.filter((record) => record.kind === kind && record.method !== 'approx');
}

/** `inputs` is the data set the model was run on, null for random numbers; not there where nothing was run. */
function answerOf({ layers, notes, isEdited, result }: FoundPoints): object {
  const isRun = !isEdited && result !== undefined && result.method !== 'approx';
  return {
    layerSensitivities: layers.map(({ id, baseline, sparse }) => ({ id, baseline, sparse })),
    ...(isRun ? { inputs: result.datasetName } : {}),
    notes: [...(isRun && result.datasetName !== null ? [inputsNote(result.datasetName)] : []), ...notes],
  };
}

function inputsNote(name: string): string {
  return `The inputs are samples of the data set ${JSON.stringify(name)}.`;
}

function title(kind: SensitivityKind): string {
  return kind === 'loss' ? 'Loss' : 'Perf';
}
