// Loader `VOC`: pictures with boxes in the layout of PASCAL VOC (http://host.robots.ox.ac.uk/pascal/VOC/voc2012/).
import { extname, join } from 'node:path';
import { childNamed, childrenNamed, readXml } from '../../../formats/xmlReader';
import type { XmlElement } from '../../../formats/xmlReader';
import { BenchError } from '../../../protocol/benchError';
import type { Category } from '../../detectionLabel';
import { dataErrors } from '../../dataErrors';
import { decodeImage } from '../../images/decodeImage';
import { readDataText } from '../dataText';
import type { PictureSource } from '../sources';
import type { AnnotatedPicture, PixelBox } from './cocoAnnotations';
import { detectionPictures } from './detectionPictures';

const mostListBytes = 256 * 2 ** 20;
const mostAnnotationBytes = 2 ** 20;

/** Annotation files read at a time. */
const readAtOnce = 64;

/** The classes of the challenge, in its order; sets with others number theirs by the alphabet. */
// prettier-ignore
const vocClasses = [
  'aeroplane', 'bicycle', 'bird', 'boat', 'bottle', 'bus', 'car', 'cat', 'chair', 'cow', 'diningtable', 'dog', 'horse',
  'motorbike', 'person', 'pottedplant', 'sheep', 'sofa', 'train', 'tvmonitor',
];

/**
 * The pictures of a list under ImageSets/Main. Boxes marked difficult are ignored in an evaluation. Class ids count
 * from 1.
 *
 * @throws DataError for a missing annotation, or one that cannot be read
 */
export async function openVoc(parameters: {
  readonly root: string;
  readonly image_set: string;
  readonly keep_unlabelled: boolean;
}): Promise<PictureSource> {
  const { root, image_set: set, keep_unlabelled: keepsUnlabelled } = parameters;
  const list = join(root, 'ImageSets', 'Main', `${set}.txt`);
  const folder = join(root, 'JPEGImages');
  const names = namesOf(await readDataText(list, mostListBytes));
  const read: (VocAnnotation & { readonly line: number })[] = [];
  for (let start = 0; start < names.length; start += readAtOnce) {
    const some = names.slice(start, start + readAtOnce);
    read.push(
      ...(await Promise.all(some.map(async ({ name, line }) => ({ ...(await annotationOf(root, name)), line })))),
    );
  }
  const categories = categoriesOf(new Set(read.flatMap(({ objects }) => objects.map(({ className }) => className))));
  const byName = new Map(categories.map((category) => [category.name, category]));
  const pictures = read.map(({ name, line, ending, objects }): AnnotatedPicture => {
    const boxes = objects.flatMap(({ className, ...box }) => {
      const category = byName.get(className);
      return category === undefined ? [] : [{ ...box, category }];
    });
    return { id: name, fileName: `${name}${ending}`, place: `${list}:${line}`, boxes };
  });
  return detectionPictures({
    pictures,
    categories,
    list,
    folder,
    folderParameter: 'root',
    keepsUnlabelled,
    pathsOf: ({ id, fileName }) => [...new Set([`${id}.jpg`, fileName])].map((file) => join(folder, file)),
    decode: (path) => decodeImage(path),
  });
}

/** Lists of one class have a second column, which says whether the picture shows it. */
function namesOf(list: string): { readonly name: string; readonly line: number }[] {
  const lines = list.split(/\r?\n/).map((text, index) => ({ text: text.trim(), line: index + 1 }));
  return lines
    .filter(({ text }) => text !== '')
    .map(({ text, line }) => ({ name: text.split(/\s+/)[0] ?? text, line }));
}

type VocObject = Omit<PixelBox, 'category'> & { readonly className: string };

interface VocAnnotation {
  readonly name: string;
  /** Of the picture, with its dot: the challenge has .jpg, other sets in its layout have what `filename` says. */
  readonly ending: string;
  readonly objects: readonly VocObject[];
}

const pictureEndings = /^\.(jpe?g|png|webp|gif|tiff?|avif)$/i;

async function annotationOf(root: string, name: string): Promise<VocAnnotation> {
  const path = join(root, 'Annotations', `${name}.xml`);
  const text = await readDataText(path, mostAnnotationBytes);
  try {
    const annotation = readXml(text);
    const ending = extname(childNamed(annotation, 'filename')?.text.trim() ?? '');
    const objects = childrenNamed(annotation, 'object');
    return {
      name,
      ending: pictureEndings.test(ending) ? ending : '.jpg',
      objects: objects.map((object, index) => objectOf(object, `object[${index}]`, path)),
    };
  } catch (thrown) {
    if (!(thrown instanceof BenchError) || thrown.code !== 'model-malformed') throw thrown;
    throw dataErrors.malformed(path, `it is no XML (${thrown.message.replace(/^.*?: |\.$/g, '')})`);
  }
}

/** Pixels count from 1, and both edges belong to the box. */
function objectOf(object: XmlElement, place: string, path: string): VocObject {
  const className = childNamed(object, 'name')?.text.trim() ?? '';
  if (className === '') throw dataErrors.badAnnotation(path, place, 'it has no name');
  const box = childNamed(object, 'bndbox');
  const edge = (name: string): number => {
    const text = childNamed(box, name)?.text.trim();
    if (text === undefined) throw dataErrors.badAnnotation(path, place, `its bndbox has no ${name}`);
    const value = text === '' ? NaN : Number(text);
    if (Number.isFinite(value)) return value;
    throw dataErrors.badAnnotation(path, place, `${name} of its bndbox is "${text.slice(0, 40)}", not a number`);
  };
  const [left, top, right, bottom] = [edge('xmin') - 1, edge('ymin') - 1, edge('xmax'), edge('ymax')];
  const width = right - left;
  const height = bottom - top;
  if (width < 0) throw dataErrors.badAnnotation(path, place, 'its bndbox ends left of where it begins');
  if (height < 0) throw dataErrors.badAnnotation(path, place, 'its bndbox ends above where it begins');
  const isIgnored = childNamed(object, 'difficult')?.text.trim() === '1';
  return { className, left, top, width, height, area: width * height, isCrowd: false, isIgnored };
}

function categoriesOf(found: ReadonlySet<string>): Category[] {
  const names = [...found].every((name) => vocClasses.includes(name)) ? vocClasses : [...found].sort();
  return names.map((name, index) => ({ id: index + 1, name }));
}
