// The data set loaders a DATASET.yaml can name, with their parameters (SYSTEMS §5.1); data only.
import { detectionLoaderEntries } from './detectionLoaders';
import type { DictionaryEntry } from './entry';
import { languageLoaderEntries } from './languageLoaders';
import { recordLoaderEntries } from './recordLoaders';

const shapeType = {
  kind: 'either',
  of: [
    { kind: 'list', of: { kind: 'integer', minimum: 0 } },
    { kind: 'list', of: { kind: 'list', of: { kind: 'integer', minimum: 0 } }, minItems: 1 },
  ],
} as const;

const oneOrEachNumber = { kind: 'list', of: { kind: 'number' }, minItems: 1 } as const;

const dtypeType = {
  kind: 'list',
  of: { kind: 'string', choices: ['float32', 'float16', 'uint8', 'int8', 'int32', 'int64', 'bool'] },
  minItems: 1,
} as const;

const low = {
  name: 'low',
  type: oneOrEachNumber,
  default: [-128],
  help: 'Smallest value; a list gives one for each tensor.',
} as const;
const high = {
  name: 'high',
  type: oneOrEachNumber,
  default: [127],
  help: 'Largest value; a list gives one for each tensor.',
} as const;
const dtype = {
  name: 'dtype',
  type: dtypeType,
  default: ['float32'],
  help: 'Element type; a list gives one for each tensor.',
} as const;

const standardSetParameters = [
  { name: 'root', type: { kind: 'path' }, required: true, help: 'Folder with the files of the data set.' },
  {
    name: 'train',
    type: { kind: 'boolean' },
    default: false,
    help: 'Read the training part instead of the test part.',
  },
  {
    name: 'download',
    type: { kind: 'boolean' },
    default: false,
    refusedWhenTrue: 'Data sets are not downloaded: put the files into the folder named by root yourself.',
    help: 'Known from Neural Compressor; only false works, because nothing is fetched from the network.',
  },
] as const;

/** Every loader, in the order help shows them. */
export const loaderEntries = [
  {
    name: 'images',
    help: 'The pictures of a folder, sorted by name, without labels.',
    parameters: [
      { name: 'path', type: { kind: 'path' }, required: true, help: 'Folder with the pictures.' },
      { name: 'recursive', type: { kind: 'boolean' }, default: false, help: 'Also read the folders inside it.' },
    ],
  },
  {
    name: 'ImageFolder',
    help: 'One sub-folder of pictures for each class; the label is the index of the folder in sorted order.',
    parameters: [
      { name: 'root', type: { kind: 'path' }, required: true, help: 'Folder that holds the class folders.' },
    ],
  },
  {
    name: 'ImagenetRaw',
    help: 'Pictures named in a list file with lines "<relative image> <integer label>".',
    parameters: [
      {
        name: 'data_path',
        type: { kind: 'path' },
        required: true,
        help: 'Folder the names in the list are relative to.',
      },
      {
        name: 'image_list',
        type: { kind: 'path' },
        help: 'The list file; without it val.txt, then val_map.txt of data_path.',
      },
    ],
  },
  {
    name: 'CIFAR10',
    help: 'CIFAR-10, binary or Python version, as many of its batch files as are there; 32×32×3 uint8.',
    parameters: standardSetParameters,
  },
  {
    name: 'CIFAR100',
    help: 'CIFAR-100 with its fine labels, binary or Python version; 32×32×3 uint8.',
    parameters: standardSetParameters,
  },
  {
    name: 'MNIST',
    help: 'MNIST as idx files (also gzipped) or mnist.npz; 28×28×1 uint8.',
    parameters: standardSetParameters,
  },
  {
    name: 'FashionMNIST',
    help: 'Fashion-MNIST as idx files (also gzipped) or an npz file; 28×28×1 uint8.',
    parameters: standardSetParameters,
  },
  ...detectionLoaderEntries,
  ...languageLoaderEntries,
  ...recordLoaderEntries,
  {
    name: 'style_transfer',
    help: 'Every picture of one folder with every picture of another, as the inputs "content" and "style"; the label is 0.',
    parameters: [
      {
        name: 'content_folder',
        type: { kind: 'path' },
        required: true,
        help: 'Folder with the pictures to be changed.',
      },
      {
        name: 'style_folder',
        type: { kind: 'path' },
        required: true,
        help: 'Folder with the pictures to be imitated.',
      },
      {
        name: 'crop_ratio',
        type: { kind: 'number', minimum: 0, maximum: 0.5 },
        default: 0.1,
        help: 'Share of height and width that is cut off at each edge.',
      },
      {
        name: 'resize_shape',
        type: { kind: 'list', of: { kind: 'integer', minimum: 1 }, minItems: 1, maxItems: 2 },
        default: [256, 256],
        help: 'Height and width afterwards, or one number for a square.',
      },
      {
        name: 'image_format',
        type: { kind: 'string' },
        default: 'jpg',
        help: 'How the names of the pictures end.',
      },
    ],
  },
  {
    name: 'npz',
    help: 'Arrays of a NumPy .npz file, named like the inputs of the model; the first axis counts samples. Or a folder of such files, each with one sample and without that axis.',
    parameters: [
      {
        name: 'path',
        type: { kind: 'path' },
        required: true,
        help: 'The .npz file, or a folder with one for each sample.',
      },
      {
        name: 'labels',
        type: { kind: 'string' },
        help: 'Name of the array with the labels; without it there are none.',
      },
      {
        name: 'inputs',
        type: { kind: 'list', of: { kind: 'string' }, minItems: 1 },
        help: 'Names of the arrays that feed the model; without it all but the labels.',
      },
    ],
  },
  {
    name: 'npy',
    help: 'One array of a NumPy .npy file; the first axis counts samples.',
    parameters: [
      { name: 'path', type: { kind: 'path' }, required: true, help: 'The .npy file.' },
      { name: 'labels', type: { kind: 'path' }, help: 'A .npy file with the labels; without it there are none.' },
    ],
  },
  {
    name: 'dummy',
    help: 'Random values drawn once; the first number of the shape is the number of samples. The label is 0.',
    parameters: [
      {
        name: 'shape',
        type: shapeType,
        required: true,
        help: 'Shape with the samples as first axis; a list of shapes for several inputs.',
      },
      low,
      high,
      dtype,
      {
        name: 'label',
        type: { kind: 'boolean' },
        default: true,
        help: 'Give 0 as the label of each sample; false gives none.',
      },
    ],
  },
  {
    name: 'dummy_v2',
    help: 'Random samples without end, the same ones in every run; labels are random too.',
    parameters: [
      {
        name: 'input_shape',
        type: shapeType,
        required: true,
        help: 'Shape of one sample, without batch axis; a list of shapes for several inputs.',
      },
      {
        name: 'label_shape',
        type: shapeType,
        default: [1],
        help: 'Shape of one label; an empty list gives no labels.',
      },
      low,
      high,
      dtype,
    ],
  },
  {
    name: 'sparse_dummy_v2',
    help: 'Random sparse samples without end: for each dense shape the inputs indices_k (int64, as many rows as values) and values_k.',
    parameters: [
      {
        name: 'dense_shape',
        type: shapeType,
        required: true,
        help: 'Shape of one sample written out, without batch axis; a list of shapes for several.',
      },
      {
        name: 'label_shape',
        type: shapeType,
        default: [],
        help: 'Shape of one label; an empty list gives no labels.',
      },
      {
        name: 'sparse_ratio',
        type: { kind: 'list', of: { kind: 'number', minimum: 0, maximum: 1 }, minItems: 1 },
        default: [0.5],
        help: 'Share of elements that are 0; a list gives one for each dense shape.',
      },
      low,
      high,
      dtype,
    ],
  },
  {
    name: 'custom',
    help: 'A module of your own, in TypeScript or JavaScript, whose default export is a loader, a class or function that makes one, or an async iterable.',
    parameters: [
      { name: 'path', type: { kind: 'path' }, required: true, help: 'The module; all other keys are passed to it.' },
    ],
    openParameters: true,
  },
] as const satisfies readonly DictionaryEntry[];

export type LoaderName = (typeof loaderEntries)[number]['name'];
