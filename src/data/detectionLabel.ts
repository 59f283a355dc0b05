// The label of a picture with boxes (SYSTEMS §5.1), and what loaders that read whole annotations know besides.
import type { Annotation } from './contracts';

/** Top, left, bottom and right edge as fractions of the picture's height and width. */
export type Box = readonly [top: number, left: number, bottom: number, right: number];

/** A class of a data set. */
export interface Category {
  readonly id: number;
  readonly name: string;
}

/** What the rules of an evaluation need to know; lists have an element for each box. */
export interface BoxDetails {
  /** Size of the picture as it is stored, in pixels. */
  readonly height: number;
  readonly width: number;
  /** Where the stored picture lies now: transforms move it as they move the boxes. */
  readonly frame: Box;
  /** Area of what is in the box, in pixels of the stored picture; sizes are told by it. */
  readonly areas: readonly number[];
  /** Whether the box is around a crowd: whatever lies in it counts as found. */
  readonly crowds: readonly boolean[];
  /** Whether it counts neither as found nor as missed (VOC calls it difficult). */
  readonly ignored: readonly boolean[];
  /** All classes of the data set, by id; absent where its files do not tell. */
  readonly categories?: readonly Category[];
}

/** Boxes, names and category ids of their classes (one of the two may be empty), name of the picture. */
export type DetectionLabel = readonly [
  boxes: readonly Box[],
  names: readonly string[],
  ids: readonly number[],
  picture: string | number,
  details?: BoxDetails,
];

/** Whether a label is one of a picture with boxes; classes may be named, numbered, or both. */
export function isDetectionLabel(label: Annotation): label is DetectionLabel {
  if (!Array.isArray(label) || (label.length !== 4 && label.length !== 5)) return false;
  const [boxes, names, ids, picture] = label as readonly unknown[];
  return (
    Array.isArray(boxes) &&
    boxes.every(isBox) &&
    isListOf(names, 'string') &&
    isListOf(ids, 'number') &&
    (typeof picture === 'string' || typeof picture === 'number')
  );
}

function isBox(value: unknown): value is Box {
  return isListOf(value, 'number') && value.length === 4;
}

function isListOf(value: unknown, type: 'string' | 'number'): value is readonly unknown[] {
  return Array.isArray(value) && value.every((each) => typeof each === type);
}

/** The label with its boxes moved; a label of any other kind as it is. */
export function withBoxes(label: Annotation, move: (box: Box) => Box): Annotation {
  if (!isDetectionLabel(label)) return label;
  const [boxes, names, ids, picture, details] = label;
  const moved = [boxes.map(move), names, ids, picture] as const;
  return details === undefined ? moved : [...moved, { ...details, frame: move(details.frame) }];
}
