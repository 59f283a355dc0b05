// Loaders `COCORaw` and `COCONpy`: pictures with boxes in the format of COCO (SYSTEMS §5.1).
import { join, resolve } from 'node:path';
import { elementCount } from '../../../onnx/tensor';
import type { Tensor } from '../../../onnx/tensor';
import { dataErrors } from '../../dataErrors';
import { decodeImage } from '../../images/decodeImage';
import { openDataFile } from '../dataFile';
import { openNumpyArray } from '../numpyArray';
import type { PictureSource } from '../sources';
import { readCocoAnnotations } from './cocoAnnotations';
import { detectionPictures } from './detectionPictures';

interface CocoParameters {
  readonly root: string;
  readonly anno_dir: string;
  readonly keep_unlabelled: boolean;
}

/** Picture files; nothing is decoded before it is asked for. */
export async function openCocoRaw(parameters: CocoParameters & { readonly img_dir: string }): Promise<PictureSource> {
  const { root, img_dir: pictures, anno_dir: annotations, keep_unlabelled: keepsUnlabelled } = parameters;
  const list = join(root, annotations);
  const folder = join(root, pictures);
  return detectionPictures({
    ...(await readCocoAnnotations(list)),
    list,
    folder,
    folderParameter: 'img_dir',
    keepsUnlabelled,
    pathsOf: ({ fileName }) => [resolve(folder, fileName)],
    decode: (path) => decodeImage(path),
  });
}

/**
 * Each picture an array of uint8, height × width × channels, in a file named like it with .npy behind (as the original has
 * it) or in place of its ending.
 */
export async function openCocoNpy(parameters: CocoParameters & { readonly npy_dir: string }): Promise<PictureSource> {
  const { root, npy_dir: arrays, anno_dir: annotations, keep_unlabelled: keepsUnlabelled } = parameters;
  const list = join(root, annotations);
  const folder = join(root, arrays);
  return detectionPictures({
    ...(await readCocoAnnotations(list)),
    list,
    folder,
    folderParameter: 'npy_dir',
    keepsUnlabelled,
    pathsOf: ({ fileName }) => [
      resolve(folder, `${fileName}.npy`),
      resolve(folder, `${fileName.replace(/\.[^./]*$/, '')}.npy`),
    ],
    decode: readPictureArray,
  });
}

function readPictureArray(path: string): Tensor {
  const source = openDataFile(path);
  try {
    const array = openNumpyArray(source, path);
    const { type, dims } = array;
    const [, , channels = 0] = dims;
    if (type !== 'uint8' || dims.length !== 3 || channels > 4) {
      const problem = `it holds ${type} [${dims.join(', ')}], not uint8 [height, width, channels]`;
      throw dataErrors.unsupported(path, problem, 'Save the picture as np.uint8 with its channels last.');
    }
    const data = new Uint8Array(elementCount(dims));
    const rowSize = elementCount(dims.slice(1));
    for (let y = 0; y < (dims[0] ?? 0); y++) data.set(array.row(y).data as Uint8Array, y * rowSize);
    return { type, dims, data };
  } finally {
    source.close();
  }
}
