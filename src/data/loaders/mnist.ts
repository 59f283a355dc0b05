// Loaders `MNIST` and `FashionMNIST`: idx files (also gzipped) or one npz. Layout: http://yann.lecun.com/exdb/mnist
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { MemorySource } from '../../onnx/byteSource';
import type { ByteSource } from '../../onnx/byteSource';
import { fileErrorOf } from '../../files/fileErrors';
import type { Tensor } from '../../onnx/tensor';
import { dataErrors } from '../dataErrors';
import { openDataFile } from './dataFile';
import { openNpz } from './npzFile';
import type { PictureSource } from './sources';

interface Parameters {
  readonly root: string;
  readonly train: boolean;
}

/** Unpacked, the 60,000 pictures are 47 MB. */
const maximumUnpackedBytes = 256 * 2 ** 20;

export const openMnist = (parameters: Parameters): PictureSource =>
  openDigits(parameters, ['', 'MNIST/raw', 'raw'], ['mnist.npz']);

export const openFashionMnist = (parameters: Parameters): PictureSource =>
  openDigits(parameters, ['', 'FashionMNIST/raw', 'raw'], ['fashion_mnist.npz', 'fashion-mnist.npz', 'mnist.npz']);

function openDigits(
  { root, train }: Parameters,
  folders: readonly string[],
  npzNames: readonly string[],
): PictureSource {
  const part = train ? 'train' : 't10k';
  for (const folder of folders) {
    const images = idxPath(join(root, folder), `${part}-images`, 'idx3-ubyte');
    const labels = idxPath(join(root, folder), `${part}-labels`, 'idx1-ubyte');
    if (images !== undefined && labels !== undefined) return idxPictures(images, labels);
  }
  const npz = npzNames.map((name) => join(root, name)).find((path) => existsSync(path));
  if (npz !== undefined) return npzPictures(npz, train ? 'train' : 'test');
  throw dataErrors.noSamples(
    root,
    `it has neither ${part}-images-idx3-ubyte[.gz] and ${part}-labels-idx1-ubyte[.gz], nor ${npzNames.join(' or ')}`,
    'Set root to the folder of these files, and train to the part that is there.',
  );
}

/** The file under one of the spellings in use. */
function idxPath(folder: string, name: string, kind: string): string | undefined {
  const spellings = ['-', '.'].flatMap((joint) => [`${name}${joint}${kind}`, `${name}${joint}${kind}.gz`]);
  return spellings.map((spelling) => join(folder, spelling)).find((path) => existsSync(path));
}

function idxPictures(imagesPath: string, labelsPath: string): PictureSource {
  const images = openIdx(imagesPath, 3);
  try {
    const labels = openIdx(labelsPath, 1);
    try {
      return pictures(images, labels, imagesPath, labelsPath);
    } finally {
      labels.source.close();
    }
  } catch (thrown) {
    images.source.close();
    throw thrown;
  }
}

/** Pictures are read as they are asked for; labels are one byte each and kept. */
function pictures(images: Idx, labels: Idx, imagesPath: string, labelsPath: string): PictureSource {
  const [length = 0, height = 0, width = 0] = images.dims;
  if (labels.dims[0] !== length) {
    throw dataErrors.malformed(
      labelsPath,
      `it has ${labels.dims[0] ?? 0} labels for the ${length} pictures of ${imagesPath}`,
    );
  }
  const values = new Uint8Array(labels.source.read(labels.start, length));
  const name = basename(imagesPath);
  return {
    kind: 'pictures',
    length,
    get: (index) => {
      // A copy, because a view would keep all pictures of an unpacked file alive.
      const data = new Uint8Array(images.source.read(images.start + index * height * width, height * width));
      const image: Tensor = { type: 'uint8', data, dims: [height, width, 1] };
      return { id: `${name}#${index}`, image, label: values[index] };
    },
    close: () => images.source.close(),
  };
}

/** An idx file: two zero bytes, type, rank, then big-endian sizes, then the elements. */
interface Idx {
  readonly source: ByteSource;
  readonly dims: readonly number[];
  /** Offset of the first element. */
  readonly start: number;
}

function openIdx(path: string, rank: number): Idx {
  const source = openBytes(path);
  try {
    const start = 4 + 4 * rank;
    if (source.sizeBytes < start) throw dataErrors.malformed(path, 'it ends within its header');
    const header = source.read(0, start);
    const view = new DataView(header.buffer, header.byteOffset, start);
    // 0x08: unsigned bytes.
    if (view.getUint32(0) !== 0x0800 + rank)
      throw dataErrors.malformed(path, `it is no idx file of bytes with ${rank} axes`);
    const dims = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
    const elements = dims.reduce((product, dim) => product * dim, 1);
    if (source.sizeBytes !== start + elements) {
      throw dataErrors.malformed(path, `it says it holds ${dims.join('×')} bytes but has ${source.sizeBytes - start}`);
    }
    if (elements === 0) throw dataErrors.noSamples(path, 'it holds no element', 'Fetch the file again.');
    return { source, dims, start };
  } catch (thrown) {
    source.close();
    throw thrown;
  }
}

function openBytes(path: string): ByteSource {
  if (!path.endsWith('.gz')) return openDataFile(path);
  try {
    return new MemorySource(gunzipSync(readFileSync(path), { maxOutputLength: maximumUnpackedBytes }));
  } catch (thrown) {
    const reason = zlibReason(thrown);
    throw reason === undefined ? fileErrorOf(thrown, path, 'read') : dataErrors.malformed(path, reason);
  }
}

function zlibReason(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return undefined;
  if (thrown.code === 'ERR_BUFFER_TOO_LARGE') return 'it unpacks to far more than such a file holds';
  return thrown.code.startsWith('Z_') ? 'its compressed data is damaged' : undefined;
}

/** Keras' layout: x_train, y_train, x_test, y_test. */
function npzPictures(path: string, part: 'train' | 'test'): PictureSource {
  const npz = openNpz(path);
  try {
    const images = npz.array(`x_${part}`);
    const labels = npz.array(`y_${part}`);
    const [length = 0, height = 0, width = 0, channels = 1] = images.dims;
    if (images.type !== 'uint8' || images.dims.length < 3 || images.dims.length > 4 || labels.dims[0] !== length) {
      throw dataErrors.malformed(path, `x_${part} and y_${part} are not N×H×W bytes and N labels`);
    }
    return {
      kind: 'pictures',
      length,
      get: (index) => ({
        id: `x_${part}#${index}`,
        image: { ...images.row(index), dims: [height, width, channels] },
        label: Number(labels.row(index).data[0]),
      }),
      close: () => npz.close(),
    };
  } catch (thrown) {
    npz.close();
    throw thrown;
  }
}
