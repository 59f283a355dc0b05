// The diagnosis of an optimized model: what the tuning left with it, or else made once, on the first question, by a job in
// the queue, and kept with the run that made the model; whoever asks meanwhile waits for the same job.
import { statSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { replaceFile } from '../../files/atomicWrite';
import { claimFolder } from '../../files/disk';
import { fileErrorOf } from '../../files/fileErrors';
import { readRunSummary } from '../../files/runLog';
import type { DiagnoseResult, DiagnoseSpec } from '../../protocol/diagnosis';
import { isRunEnd } from '../../protocol/runs';
import type { RunSummary } from '../../protocol/runs';
import type { DatasetRecord, ModelRecord } from '../../store/records';
import type { Bench } from '../bench';
import { datasetYaml } from '../dataset/datasetConfig';
import { requestErrors } from '../requestErrors';
import { runDatasetName } from '../runs/enqueueRun';
import { modelOf, namedParts } from '../runs/namedParts';
import { readResult } from '../runs/runViews';

/** Errors are measured on as many samples as the command line takes. */
const samples = 10;

/** Nobody waits longer than this for an answer; the job goes on, and the next question finds what it found. */
const longestWaitMs = 5 * 60_000;

/** A folder that has no run after this time was left by a process that ended before it put one into the queue. */
const longestClaimMs = 30_000;
const claimPauseMs = 100;

/** More failed attempts than this are not going to be followed by a better one. */
const mostAttempts = 20;

/** What is compared: a quantized model of the project, and the float model it was made from. */
export interface DiagnosisSubject {
  readonly float: ModelRecord;
  readonly int8: ModelRecord;
  readonly dataset: DatasetRecord;
  /** The run that made the model. */
  readonly runFolder: string;
}

/** What there is to diagnose in a model; undefined for one that no quantization made. */
export async function diagnosisSubject(
  bench: Bench,
  projectId: number,
  modelId: number,
): Promise<DiagnosisSubject | undefined> {
  const int8 = await modelOf(bench, projectId, modelId);
  const { madeBy } = int8;
  if (madeBy === null || !int8.precision.startsWith('int8')) return undefined;
  const optimization = await bench.store.find('optimization', madeBy.optimizationId);
  if (optimization === undefined) return undefined;
  const { model: float, dataset } = await namedParts(bench, optimization);
  const run = (await bench.store.runs('optimization', optimization.id)).find(({ name }) => name === madeBy.run);
  if (float === undefined || dataset === undefined || run === undefined) return undefined;
  return { float, int8, dataset, runFolder: run.folder };
}

/** What a tuning that diagnoses its winner leaves in its folder. */
const tunedName = 'diagnosis.json';

/** The diagnosis that the tuning made, if it is one of this very model. */
async function diagnosisOfTuning({ runFolder, int8 }: DiagnosisSubject): Promise<DiagnoseResult | undefined> {
  try {
    const diagnosis = JSON.parse(await readFile(join(runFolder, tunedName), 'utf8')) as Partial<DiagnoseResult> | null;
    if (!Array.isArray(diagnosis?.ops) || diagnosis.int8Sha256 !== int8.sha256) return undefined;
    // Written by a job of this product.
    return diagnosis as DiagnoseResult;
  } catch {
    // Not every tuning makes one; a damaged one is made anew.
    return undefined;
  }
}

/** How things stand with a diagnosis, without anything being begun. */
export type DiagnosisState =
  | { readonly state: 'none' }
  | { readonly state: 'ready'; readonly result: DiagnoseResult }
  | { readonly state: 'working' | 'failed'; readonly run: RunSummary };

/** What is known of a diagnosis: of several attempts, what the newest came to. */
export async function diagnosisStateOf(bench: Bench, subject: DiagnosisSubject): Promise<DiagnosisState> {
  const tuned = await diagnosisOfTuning(subject);
  if (tuned !== undefined) return { state: 'ready', result: tuned };
  let known: DiagnosisState = { state: 'none' };
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const folder = folderOfAttempt(subject, attempt);
    const run = readRunSummary(folder);
    // The folder of an attempt that never began is followed by the next one.
    if (run === undefined && statSync(folder, { throwIfNoEntry: false }) === undefined) break;
    if (run !== undefined) known = await stateOfAttempt(bench, run);
    if (known.state === 'ready' || known.state === 'working') break;
  }
  return known;
}

async function stateOfAttempt(bench: Bench, run: RunSummary): Promise<DiagnosisState> {
  const state = await bench.queue.stateOf(run);
  if (state === 'queued' || state === 'running') return { state: 'working', run };
  const result = state === 'success' ? readResult(run.folder) : undefined;
  // Written by a job of this product.
  if (Array.isArray(result?.['ops'])) return { state: 'ready', result: result as unknown as DiagnoseResult };
  return state === 'cancelled' ? { state: 'none' } : { state: 'failed', run };
}

/** The diagnosis, if it was made already. */
export async function keptDiagnosisOf(bench: Bench, subject: DiagnosisSubject): Promise<DiagnoseResult | undefined> {
  const known = await diagnosisStateOf(bench, subject);
  return known.state === 'ready' ? known.result : undefined;
}

/** Puts a diagnosis into the queue where there is none and none is under way. Resolves when it is in there. */
export async function startDiagnosis(bench: Bench, subject: DiagnosisSubject): Promise<void> {
  const { state } = await diagnosisStateOf(bench, subject);
  if (state === 'ready' || state === 'working') return;
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const folder = folderOfAttempt(subject, attempt);
    if (await claimFolder(folder)) {
      await enqueue(bench, subject, folder);
      return;
    }
    // Somebody else is about to put it into the queue.
    if (readRunSummary(folder) === undefined && ageMs(folder) <= longestClaimMs) return;
  }
  throw failureOf(undefined);
}

function folderOfAttempt({ runFolder }: DiagnosisSubject, attempt: number): string {
  return join(runFolder, attempt === 1 ? 'diagnosis' : `diagnosis-${attempt}`);
}

/**
 * The diagnosis, which is made if it is not there.
 *
 * @throws RequestError with the reason when it fails, or is not done in time
 */
export async function diagnosisOf(
  bench: Bench,
  subject: DiagnosisSubject,
  waitMs: number = longestWaitMs,
): Promise<DiagnoseResult> {
  const tuned = await diagnosisOfTuning(subject);
  if (tuned !== undefined) return tuned;
  const signal = AbortSignal.timeout(waitMs);
  let failed: RunSummary | undefined;
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const folder = folderOfAttempt(subject, attempt);
    const isMine = await claimFolder(folder).catch((thrown: unknown) => {
      throw fileErrorOf(thrown, folder, 'make the folder');
    });
    if (isMine) await enqueue(bench, subject, folder);
    const run = await runIn(bench, folder, signal);
    const result = run?.state === 'success' ? readResult(folder) : undefined;
    // Written by a job of this product.
    if (Array.isArray(result?.['ops'])) return result as unknown as DiagnoseResult;
    if (run?.state === 'error') {
      // What the models are does not change; anything else may go better another time.
      if (isMine || run.failure?.code.startsWith('diagnosis-') === true) throw failureOf(run);
      failed = run;
    }
  }
  throw failureOf(failed);
}

async function enqueue(bench: Bench, subject: DiagnosisSubject, folder: string): Promise<void> {
  const { float, int8, dataset } = subject;
  const datasetPath = join(folder, runDatasetName);
  const spec: DiagnoseSpec = {
    verb: 'diagnose',
    floatPath: bench.absolutePath(float.path),
    int8Path: bench.absolutePath(int8.path),
    datasetPath,
    samples,
    dimensions: {},
    threads: 1,
  };
  try {
    await replaceFile(datasetPath, datasetYaml(bench, dataset));
    await bench.queue.enqueue({ folder, spec, subject: { kind: 'diagnosis', id: int8.id }, requestId: null });
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true });
    throw thrown;
  }
}

/** The run in a folder once it has ended; undefined where there is none, and nobody is about to put one there. */
async function runIn(bench: Bench, folder: string, signal: AbortSignal): Promise<RunSummary | undefined> {
  for (;;) {
    const run = readRunSummary(folder);
    const state = run === undefined ? undefined : await bench.queue.stateOf(run);
    if (run !== undefined && (state === 'queued' || state === 'running')) return ended(bench, run, signal);
    if (run !== undefined && state !== undefined && isRunEnd(run.state)) return { ...run, state };
    // Whoever made the folder is about to put its run into the queue, or has been ended before it did.
    if (ageMs(folder) > longestClaimMs) return undefined;
    await pause(claimPauseMs);
  }
}

/** Waits for the end of a run. One that somebody stops meanwhile is not begun anew by those who waited for it. */
async function ended(bench: Bench, { folder }: RunSummary, signal: AbortSignal): Promise<RunSummary> {
  const run = await endedInTime(bench, folder, signal);
  if (run.state !== 'cancelled') return run;
  throw requestErrors.refused(
    'diagnosis-cancelled',
    'The diagnosis of the model was cancelled.',
    'Ask again to have it made.',
  );
}

async function endedInTime(bench: Bench, folder: string, signal: AbortSignal): Promise<RunSummary> {
  try {
    return await bench.queue.ended(folder, signal);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    throw requestErrors.refused(
      'diagnosis-under-way',
      'The diagnosis of the model is still under way.',
      'Ask again later; it goes on.',
    );
  }
}

/** Infinity for a folder that is gone. */
function ageMs(folder: string): number {
  return Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity);
}

function failureOf(run: RunSummary | undefined): Error {
  const { message, nextStep } = run?.failure ?? { message: 'it left no result.' };
  return requestErrors.refused('diagnosis-failed', `The model could not be diagnosed: ${message}`, nextStep);
}
