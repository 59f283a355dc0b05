// Annotation files in the format of COCO (https://cocodataset.org/#format-data), checked element by element.
import type { Category } from '../../detectionLabel';
import { dataErrors } from '../../dataErrors';
import { parsedJson } from '../../text/jsonObject';
import { readDataText } from '../dataText';

/** A box in pixels of the picture as it is stored. */
export interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly category: Category;
  /** Of what is in the box: the mask, where there was one. */
  readonly area: number;
  readonly isCrowd: boolean;
  readonly isIgnored: boolean;
}

/** A picture with its boxes. */
export interface AnnotatedPicture {
  /** Stands for the picture in an evaluation; a number where the file gives one. */
  readonly id: number | string;
  readonly fileName: string;
  /** Where it is named, as `annotations.json: images[3]`. */
  readonly place: string;
  readonly boxes: readonly PixelBox[];
}

export interface AnnotatedPictures {
  /** In the order of the file. */
  readonly pictures: readonly AnnotatedPicture[];
  /** By id. */
  readonly categories: readonly Category[];
}

/** The file of all training pictures has 450 MB; a string can hold 512. */
const mostBytes = 500 * 10 ** 6;

/**
 * Reads and checks the file. Annotations of pictures that it does not list are left out, as the reference does.
 *
 * @throws DataError naming the first element that cannot be used
 */
export async function readCocoAnnotations(path: string): Promise<AnnotatedPictures> {
  const file = parsed(await readDataText(path, mostBytes), path);
  const categories = new Map(
    elementsOf(file, 'categories', path).map((element, index) => {
      const category = categoryOf(element, `categories[${index}]`, path);
      return [category.id, category] as const;
    }),
  );
  const boxes = new Map<number | string, PixelBox[]>();
  elementsOf(file, 'annotations', path).forEach((element, index) => {
    const place = `annotations[${index}]`;
    const picture = idOf(element['image_id'], `${place}.image_id`, path);
    const list = boxes.get(picture) ?? [];
    list.push(boxOf(element, categories, place, path));
    boxes.set(picture, list);
  });
  const pictures = elementsOf(file, 'images', path).map((element, index): AnnotatedPicture => {
    const place = `images[${index}]`;
    const id = idOf(element['id'], `${place}.id`, path);
    const fileName = element['file_name'];
    if (typeof fileName !== 'string' || fileName === '' || fileName.includes('\0')) {
      throw dataErrors.badAnnotation(path, `${place}.file_name`, 'it is no file name');
    }
    return { id, fileName, place: `${path}: ${place}`, boxes: boxes.get(id) ?? [] };
  });
  return { pictures, categories: [...categories.values()].sort((a, b) => a.id - b.id) };
}

type Element = Readonly<Record<string, unknown>>;

function parsed(text: string, path: string): Element {
  const file = parsedJson(text, path);
  if (isElement(file)) return file;
  throw dataErrors.malformed(path, 'it holds no object with images, annotations and categories');
}

function elementsOf(file: Element, key: string, path: string): readonly Element[] {
  const list = file[key];
  if (!Array.isArray(list)) throw dataErrors.malformed(path, `it has no list "${key}", as files of COCO do`);
  return list.map((element: unknown, index) => {
    if (isElement(element)) return element;
    throw dataErrors.badAnnotation(path, `${key}[${index}]`, 'it is no object');
  });
}

function isElement(value: unknown): value is Element {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function idOf(value: unknown, place: string, path: string): number | string {
  if (typeof value === 'number' || typeof value === 'string') return value;
  throw dataErrors.badAnnotation(path, place, 'it is no id');
}

function categoryOf({ id, name }: Element, place: string, path: string): Category {
  if (Number.isSafeInteger(id) && typeof name === 'string') return { id: id as number, name };
  throw dataErrors.badAnnotation(path, place, 'a category is {id: <whole number>, name: <text>}');
}

function boxOf(element: Element, categories: ReadonlyMap<unknown, Category>, place: string, path: string): PixelBox {
  const category = categories.get(element['category_id']);
  if (category === undefined) {
    throw dataErrors.badAnnotation(path, `${place}.category_id`, 'it is none of the categories of the file');
  }
  const { bbox } = element;
  const [left, top, width, height] = Array.isArray(bbox) && bbox.length === 4 ? (bbox as readonly unknown[]) : [];
  if (!isFinite(left) || !isFinite(top) || !isFinite(width) || !isFinite(height) || width < 0 || height < 0) {
    throw dataErrors.badAnnotation(path, `${place}.bbox`, 'a box is [left, top, width, height] in pixels');
  }
  const area = isFinite(element['area']) ? element['area'] : width * height;
  const isCrowd = Boolean(element['iscrowd']);
  // The reference evaluator takes no notice of a key "ignore".
  return { left, top, width, height, category, area, isCrowd, isIgnored: false };
}

function isFinite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
