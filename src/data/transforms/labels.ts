// Class indices that transforms change.
import type { Annotation } from '../contracts';
import { isDetectionLabel } from '../detectionLabel';
import { Refusal } from './refusal';

/** The label less `shift`: a class index, also as a tensor of one element, or lists of them; of boxes the class numbers. No label stays none. */
export function shiftedLabel(label: Annotation, shift: number): Annotation {
  if (label === undefined) return label;
  if (typeof label === 'number') return label - shift;
  if (typeof label === 'bigint') return label - BigInt(shift);
  if (isDetectionLabel(label)) {
    const [boxes, names, ids, ...others] = label;
    return [boxes, names, ids.map((id) => id - shift), ...others];
  }
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
