// Loaders of pictures with boxes, with their parameters (SYSTEMS §5.1); data only.
import type { DictionaryEntry } from './entry';

const keepsUnlabelled = {
  name: 'keep_unlabelled',
  type: { kind: 'boolean' },
  default: false,
  help: 'Also read pictures without a box, on which every detection is a false alarm; the original leaves them out.',
} as const;

const annotationFile = {
  name: 'anno_dir',
  type: { kind: 'string' },
  default: 'annotations/instances_val2017.json',
  help: 'The annotation file in the format of COCO, relative to root.',
} as const;

/** Every one of them gives boxes, so that the filter LabelBalance works. */
export const detectionLoaderEntries = [
  {
    name: 'COCORaw',
    help: 'Pictures with boxes in the format of COCO; the label is [boxes, class names, category ids, picture].',
    parameters: [
      { name: 'root', type: { kind: 'path' }, required: true, help: 'Folder of pictures and annotations.' },
      {
        name: 'img_dir',
        type: { kind: 'string' },
        default: 'val2017',
        help: 'Folder with the pictures, relative to root.',
      },
      annotationFile,
      keepsUnlabelled,
    ],
  },
  {
    name: 'COCONpy',
    help: 'As COCORaw, with each picture as an array of height × width × channels in <picture name>.npy.',
    parameters: [
      { name: 'root', type: { kind: 'path' }, required: true, help: 'Folder of arrays and annotations.' },
      {
        name: 'npy_dir',
        type: { kind: 'string' },
        default: 'val2017',
        help: 'Folder with the arrays, relative to root.',
      },
      annotationFile,
      keepsUnlabelled,
    ],
  },
  {
    name: 'VOC',
    help: 'Pictures with boxes in the layout of PASCAL VOC: JPEGImages, Annotations and lists under ImageSets/Main.',
    parameters: [
      { name: 'root', type: { kind: 'path' }, required: true, help: 'Folder of one year, such as VOCdevkit/VOC2012.' },
      {
        name: 'image_set',
        type: { kind: 'string' },
        default: 'val',
        help: 'Name of the list under ImageSets/Main, without .txt.',
      },
      keepsUnlabelled,
    ],
  },
  {
    name: 'COCORecord',
    help: 'Pictures with boxes in TFRecord files: image/encoded, image/object/bbox/… and image/object/class/….',
    parameters: [
      {
        name: 'root',
        type: { kind: 'path' },
        required: true,
        help: 'A TFRecord file, or a folder of them (named *.tfrecord, *.tfrecords, *.record or *-of-*).',
      },
    ],
  },
] as const satisfies readonly DictionaryEntry[];

const names: ReadonlySet<string> = new Set(detectionLoaderEntries.map(({ name }) => name));

/** Whether a loader knows the boxes of its pictures. */
export function givesBoxes(loader: string): boolean {
  return names.has(loader);
}
