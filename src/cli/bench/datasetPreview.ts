// `compressor-bench datasets preview DATASET`: the first samples of a data set file, or of a data set of the bench.
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileErrorOf } from '../../files/fileErrors';
import { makeFolders } from '../../files/makeFolders';
import type { DatasetPreview, PreviewPicture, PreviewSample } from '../../protocol/preview';
import type { Command } from '../command';
import { exitCodes } from '../command';
import { counted } from '../formats';
import { runCommandJob } from '../job';
import { jobOptions } from '../options';
import type { OptionSpec, ParsedCommand } from '../options';
import { plain, printFailure, printJson, printLine, printNote, styled, table } from '../terminal';
import { benchOption } from './benchCommand';
import { BenchDoor } from './benchDoor';
import { idOf } from './identify';

const defaultSamples = 4;
/** Longest side of the pictures that are written, in pixels. */
const pictureSide = 1024;

/** No model is run: there are no dimensions and no threads to choose. */
const options: readonly OptionSpec[] = [
  {
    name: 'samples',
    type: 'integer',
    value: 'N',
    minimum: 1,
    maximum: 1000,
    help: 'how many samples are shown',
    defaultText: String(defaultSamples),
  },
  { name: 'check', type: 'flag', help: 'read all other samples, too, and point at the first that cannot be used' },
  {
    name: 'output',
    short: 'o',
    type: 'text',
    value: 'DIR',
    help: 'write a picture for each step as PNG files into this folder, with the boxes or the mask of its label drawn in',
  },
  benchOption,
  ...jobOptions.filter(({ name }) => name !== 'dim' && name !== 'threads'),
];

export const previewDataset: Command = {
  spec: {
    name: 'datasets preview',
    positionals: 'DATASET',
    minPositionals: 1,
    maxPositionals: 1,
    summary: 'Show the first samples of a data set with their labels, before and after each transform.',
    details: [
      'DATASET is a DATASET.yaml, or an id or name of the bench. The exit code is 1 where a sample cannot be used.',
      '',
      'Examples:',
      '  compressor-bench datasets preview evaluation.yaml -o pictures',
      '  compressor-bench datasets preview digits --samples 1 --check',
    ].join('\n'),
    options,
  },
  async run(parsed, signal) {
    const preview = await previewOf(parsed, signal);
    const files = await writePictures(parsed.text('output'), preview.samples);
    if (parsed.flag('json')) printJson(withoutPictures(preview, files));
    else printPreview(preview, files, parsed);
    return preview.problem === null ? exitCodes.done : exitCodes.failed;
  },
};

async function previewOf(parsed: ParsedCommand, signal: AbortSignal): Promise<DatasetPreview> {
  const [word = ''] = parsed.positionals;
  if (/\.(ya?ml|json)$/i.test(word)) return runPreviewJob(resolve(word), parsed, signal);
  const [door, { temporaryDatasetFile }] = await Promise.all([
    BenchDoor.open(parsed, signal),
    import('../../bench/dataset/datasetFile'),
  ]);
  await using bench = door;
  await using file = await temporaryDatasetFile(bench.bench, await idOf(bench, 'dataset', word));
  return await runPreviewJob(file.path, parsed, signal);
}

function runPreviewJob(datasetPath: string, parsed: ParsedCommand, signal: AbortSignal): Promise<DatasetPreview> {
  return runCommandJob<'preview'>(
    {
      verb: 'preview',
      datasetPath,
      samples: parsed.number('samples') ?? defaultSamples,
      pictureSize: parsed.text('output') === undefined ? 0 : pictureSide,
      checksAll: parsed.flag('check'),
    },
    { parsed, signal },
  );
}

/** Files of a sample's pictures: as the loader gives it, and after each step that changes it. */
type PictureFiles = ReadonlyMap<PreviewPicture, string>;

async function writePictures(folder: string | undefined, samples: readonly PreviewSample[]): Promise<PictureFiles> {
  const files = new Map<PreviewPicture, string>();
  if (folder === undefined) return files;
  for (const { index, id, steps } of samples) {
    for (const [at, { name: step, picture }] of steps.entries()) {
      if (picture === null) continue;
      const safeId = id.replace(/[^\w.-]+/g, '_').slice(-60);
      const name = `${String(index).padStart(4, '0')}-${safeId}${at === 0 ? '' : `.${at}-${step}`}.png`;
      files.set(picture, join(folder, name));
    }
  }
  try {
    await makeFolders(folder);
    for (const [{ png }, path] of files) await writeFile(path, Buffer.from(png, 'base64'));
  } catch (thrown) {
    throw fileErrorOf(thrown, folder, 'write the pictures');
  }
  return files;
}

/** Pictures by the files they were written to. */
function withoutPictures({ samples, ...preview }: DatasetPreview, files: PictureFiles): object {
  return {
    ...preview,
    samples: samples.map(({ steps, ...sample }) => ({
      ...sample,
      steps: steps.map(({ picture, ...step }) => ({
        ...step,
        picture: picture === null ? null : { ...picture, png: undefined, path: files.get(picture) },
      })),
    })),
  };
}

function printPreview(preview: DatasetPreview, files: PictureFiles, parsed: ParsedCommand): void {
  const { loader, length, isEndless, samples, notes, problem, readable } = preview;
  const count = isEndless ? 'samples without end' : length === null ? 'unknown length' : counted(length, 'sample');
  const metric = preview.metric === null ? [] : [`metric ${preview.metric}`];
  printLine(styled('bold', plain(parsed.positionals[0] ?? '')));
  printLine(plain(`  ${[loader, count, `batches of ${preview.batchSize}`, ...metric].join(', ')}`));
  for (const sample of samples) printSample(sample, files);
  for (const note of notes) printNote(`note: ${note}`);
  if (problem !== null) printFailure(problem);
  else if (parsed.flag('check') && !isEndless) printLine(`\nAll ${counted(readable, 'sample')} can be used.`);
}

function printSample({ index, id, steps, text, failure }: PreviewSample, files: PictureFiles): void {
  const labels = steps.map(({ label }) => label).filter((label, at, all) => label !== all[at - 1]);
  const given = labels.every((one) => one === '') ? 'no label' : `label ${labels.join(' → ')}`;
  const label = steps.length === 0 ? '' : given;
  printLine(`\n${styled('bold', plain(id === '' ? `sample ${index}` : id))}  ${plain(label)}`);
  if (text !== null) for (const line of text.split('\n')) printLine(`  ${plain(line)}`);
  const rows = steps.flatMap(({ name, tensors }) =>
    tensors.map((tensor, at) => [
      at === 0 ? name : '',
      tensor.name,
      tensor.notFinite === 0 ? tensor.type : `${tensor.type} (${tensor.notFinite} not finite)`,
      tensor.dims.join(' × ') || 'single',
      figure(tensor.minimum),
      figure(tensor.maximum),
      figure(tensor.mean),
      tensor.firstValues.slice(0, 4).join(', '),
    ]),
  );
  if (rows.length > 0) printLine(table(rows, ['step', 'input', 'type', 'shape', 'min', 'max', 'mean', 'first values']));
  for (const { picture } of steps) {
    const path = picture === null ? undefined : files.get(picture);
    if (path !== undefined) printLine(plain(`  ${path}`));
  }
  if (failure !== null) printLine(`  ${styled('red', 'cannot be used')}: ${plain(failure.message)}`);
}

function figure(value: number | null): string {
  if (value === null) return '';
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
