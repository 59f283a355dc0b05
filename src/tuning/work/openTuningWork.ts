// Opens what the task of a config needs: quantization, or conversion of the graph.
import type { JobContext } from '../../protocol/jobContext';
import { ConversionTuning } from './conversionTuning';
import type { TuningHistory } from '../history';
import { QuantizationTuning } from './quantizationTuning';
import type { TuningSession } from '../tuningSession';
import type { TuningWork } from './tuningWork';

/** Opens it, checks it, and lets `use` work with it until it is done. */
export async function withTuningWork<Result>(
  session: TuningSession,
  history: TuningHistory,
  context: JobContext,
  use: <Config>(work: TuningWork<Config>) => Promise<Result>,
): Promise<Result> {
  const { task } = session.config;
  if (task.kind !== 'quantization') {
    return closing(new ConversionTuning(session, task.kind, task.conversion, context), use);
  }
  return closing(await QuantizationTuning.open(session, task.quantization, history, context), use);
}

async function closing<Config, Result>(
  work: TuningWork<Config>,
  use: (work: TuningWork<Config>) => Promise<Result>,
): Promise<Result> {
  try {
    await work.check();
    return await use(work);
  } finally {
    work.close();
  }
}
