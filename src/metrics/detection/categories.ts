// Which class a number or a name of a label or of a model means.
import { readFileSync } from 'node:fs';
import { parseYamlTree, plainValue } from '../../config/yamlTree';
import type { Category } from '../../data/detectionLabel';
import { fileErrorOf } from '../../files/fileErrors';
import { metricErrors } from '../metricErrors';

/** What the classes of a model are: category ids, or places in the list of categories from 0 or from 1. */
export type ClassNumbers = 'id' | 'index' | 'index_from_1';

/** The 80 classes of COCO in the order of their ids, which have gaps: 11 of the 91 first planned were left out. */
// prettier-ignore
const cocoNames = [
  'person', 'bicycle', 'car', 'motorcycle', 'airplane', 'bus', 'train', 'truck', 'boat', 'traffic light',
  'fire hydrant', '', 'stop sign', 'parking meter', 'bench', 'bird', 'cat', 'dog', 'horse', 'sheep', 'cow', 'elephant',
  'bear', 'zebra', 'giraffe', '', 'backpack', 'umbrella', '', '', 'handbag', 'tie', 'suitcase', 'frisbee', 'skis',
  'snowboard', 'sports ball', 'kite', 'baseball bat', 'baseball glove', 'skateboard', 'surfboard', 'tennis racket',
  'bottle', '', 'wine glass', 'cup', 'fork', 'knife', 'spoon', 'bowl', 'banana', 'apple', 'sandwich', 'orange',
  'broccoli', 'carrot', 'hot dog', 'pizza', 'donut', 'cake', 'chair', 'couch', 'potted plant', 'bed', '',
  'dining table', '', '', 'toilet', '', 'tv', 'laptop', 'mouse', 'remote', 'keyboard', 'cell phone', 'microwave',
  'oven', 'toaster', 'sink', 'refrigerator', '', 'book', 'clock', 'vase', 'scissors', 'teddy bear', 'hair drier',
  'toothbrush',
];

/** Classes of COCO by id. */
export const cocoCategories: readonly Category[] = cocoNames.flatMap((name, index) =>
  name === '' ? [] : [{ id: index + 1, name }],
);

/** The category id of a class number of a model; undefined where there is no such class. */
export function categoryOf(number: number, means: ClassNumbers, categories: readonly Category[]): number | undefined {
  return means === 'id' ? number : categories[means === 'index' ? number : number - 1]?.id;
}

/**
 * The categories in a YAML file of `name: id`, or in an annotation file of COCO, by id.
 *
 * @throws MetricError when it is neither, FileError when it cannot be read
 */
export function readCategories(metric: string, path: string): readonly Category[] {
  const file = parsed(readText(path));
  const list = typeof file === 'object' && file !== null ? file : {};
  const entries: readonly (readonly [unknown, unknown])[] =
    'categories' in list && Array.isArray(list.categories)
      ? list.categories.map((each: unknown) => {
          const { name, id } = (each ?? {}) as { readonly name?: unknown; readonly id?: unknown };
          return [name, id] as const;
        })
      : Object.entries(list);
  const categories = entries.map(([name, id]) => {
    if (typeof name === 'string' && Number.isSafeInteger(id)) return { id: id as number, name };
    throw metricErrors.categories(metric, path, `"${String(name).slice(0, 40)}" has no whole number`);
  });
  if (categories.length === 0) throw metricErrors.categories(metric, path, 'it names no class');
  return categories.sort((a, b) => a.id - b.id);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw fileErrorOf(thrown, path, 'read');
  }
}

/** Annotation files are large JSON, for which the YAML parser would take minutes. */
function parsed(text: string): unknown {
  if (text.trimStart().startsWith('{')) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // A map in braces may still be YAML.
    }
  }
  const { tree } = parseYamlTree(text);
  return tree === undefined ? undefined : plainValue(tree);
}
