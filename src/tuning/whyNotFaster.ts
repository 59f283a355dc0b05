// Where nothing pays: has the fastest quantized form diagnosed, so that a person learns what keeps 8 bits from paying.
import { rm } from 'node:fs/promises';
import { runDiagnose } from '../diagnosis/runDiagnose';
import type { JobContext } from '../protocol/jobContext';
import { failureRecordOf } from '../protocol/benchError';
import type { TuningRun } from './tuningRun';
import type { TuningSession } from './tuningSession';
import type { TuningWork } from './tuningWork';
import { writeTrialModel } from './trialBench';

/** The most costly findings are enough for a summary; `diagnose` gives them all. */
const mostFindings = 3;

/** Sentences from the diagnosis of the fastest trial; none where no trial was slower than hoped for. */
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
    const { findings } = await runDiagnose(
      {
        verb: 'diagnose',
        floatPath: session.modelPath,
        int8Path: files.modelPath,
        datasetPath: await session.performanceFile(),
        samples: 1,
        dimensions: session.spec.dimensions,
        threads: session.threads,
      },
      context,
    );
    return findings.slice(0, mostFindings).map(({ message }) => `Trial ${fastest.id}: ${message}`);
  } catch (thrown) {
    context.signal.throwIfAborted();
    // The result of the tuning does not depend on it.
    context.log(`no diagnosis of trial ${fastest.id}: ${failureRecordOf(thrown).message}`);
    return [];
  } finally {
    await rm(files.folder, { recursive: true, force: true });
  }
}
