// Labels that transforms change: boxes of detection labels, and class indices.
import type { Annotation } from '../contracts';
import { Refusal } from './refusal';

/** Top, left, bottom and right edge as fractions of the picture's height and width. */
export type Box = readonly [top: number, left: number, bottom: number, right: number];

/** A detection label as loaders of COCO give it: boxes, class names, class numbers, picture name (SYSTEMS §5.1). */
type DetectionLabel = readonly [boxes: readonly Box[], names: unknown, numbers: unknown, picture: unknown];

function isBox(value: unknown): value is Box {
  return Array.isArray(value) && value.length === 4 && value.every((edge) => typeof edge === 'number');
}

function isDetectionLabel(label: Annotation): label is DetectionLabel {
  if (!Array.isArray(label) || label.length !== 4) return false;
  const boxes: unknown = label[0];
  return Array.isArray(boxes) && boxes.every(isBox);
}

/** The label with its boxes moved; a label of any other kind as it is. */
export function withBoxes(label: Annotation, move: (box: Box) => Box): Annotation {
  if (!isDetectionLabel(label)) return label;
  const [boxes, ...others] = label;
  return [boxes.map(move), ...others];
}

/** The label less `shift`: a class index, also as a tensor of one element, or lists of them. No label stays none. */
export function shiftedLabel(label: Annotation, shift: number): Annotation {
  if (label === undefined) return label;
  if (typeof label === 'number') return label - shift;
  if (typeof label === 'bigint') return label - BigInt(shift);
  if (Array.isArray(label)) return label.map((each: unknown) => shiftedLabel(each, shift));
  if (isSingleElement(label)) return Number(label.data[0]) - shift;
  throw new Refusal(
    `it needs a label that is a number or a list of numbers, and got ${describe(label)}`,
    'Take LabelShift out of the list; it is for class indices.',
  );
}

function isSingleElement(label: unknown): label is { readonly data: ArrayLike<number | bigint> } {
  if (typeof label !== 'object' || label === null || !('data' in label)) return false;
  const { data } = label;
  return ArrayBuffer.isView(data) && 'length' in data && data.length === 1;
}

function describe(label: unknown): string {
  return typeof label === 'string'
    ? `the text "${label.slice(0, 40)}"`
    : typeof label === 'object'
      ? 'an array or object'
      : `a ${typeof label}`;
}
