// What a label says, in few words, and where its boxes are.
import type { PreviewBox } from '../../protocol/preview';
import type { Annotation } from '../contracts';
import { isDetectionLabel } from '../detectionLabel';
import type { DetectionLabel } from '../detectionLabel';

/** Characters at most. */
const longest = 200;

/** Empty for no label; boxes are counted and their classes named. */
export function labelText(label: Annotation): string {
  if (label === undefined || label === null) return '';
  const text = isDetectionLabel(label) ? boxesText(label) : valueText(label);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** The boxes of a label, in their order; none where it is of another kind. */
export function boxesOf(label: Annotation): PreviewBox[] {
  if (!isDetectionLabel(label)) return [];
  const [boxes, names, ids] = label;
  return boxes.map(([top, left, bottom, right], at) => {
    const className = names[at] ?? String(ids[at] ?? '');
    return { className, top, left, bottom, right };
  });
}

function boxesText([boxes, names, ids]: DetectionLabel): string {
  const classes = names.length > 0 ? names : ids.map(String);
  return `${boxes.length} ${boxes.length === 1 ? 'box' : 'boxes'}: ${[...new Set(classes)].join(', ')}`;
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return elementsText(value as Float64Array);
  if (Array.isArray(value)) return `[${value.slice(0, longest).map(valueText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const { type, dims, data } = value as { type?: unknown; dims?: unknown; data?: unknown };
  // A label may be a tensor.
  if (typeof type === 'string' && Array.isArray(dims) && data !== undefined) {
    return `${type} [${dims.join(', ')}]: ${valueText(data)}`;
  }
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
}

function elementsText(data: ArrayLike<number | bigint>): string {
  return Array.from({ length: Math.min(data.length, longest) }, (_, index) => elementText(data[index])).join(', ');
}

/** As many digits as a person reads. */
export function elementText(value: number | bigint | string | undefined): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(5)));
  return String(value ?? '');
}
