// The page of a data set: its first samples, read in a job.
import { BenchError } from '../../protocol/benchError';
import type { PreviewQuestion, PreviewReport } from '../../protocol/panels/preview';
import { mostPictureSide } from '../../protocol/panels/preview';
import type { WorkContext } from '../../protocol/progress';
import type { Bench } from '../bench';
import { temporaryDatasetFile } from '../dataset/datasetFile';

/** What was last answered for a data set: a page asks again whenever something of the bench changed. */
interface KeptReport {
  readonly question: string;
  readonly report: Promise<PreviewReport>;
}

const kept = new WeakMap<Bench, Map<number, KeptReport>>();

/** The answer to the same question is kept: data is read again in another `turn`. */
export async function datasetPreview(
  bench: Bench,
  question: PreviewQuestion,
  context: WorkContext,
): Promise<PreviewReport> {
  const { id } = question;
  // Also of a kept answer: the data set may be gone.
  await bench.get('dataset', id);
  const reports = kept.get(bench) ?? new Map<number, KeptReport>();
  kept.set(bench, reports);
  const asked = JSON.stringify(question);
  const known = reports.get(id);
  if (known?.question === asked) return known.report;
  const report = readPreview(bench, question, context);
  reports.set(id, { question: asked, report });
  try {
    return await report;
  } catch (thrown) {
    if (reports.get(id)?.report === report) reports.delete(id);
    throw thrown;
  }
}

async function readPreview(
  bench: Bench,
  { id, samples, checksAll }: PreviewQuestion,
  context: WorkContext,
): Promise<PreviewReport> {
  const { name, projectId } = await bench.get('dataset', id);
  const project = await bench.get('project', projectId);
  await using file = await temporaryDatasetFile(bench, id);
  const spec = { verb: 'preview', datasetPath: file.path, samples, pictureSize: mostPictureSide, checksAll } as const;
  const outcome = await bench.queue.runBeside<'preview'>(spec, context);
  const named = { id, name, projectName: project.name };
  if (outcome.state === 'success') return { ...named, preview: outcome.result, failure: null };
  if (outcome.state === 'error') return { ...named, preview: null, failure: outcome.failure };
  throw new BenchError({ code: 'preview-cancelled', message: 'Reading the data set was stopped.' });
}
