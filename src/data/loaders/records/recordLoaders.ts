// Loaders `ImageRecord`, `COCORecord` and `VOCRecord`: pictures in TFRecord files, with the features that the scripts of
// TensorFlow's models give them (SYSTEMS §5.1).
import type { Annotation } from '../../contracts';
import type { Box, DetectionLabel } from '../../detectionLabel';
import { decodeImage } from '../../images/decodeImage';
import type { PictureSource } from '../sources';
import type { Example } from './example';
import { openRecordFiles } from './recordFiles';

interface Parameters {
  readonly root: string;
}

/** Makes a label of a record, or a promise of one. */
type LabelOf = (example: Example, name: string) => Annotation;

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
    const encoded = example.firstBytes('image/segmentation/class/encoded');
    const { dims, data } = await decodeImage(encoded, `${name} (mask)`);
    const [height = 0, width = 0] = dims;
    const mask = new Uint8Array(height * width);
    for (let at = 0; at < mask.length; at++) {
      const level = data[3 * at] ?? 0;
      // Classes are grey levels; colours of a palette say nothing without the palette.
      if (level !== data[3 * at + 1] || level !== data[3 * at + 2]) {
        throw example.refusal('its mask is coloured, and classes are grey levels');
      }
      mask[at] = level;
    }
    return { type: 'uint8', dims: [height, width], data: mask };
  });
}

/** The label is that of pictures with boxes; the picture is named by `image/source_id`. */
export async function openCocoRecord({ root }: Parameters): Promise<PictureSource> {
  const source = await openPictures(root, detectionLabelOf);
  return {
    ...source,
    boxCount: (index) => (source.read(index).example.numbers('image/object/bbox/xmin') ?? []).length,
  };
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
      const image = await decodeImage(example.firstBytes('image/encoded'), name);
      return { id: name, image, label: await labelOf(example, name) };
    },
  };
}

/** Corners of boxes are fractions of the picture already. */
function detectionLabelOf(example: Example, name: string): DetectionLabel {
  const edge = (side: string): readonly number[] => example.numbers(`image/object/bbox/${side}`) ?? [];
  const [tops, lefts, bottoms, rights] = [edge('ymin'), edge('xmin'), edge('ymax'), edge('xmax')];
  const names = (example.bytes('image/object/class/text') ?? []).map((text) => new TextDecoder().decode(text));
  const ids = example.numbers('image/object/class/label') ?? [];
  const isWhole = [lefts, bottoms, rights].every(({ length }) => length === tops.length);
  if (!isWhole || ![names, ids].every(({ length }) => length === 0 || length === tops.length)) {
    throw example.refusal('its boxes have not as many edges, names and labels as each other');
  }
  const boxes = tops.map((top, at): Box => [top, lefts[at] ?? 0, bottoms[at] ?? 0, rights[at] ?? 0]);
  const id = example.text('image/source_id') ?? name;
  return [boxes, names, ids, /^\d{1,15}$/.test(id) ? Number(id) : id];
}
