// Has a trial diagnosed: why nothing pays, and where the winner loses accuracy and time.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runDiagnose } from '../../diagnosis/runDiagnose';
import { replaceFile } from '../../files/atomicWrite';
import { failureRecordOf } from '../../protocol/benchError';
import type { DiagnoseResult } from '../../protocol/diagnosis';
import type { JobContext } from '../../protocol/jobContext';
import { writeTrialModel } from '../trials/trialBench';
import type { TuningRun } from '../tuningRun';
import type { TuningSession } from '../tuningSession';
import type { TuningWork } from '../work/tuningWork';
import type { Winner } from './winner';

/** The most costly findings are enough for a summary; `diagnose` gives them all. */
const mostFindings = 3;

/** Samples that errors are measured on. */
const diagnosedSamples = 10;

/** Where nothing pays: sentences from the diagnosis of the fastest trial; none where no trial could be measured. */
export async function whyNotFaster<Config>(
  work: TuningWork<Config>,
  run: TuningRun<Config>,
  session: TuningSession,
  context: JobContext,
): Promise<string[]> {
  const measured = run.records.filter(({ measure }) => measure !== undefined);
  const [fastest] = measured.sort((a, b) => (a.measure?.latencyMs ?? 0) - (b.measure?.latencyMs ?? 0));
  const config = fastest === undefined ? undefined : run.configOf(fastest.id);
  if (fastest === undefined || config === undefined) return [];
  const files = await writeTrialModel(fastest.id, () => work.build(config), context);
  try {
    const diagnosis = await diagnosed(files.modelPath, fastest.id, 1, session, context);
    return (diagnosis?.findings ?? []).slice(0, mostFindings).map(({ message }) => `Trial ${fastest.id}: ${message}`);
  } finally {
    await rm(files.folder, { recursive: true, force: true });
  }
}

/** Writes the diagnosis of the winner into the run's folder; gives a sentence that says where it is. */
export async function diagnoseWinner(winner: Winner, session: TuningSession, context: JobContext): Promise<string[]> {
  const diagnosis = await diagnosed(winner.path, winner.id, diagnosedSamples, session, context);
  if (diagnosis === undefined) return [];
  const path = join(context.folder, 'diagnosis.json');
  await replaceFile(path, `${JSON.stringify(diagnosis, undefined, 2)}\n`);
  return [`The diagnosis of trial ${winner.id} is in ${path}.`];
}

/** Undefined where the model cannot be diagnosed: the result of the tuning does not depend on it. */
async function diagnosed(
  int8Path: string,
  id: number,
  samples: number,
  session: TuningSession,
  context: JobContext,
): Promise<DiagnoseResult | undefined> {
  const datasetPath = await session.performanceFile();
  const { modelPath: floatPath, threads, spec } = session;
  const { dimensions } = spec;
  try {
    return await runDiagnose(
      { verb: 'diagnose', floatPath, int8Path, datasetPath, samples, dimensions, threads },
      context,
    );
  } catch (thrown) {
    context.signal.throwIfAborted();
    context.log(`no diagnosis of trial ${id}: ${failureRecordOf(thrown).message}`);
    return undefined;
  }
}
