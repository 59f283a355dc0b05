// The job `preview`: the first samples of a data set, each as it leaves the loader and every transform, and the first
// sample that cannot be used.
import { BenchError, failureRecordOf } from '../../protocol/benchError';
import type { FailureRecord } from '../../protocol/benchError';
import type { JobContext } from '../../protocol/jobContext';
import type { DatasetPreview, PreviewPicture, PreviewSample, PreviewSpec, PreviewStep } from '../../protocol/preview';
import { batches, itemAt } from '../batches';
import type { DataItem, KnownItem } from '../contracts';
import { isEndOfData } from '../dataErrors';
import { pngPicture } from '../images/pngPicture';
import { sideBySide } from '../images/sideBySide';
import { openDataset } from '../openDataset';
import type { OpenedDataset } from '../openDataset';
import type { Sample } from '../transforms/sample';
import { boxesOf, labelText, maskOf } from './labelText';
import { tensorFigures } from './tensorFigures';

/** Characters of a text that are shown. */
const longestText = 2000;

/** A sample on its way, with the step it has just left. */
interface SeenSample {
  readonly step: string;
  readonly sample: Sample;
}

/**
 * Reads samples one by one. A sample that cannot be read or transformed is a part of the answer.
 *
 * @throws ConfigError, DataError or FileError where the data set as a whole cannot be opened: a mistake in the file, a bad
 *   line of a list, a bad entry of annotations
 */
export async function runPreview(spec: PreviewSpec, context: JobContext): Promise<DatasetPreview> {
  const seen: SeenSample[] = [];
  const dataset = await openDataset(spec.datasetPath, (step, sample) => seen.push({ step, sample }));
  try {
    const samples = await firstSamples(spec, dataset, seen, context);
    const failed = samples.find(({ failure }) => failure !== null);
    const first = samples.length - samples.filter(({ failure }) => failure !== null).length;
    const { loader } = dataset;
    const checks = spec.checksAll && failed === undefined && loader.endless !== true;
    const checked = checks ? await checkAll(dataset, seen, context) : { readable: first, problem: null };
    return {
      loader: dataset.loaderName,
      length: loader.length ?? null,
      isEndless: loader.endless === true,
      isRandom: dataset.isRandom,
      batchSize: dataset.batchSize,
      metric: dataset.metric?.name ?? null,
      notes: dataset.notes,
      samples,
      readable: checked.readable,
      problem: failed?.failure ?? checked.problem,
    };
  } finally {
    await dataset.close();
  }
}

async function firstSamples(
  spec: PreviewSpec,
  dataset: OpenedDataset,
  seen: SeenSample[],
  { signal, onProgress }: JobContext,
): Promise<PreviewSample[]> {
  const { loader, loaderName } = dataset;
  const count = Math.min(spec.samples, loader.length ?? Infinity);
  const samples: PreviewSample[] = [];
  for (let index = 0; index < count; index++) {
    signal.throwIfAborted();
    onProgress({ phase: 'reading', done: index, total: count, unit: 'samples' });
    seen.length = 0;
    try {
      const item = await itemAt(loader, index);
      const text = item.text?.slice(0, longestText) ?? null;
      samples.push({ index, id: item.id, steps: await stepsOf(spec, seen, loaderName, item), text, failure: null });
    } catch (thrown) {
      if (isEndOfData(thrown)) break;
      const failure = failureOf(thrown);
      const known = loader.known?.(index);
      const id = seen[0]?.sample.id ?? known?.id ?? '';
      const steps = seen.length > 0 ? await stepsOf(spec, seen, loaderName) : unreadStep(loaderName, known);
      samples.push({ index, id, steps, text: null, failure });
      // After a failure, a loader that is read in order may have nothing more to say.
      if (loader.length === undefined) break;
    }
  }
  return samples;
}

/** What the person has to put right; mistakes of ours end the job. */
function failureOf(thrown: unknown): FailureRecord {
  if (!(thrown instanceof BenchError)) throw thrown;
  return failureRecordOf(thrown);
}

/** @param item of a sample that came through: where there are no transforms, it is all that was seen of it */
async function stepsOf(
  { pictureSize }: PreviewSpec,
  seen: readonly SeenSample[],
  loaderName: string,
  item?: DataItem,
): Promise<PreviewStep[]> {
  if (seen.length === 0 && item !== undefined) {
    const { inputs, annotation } = item;
    const entries = Object.entries(inputs);
    const image = sideBySide(Object.values(inputs));
    const picture = image !== undefined ? await pictureOf({ image, label: annotation }, pictureSize) : null;
    const tensors = entries.map(([name, tensor]) => tensorFigures(name, tensor));
    return [{ name: loaderName, tensors, label: labelText(annotation), boxes: boxesOf(annotation), picture }];
  }
  const [inputName = 'image'] = Object.keys(item?.inputs ?? {});
  return Promise.all(
    seen.map(async ({ step, sample }, place) => ({
      name: step,
      tensors: [tensorFigures(inputName, sample.image)],
      label: labelText(sample.label),
      boxes: boxesOf(sample.label),
      picture: looksAsBefore(sample, seen[place - 1]?.sample) ? null : await pictureOf(sample, pictureSize),
    })),
  );
}

/** Whether a step has left the array and the boxes as they were: there is nothing new to look at. */
function looksAsBefore(sample: Sample, before: Sample | undefined): boolean {
  if (sample.image !== before?.image) return false;
  return JSON.stringify(boxesOf(sample.label)) === JSON.stringify(boxesOf(before.label));
}

/** The label of a sample that could not be read, where a list says it. */
function unreadStep(name: string, known: KnownItem | undefined): PreviewStep[] {
  if (known === undefined || !('annotation' in known)) return [];
  const { annotation } = known;
  return [{ name, tensors: [], label: labelText(annotation), boxes: boxesOf(annotation), picture: null }];
}

async function pictureOf(
  { image, label }: Pick<Sample, 'image' | 'label'>,
  longestSide: number,
): Promise<PreviewPicture | null> {
  const boxes = boxesOf(label).map(({ className, ...edges }) => ({ ...edges, text: className }));
  const picture = longestSide === 0 ? undefined : await pngPicture(image, longestSide, boxes, maskOf(label));
  if (picture === undefined) return null;
  const { width, height, png } = picture;
  return { width, height, png: Buffer.from(png).toString('base64') };
}

/** Reads everything as a job that uses the data would, until something cannot be used. */
async function checkAll(
  { loader, batchSize }: OpenedDataset,
  seen: SeenSample[],
  { signal, onProgress }: JobContext,
): Promise<Pick<DatasetPreview, 'readable' | 'problem'>> {
  let readable = 0;
  const total = loader.length === undefined ? {} : { total: loader.length };
  try {
    for await (const { ids } of batches(loader, { batchSize, signal })) {
      readable += ids.length;
      // What was seen is of no use here, and would grow with the data.
      seen.length = 0;
      onProgress({ phase: 'checking', done: readable, ...total, unit: 'samples' });
    }
  } catch (thrown) {
    return { readable, problem: failureOf(thrown) };
  }
  return { readable, problem: null };
}
