// Loaders `ImageRecord`, `COCORecord` and `VOCRecord`: pictures in TFRecord files, with the features that the scripts of
// TensorFlow's models give them (SYSTEMS §5.1).
import type { Annotation } from '../../contracts';
import type { Tensor } from '../../../onnx/tensor';
import { DataError, dataErrors } from '../../dataErrors';
import { decodeImage } from '../../images/decodeImage';
import type { RgbImage } from '../../images/decodeImage';
import type { PictureSource } from '../sources';
import type { Example } from './example';
import { recordedBoxes } from './recordedBoxes';
import { openRecordFiles } from './recordFiles';

interface Parameters {
  readonly root: string;
}

/** Makes a label of a record and its decoded picture, or a promise of one. */
type LabelOf = (example: Example, name: string, picture: Tensor) => Annotation;

/** The label is the number in the record; ImageNet's count from 1, with 0 for the background. */
export function openImageRecord({ root }: Parameters): Promise<PictureSource> {
  return openPictures(root, (example) => {
    const [label] = example.numbers('image/class/label') ?? [];
    if (label === undefined) throw example.missing('image/class/label');
    return label;
  });
}

/** The label is the class of each pixel, uint8, height × width. */
export function openVocRecord({ root }: Parameters): Promise<PictureSource> {
  return openPictures(root, async (example, name) => {
    const { dims, data } = await decoded(example, 'image/segmentation/class/encoded', `${name} (mask)`);
    const [height = 0, width = 0] = dims;
    const mask = new Uint8Array(height * width);
    for (let at = 0; at < mask.length; at++) {
      const level = data[3 * at] ?? 0;
      // Classes are grey levels; colours of a palette say nothing without the palette.
      if (level !== data[3 * at + 1] || level !== data[3 * at + 2]) {
        throw example.refusal(
          'its mask is coloured, and classes are grey levels (of a palette, its indices as a grey picture)',
        );
      }
      mask[at] = level;
    }
    return { type: 'uint8', dims: [height, width], data: mask };
  });
}

/** The label is that of pictures with boxes; the picture is named by `image/source_id`. */
export async function openCocoRecord({ root }: Parameters): Promise<PictureSource> {
  const source = await openPictures(root, recordedBoxes);
  return {
    ...source,
    boxCount: (index) => (source.read(index).example.numbers('image/object/bbox/xmin') ?? []).length,
  };
}

/** A picture that cannot be read is found again by its record. */
async function decoded(example: Example, feature: string, name: string): Promise<RgbImage> {
  try {
    return await decodeImage(example.firstBytes(feature), name);
  } catch (thrown) {
    if (!(thrown instanceof DataError) || thrown.code !== 'data-picture-unreadable') throw thrown;
    throw dataErrors.listed(thrown, example.place);
  }
}

async function openPictures(
  root: string,
  labelOf: LabelOf,
): Promise<PictureSource & Pick<Awaited<ReturnType<typeof openRecordFiles>>, 'read'>> {
  const files = await openRecordFiles(root);
  return {
    kind: 'pictures',
    length: files.length,
    read: (index) => files.read(index),
    get: async (index) => {
      const { name, example } = files.read(index);
      const image = await decoded(example, 'image/encoded', name);
      return { id: name, image, label: await labelOf(example, name, image) };
    },
  };
}
