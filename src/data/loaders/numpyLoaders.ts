// Loaders `npz` and `npy`: arrays of NumPy whose first axis counts samples, or a folder with an .npz for each sample.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileErrorOf } from '../../files/fileErrors';
import type { FileSource } from '../../onnx/byteSource';
import type { Tensor } from '../../onnx/tensor';
import type { Annotation } from '../contracts';
import { dataErrors } from '../dataErrors';
import { openDataFile } from './dataFile';
import { openNpz } from './npzFile';
import { openNumpyArray } from './numpyArray';
import type { NumpyArray } from './numpyArray';
import type { ItemSource } from './sources';

interface NpzParameters {
  readonly path: string;
  readonly labels: string | undefined;
  readonly inputs: readonly string[] | undefined;
}

/** Opens an .npz or a folder of them; all arrays but the labels feed the model unless `inputs` names some. */
export function openNpzItems(parameters: NpzParameters): ItemSource {
  const isFolder = statSync(parameters.path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? openNpzFolder(parameters) : openNpzFile(parameters, false);
}

/** The files of a folder by name, each one sample (SYSTEMS §6.1: the inputs of a project of Studio). */
function openNpzFolder(parameters: NpzParameters): ItemSource {
  const { path } = parameters;
  const files = namesIn(path)
    .filter((name) => name.toLowerCase().endsWith('.npz'))
    .sort();
  if (files.length === 0)
    throw dataErrors.noSamples(path, 'no file in it ends in .npz', 'Save each sample with np.savez.');
  return {
    kind: 'items',
    loader: {
      length: files.length,
      get: async (index) => {
        const id = files[index];
        if (id === undefined) throw dataErrors.end(index);
        const { loader } = openNpzFile({ ...parameters, path: join(path, id) }, true);
        try {
          return { ...(await loader.get(0)), id };
        } finally {
          await loader.close?.();
        }
      },
    },
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (thrown) {
    throw fileErrorOf(thrown, folder, 'read');
  }
}

function openNpzFile(parameters: NpzParameters, isSample: boolean): ItemSource {
  const { path, labels } = parameters;
  const npz = openNpz(path, isSample);
  try {
    const names = parameters.inputs ?? npz.names.filter((name) => name !== labels);
    if (names.length === 0)
      throw dataErrors.noSamples(path, 'it holds no array to feed', 'Save the inputs with np.savez.');
    const inputs = new Map(names.map((name) => [name, npz.array(name)]));
    const annotations = labels === undefined ? undefined : npz.array(labels);
    const nextStep = 'Name those that feed the model with "inputs: [name, …]", and the labels with "labels: <name>".';
    return itemsOf({ path, inputs, annotations, labelName: labels ?? 'labels', nextStep, close: () => npz.close() });
  } catch (thrown) {
    npz.close();
    throw thrown;
  }
}

/** Opens an .npy with the one input, and another one with labels. */
export function openNpyItems(parameters: { path: string; labels: string | undefined }): ItemSource {
  const { path, labels } = parameters;
  const opened: FileSource[] = [];
  const close = (): void => opened.forEach((source) => source.close());
  const arrayAt = (file: string): NumpyArray => {
    const source = openDataFile(file);
    opened.push(source);
    return openNumpyArray(source, file);
  };
  try {
    const inputs = new Map([['input', arrayAt(path)]]);
    const annotations = labels === undefined ? undefined : arrayAt(labels);
    const nextStep = 'Save both files with one row for each sample, in the same order.';
    return itemsOf({ path, inputs, annotations, labelName: labels ?? 'labels', nextStep, close });
  } catch (thrown) {
    close();
    throw thrown;
  }
}

interface OpenedArrays {
  readonly path: string;
  readonly inputs: ReadonlyMap<string, NumpyArray>;
  readonly annotations: NumpyArray | undefined;
  readonly labelName: string;
  /** What to do when the numbers of samples differ. */
  readonly nextStep: string;
  readonly close: () => void;
}

function itemsOf({ path, inputs, annotations, labelName, nextStep, close }: OpenedArrays): ItemSource {
  const counts = new Map<string, number | undefined>([...inputs].map(([name, array]) => [name, array.dims[0]]));
  if (annotations !== undefined) counts.set(labelName, annotations.dims[0]);
  const [length] = counts.values();
  if (length === undefined || [...counts.values()].some((count) => count !== length)) {
    throw dataErrors.sampleCounts(path, counts, nextStep);
  }
  if (length === 0)
    throw dataErrors.noSamples(path, 'its first axis has the size 0', 'Save arrays with at least one row.');
  return {
    kind: 'items',
    loader: {
      length,
      get: (index) => ({
        id: `#${index}`,
        inputs: Object.fromEntries([...inputs].map(([name, array]) => [name, array.row(index)])),
        annotation: annotations === undefined ? undefined : annotationOf(annotations.row(index)),
      }),
      close,
    },
  };
}

/** One number for a scalar, else the tensor. */
function annotationOf(row: Tensor): Annotation {
  return row.dims.length === 0 && row.type !== 'float16' ? Number(row.data[0]) : row;
}
