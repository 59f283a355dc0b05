// Loaders of TFRecord files, with their parameters (SYSTEMS §5.1); data only.
import type { DictionaryEntry } from './entry';

const root = {
  name: 'root',
  type: { kind: 'path' },
  required: true,
  help: 'A TFRecord file, or a folder of them (named *.tfrecord, *.tfrecords, *.record or *-of-*).',
} as const;

/** Records are tf.train.Example as the scripts of TensorFlow write them. */
export const recordLoaderEntries = [
  {
    name: 'ImageRecord',
    help: 'Pictures with class numbers in TFRecord files: image/encoded and image/class/label, which often counts from 1.',
    parameters: [root],
  },
  {
    name: 'VOCRecord',
    help: 'Pictures with masks of classes in TFRecord files: image/encoded and image/segmentation/class/encoded; the label is the mask.',
    parameters: [root],
  },
] as const satisfies readonly DictionaryEntry[];
