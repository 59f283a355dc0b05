// Loaders `CIFAR10` and `CIFAR100`: the binary and the Python version of the data sets.
// Layouts: https://www.cs.toronto.edu/~kriz/cifar.html
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileErrorOf } from '../../files/fileErrors';
import type { Tensor } from '../../onnx/tensor';
import { dataErrors } from '../dataErrors';
import { openDataFile } from './dataFile';
import { PickleArray, unpickle } from './pickle';
import type { Sample } from '../transforms/sample';
import type { PictureSource } from './sources';

const side = 32;
const planeBytes = side * side;
const pictureBytes = 3 * planeBytes;

/** How one of the two data sets names its files and lays out its records. */
interface Edition {
  /** Bytes before the pixels in a binary record; the last of them is the label used (for CIFAR-100 the fine one). */
  readonly labelBytes: number;
  readonly labelKey: string;
  readonly folders: readonly string[];
  readonly names: { readonly train: RegExp; readonly test: RegExp };
}

const cifar10: Edition = {
  labelBytes: 1,
  labelKey: 'labels',
  folders: ['', 'cifar-10-batches-bin', 'cifar-10-batches-py'],
  names: { train: /^data_batch_\d+(\.bin)?$/, test: /^test_batch(\.bin)?$/ },
};

const cifar100: Edition = {
  labelBytes: 2,
  labelKey: 'fine_labels',
  folders: ['', 'cifar-100-binary', 'cifar-100-python'],
  names: { train: /^train(\.bin)?$/, test: /^test(\.bin)?$/ },
};

/** Records of one batch file. */
interface BatchFile {
  readonly name: string;
  readonly length: number;
  /** Pixels as three planes (channels × height × width), and the label. */
  record(index: number): { planes: Uint8Array; label: number };
  close?(): void;
}

interface Parameters {
  readonly root: string;
  readonly train: boolean;
}

export const openCifar10 = (parameters: Parameters): Promise<PictureSource> => openCifar(parameters, cifar10);
export const openCifar100 = (parameters: Parameters): Promise<PictureSource> => openCifar(parameters, cifar100);

async function openCifar({ root, train }: Parameters, edition: Edition): Promise<PictureSource> {
  const paths = await batchPaths(root, train ? edition.names.train : edition.names.test, edition.folders);
  const files: BatchFile[] = [];
  const close = (): void => files.forEach((file) => file.close?.());
  try {
    for (const path of paths) {
      files.push(path.endsWith('.bin') ? binaryFile(path, edition) : await pythonFile(path, edition));
    }
  } catch (thrown) {
    close();
    throw thrown;
  }
  const length = files.reduce((sum, file) => sum + file.length, 0);
  return { kind: 'pictures', length, get: (index) => pictureAt(files, index), close };
}

/** The files of the first folder that holds some; binary ones where both versions lie together. */
async function batchPaths(root: string, name: RegExp, folders: readonly string[]): Promise<string[]> {
  for (const folder of folders) {
    const path = join(root, folder);
    const names = await readdir(path).catch((thrown: unknown) => {
      if (folder === '') throw fileErrorOf(thrown, path, 'read the folder');
      return [];
    });
    const fitting = names.filter((each) => name.test(each));
    const binary = fitting.filter((each) => each.endsWith('.bin'));
    const chosen = (binary.length > 0 ? binary : fitting).sort(new Intl.Collator('en', { numeric: true }).compare);
    if (chosen.length > 0) return chosen.map((each) => join(path, each));
  }
  const wanted = name.source
    .replaceAll(/[\^$\\]/g, '')
    .replace('d+', 'N')
    .replace('(.bin)?', '[.bin]');
  throw dataErrors.noSamples(
    root,
    `no file is named ${wanted}`,
    'Set root to the unpacked data set, and train to the part that is there.',
  );
}

function pictureAt(files: readonly BatchFile[], index: number): Sample {
  let rest = index;
  for (const file of files) {
    if (rest < file.length) {
      const { planes, label } = file.record(rest);
      const image: Tensor = { type: 'uint8', data: interleaved(planes), dims: [side, side, 3] };
      return { id: `${file.name}#${rest}`, image, label };
    }
    rest -= file.length;
  }
  throw dataErrors.end(index);
}

/** Planes of red, green and blue as pixels: channels × height × width → height × width × channels. */
function interleaved(planes: Uint8Array): Uint8Array {
  const pixels = new Uint8Array(pictureBytes);
  for (let channel = 0; channel < 3; channel++) {
    for (let pixel = 0; pixel < planeBytes; pixel++) {
      pixels[pixel * 3 + channel] = planes[channel * planeBytes + pixel] ?? 0;
    }
  }
  return pixels;
}

/** Records are read from the file as they are asked for. */
function binaryFile(path: string, { labelBytes }: Edition): BatchFile {
  const source = openDataFile(path);
  const recordBytes = labelBytes + pictureBytes;
  if (source.sizeBytes === 0 || source.sizeBytes % recordBytes !== 0) {
    source.close();
    throw dataErrors.malformed(
      path,
      `its ${source.sizeBytes} bytes are no whole number of records of ${recordBytes} bytes`,
    );
  }
  return {
    name: basename(path),
    length: source.sizeBytes / recordBytes,
    record: (index) => {
      const bytes = source.read(index * recordBytes, recordBytes);
      return { planes: bytes.subarray(labelBytes), label: bytes[labelBytes - 1] ?? 0 };
    },
    close: () => source.close(),
  };
}

/** A published batch is 31 MB; the 50,000 pictures of CIFAR-100 are 155 MB. */
const maximumPickleBytes = 512 * 2 ** 20;

async function pythonFile(path: string, { labelKey }: Edition): Promise<BatchFile> {
  const { data, labels } = await readPickle(path, labelKey);
  const [count = 0, width] = data.dims;
  if (data.dims.length !== 2 || width !== pictureBytes) {
    throw dataErrors.malformed(path, `its array "data" is ${data.dims.join('×')}, not N×${pictureBytes}`);
  }
  if (labels.length !== count) {
    throw dataErrors.malformed(path, `it has ${count} pictures and ${labels.length} ${labelKey}`);
  }
  return {
    name: basename(path),
    length: count,
    record: (index) => ({
      planes: data.bytes.subarray(index * pictureBytes, (index + 1) * pictureBytes),
      label: labels[index] ?? 0,
    }),
  };
}

async function readPickle(path: string, labelKey: string): Promise<{ data: PickleArray; labels: number[] }> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > maximumPickleBytes) throw dataErrors.malformed(path, 'it is too large for a batch of CIFAR');
    bytes = await readFile(path);
  } catch (thrown) {
    throw fileErrorOf(thrown, path, 'read');
  }
  const batch = unpickle(bytes, path);
  if (!(batch instanceof Map)) throw dataErrors.malformed(path, 'it holds no dictionary');
  const entries = new Map([...batch].map(([key, value]) => [textOf(key), value]));
  const data = entries.get('data');
  const labels = entries.get(labelKey);
  if (!(data instanceof PickleArray)) throw dataErrors.malformed(path, 'it has no array "data"');
  if (!Array.isArray(labels)) throw dataErrors.malformed(path, `it has no list "${labelKey}"`);
  const numbers = labels.filter((label) => typeof label === 'number');
  if (numbers.length < labels.length) throw dataErrors.malformed(path, `"${labelKey}" holds other things than numbers`);
  return { data, labels: numbers };
}

/** Python 3 writes the keys of such files as bytes. */
function textOf(key: unknown): string {
  return key instanceof Uint8Array ? Buffer.from(key).toString('latin1') : String(key);
}
