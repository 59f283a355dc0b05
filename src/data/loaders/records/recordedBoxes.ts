// The label of a record of `COCORecord`: its boxes, and what the rules of an evaluation need to know of them.
import type { Tensor } from '../../../onnx/tensor';
import type { Box, BoxDetails, DetectionLabel } from '../../detectionLabel';
import type { Example } from './example';

/** Fractions beyond this are pixels by mistake; boxes may reach over the edge of a picture. */
const farthest = 2;

const sides = ['ymin', 'xmin', 'ymax', 'xmax'] as const;

/**
 * Corners of boxes are fractions of the picture; crowds, difficult boxes and areas are those of the features that
 * TensorFlow's scripts write, where a record has them.
 *
 * @throws DataError naming the record and the first box that cannot be used
 */
export function recordedBoxes(example: Example, name: string, { dims }: Tensor): DetectionLabel {
  const boxes = boxesOf(example);
  const names = (example.bytes('image/object/class/text') ?? []).map((text) => new TextDecoder().decode(text));
  const ids = example.numbers('image/object/class/label') ?? [];
  if (![names, ids].every(({ length }) => length === 0 || length === boxes.length)) {
    throw example.refusal(`it has ${boxes.length} boxes, ${names.length} names and ${ids.length} numbers of classes`);
  }
  const id = example.text('image/source_id') ?? name;
  const [height = 1, width = 1] = dims;
  return [boxes, names, ids, /^\d{1,15}$/.test(id) ? Number(id) : id, detailsOf(example, boxes, height, width)];
}

function boxesOf(example: Example): Box[] {
  const [tops, lefts, bottoms, rights] = sides.map((side) => example.numbers(`image/object/bbox/${side}`) ?? []);
  const count = tops?.length ?? 0;
  if (![lefts, bottoms, rights].every((edges) => edges?.length === count)) {
    throw example.refusal('its boxes have not as many edges on each side');
  }
  return Array.from({ length: count }, (_, at) => {
    const box: Box = [tops?.[at] ?? NaN, lefts?.[at] ?? NaN, bottoms?.[at] ?? NaN, rights?.[at] ?? NaN];
    const problem = problemOf(box);
    if (problem === undefined) return box;
    throw example.refusal(
      `box ${at} (${sides.map((side, edge) => `${side} ${box[edge] ?? NaN}`).join(', ')}) ${problem}`,
    );
  });
}

function problemOf(box: Box): string | undefined {
  const [top, left, bottom, right] = box;
  if (!box.every((edge) => Number.isFinite(edge))) return 'has an edge that is no number';
  if (bottom < top || right < left) return 'ends before it begins';
  if (box.some((edge) => Math.abs(edge) > farthest)) return 'is not in fractions of the picture, from 0 to 1';
  return undefined;
}

function detailsOf(example: Example, boxes: readonly Box[], height: number, width: number): BoxDetails {
  const listed = (feature: string): readonly number[] => {
    const values = example.numbers(`image/object/${feature}`) ?? [];
    if (values.length === 0 || values.length === boxes.length) return values;
    throw example.refusal(`it has ${boxes.length} boxes, and image/object/${feature} has ${values.length} values`);
  };
  const [areas, crowds, difficult] = [listed('area'), listed('is_crowd'), listed('difficult')];
  return {
    height,
    width,
    frame: [0, 0, 1, 1],
    areas: boxes.map(([top, left, bottom, right], at) => areas[at] ?? (bottom - top) * height * (right - left) * width),
    crowds: boxes.map((_, at) => crowds[at] === 1),
    ignored: boxes.map((_, at) => difficult[at] === 1),
  };
}
