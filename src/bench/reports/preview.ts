// The page of a data set: its first samples, read in a job.
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { BenchError } from '../../protocol/benchError';
import { datasetSubjectOf, mostPictureSide } from '../../protocol/panels/preview';
import type { DatasetSubject, PreviewQuestion, PreviewReport } from '../../protocol/panels/preview';
import type { ProgressListener, WorkContext } from '../../protocol/progress';
import type { Bench } from '../bench';
import { temporaryDatasetFile } from '../dataset/datasetFile';

/** What was last answered for a data set: a page asks again whenever something of the bench changed. */
interface KeptReport {
  readonly question: string;
  readonly report: Promise<PreviewReport>;
  /** Of everybody who waits for it: a page that was hidden and is shown again asks a second time. */
  readonly listeners: Set<ProgressListener>;
  readonly stop: () => void;
}

const kept = new WeakMap<Bench, Map<string, KeptReport>>();

/** The answer to the same question is kept: data is read again in another `turn`, or when its file has changed. */
export async function datasetPreview(
  bench: Bench,
  question: PreviewQuestion,
  { signal, onProgress }: WorkContext,
): Promise<PreviewReport> {
  const subject = datasetSubjectOf(question);
  // Also of a kept answer: the data set may be gone.
  const mark = await markOf(bench, subject);
  const key = JSON.stringify(subject);
  const reports = kept.get(bench) ?? new Map<string, KeptReport>();
  kept.set(bench, reports);
  const asked = JSON.stringify([question, mark]);
  const known = reports.get(key);
  const reading = known?.question === asked ? known : startReading(bench, question, asked);
  reports.set(key, reading);
  reading.listeners.add(onProgress);
  signal.addEventListener('abort', reading.stop);
  if (signal.aborted) reading.stop();
  try {
    return await reading.report;
  } catch (thrown) {
    if (reports.get(key) === reading) reports.delete(key);
    throw thrown;
  } finally {
    reading.listeners.delete(onProgress);
    signal.removeEventListener('abort', reading.stop);
  }
}

function startReading(bench: Bench, question: PreviewQuestion, asked: string): KeptReport {
  const stopping = new AbortController();
  const listeners = new Set<ProgressListener>();
  const report = readPreview(bench, question, {
    signal: stopping.signal,
    onProgress: (progress) => listeners.forEach((listen) => listen(progress)),
  });
  return { question: asked, report, listeners, stop: () => stopping.abort() };
}

/** When the file of a data set was last changed; of one of the bench nothing, which cannot be. */
async function markOf(bench: Bench, subject: DatasetSubject): Promise<number | null> {
  if ('file' in subject)
    return stat(subject.file).then(
      ({ mtimeMs }) => mtimeMs,
      () => null,
    );
  await bench.get('dataset', subject.id);
  return null;
}

async function readPreview(bench: Bench, question: PreviewQuestion, context: WorkContext): Promise<PreviewReport> {
  if ('file' in question) {
    const { file } = question;
    return reportOf(bench, file, { question, name: basename(file), origin: dirname(file) }, context);
  }
  const { name, projectId } = await bench.get('dataset', question.id);
  const { name: origin } = await bench.get('project', projectId);
  await using file = await temporaryDatasetFile(bench, question.id);
  return await reportOf(bench, file.path, { question, name, origin }, context);
}

/** A question with what is said of its data set. */
interface NamedQuestion extends Pick<PreviewReport, 'name' | 'origin'> {
  readonly question: PreviewQuestion;
}

async function reportOf(
  bench: Bench,
  datasetPath: string,
  { question: { samples, checksAll }, ...named }: NamedQuestion,
  context: WorkContext,
): Promise<PreviewReport> {
  const spec = { verb: 'preview', datasetPath, samples, pictureSize: mostPictureSide, checksAll } as const;
  const outcome = await bench.queue.runBeside<'preview'>(spec, context);
  if (outcome.state === 'success') return { ...named, preview: outcome.result, failure: null };
  if (outcome.state === 'error') return { ...named, preview: null, failure: outcome.failure };
  throw new BenchError({
    code: 'preview-cancelled',
    message: 'Reading the data set was stopped.',
    nextStep: '"Try again" reads it from the beginning.',
  });
}
