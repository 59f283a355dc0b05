// What a label says, in few words, and where its boxes are.
import type { PreviewBox } from '../../protocol/preview';
import { isAnswerWindow } from '../answerWindow';
import type { Annotation } from '../contracts';
import { isDetectionLabel } from '../detectionLabel';
import type { DetectionLabel } from '../detectionLabel';
import type { Tensor } from '../../onnx/tensor';

/** Characters at most. */
const longest = 200;

/** Values of a label of several axes, such as a mask, that are told apart. */
const mostValues = 32;

/** Empty for no label; boxes are counted and their classes named, answers quoted, and of a mask its classes are listed. */
export function labelText(label: Annotation): string {
  if (label === undefined || label === null) return '';
  const text = textOf(label);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function textOf(label: Annotation): string {
  if (isDetectionLabel(label)) return boxesText(label);
  if (!isAnswerWindow(label)) return valueText(label);
  return [...new Set(label.answers)].map((answer) => `"${answer}"`).join(' or ');
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

/** The label where it is one number of 8 bits for each pixel of a picture. */
export function maskOf(label: Annotation): Tensor | undefined {
  if (typeof label !== 'object' || label === null || !('dims' in label) || !('data' in label)) return undefined;
  const { dims, data } = label;
  if (!Array.isArray(dims) || dims.length !== 2 || !(data instanceof Uint8Array)) return undefined;
  return { type: 'uint8', dims: dims.map(Number), data };
}

function boxesText([boxes, names, ids]: DetectionLabel): string {
  const classes = names.length > 0 ? names : ids.map(String);
  if (boxes.length === 0) return 'no boxes';
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
    const values = dims.length > 1 && data instanceof Uint8Array ? classesText(data) : valueText(data);
    return `${type} [${dims.join(', ')}]: ${values}`;
  }
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
}

/** The values that occur, each once. */
function classesText(data: Uint8Array): string {
  const values = [...new Set(data)].sort((a, b) => a - b);
  return `of ${values.slice(0, mostValues).join(', ')}${values.length > mostValues ? ', …' : ''}`;
}

function elementsText(data: ArrayLike<number | bigint>): string {
  return Array.from({ length: Math.min(data.length, longest) }, (_, index) => elementText(data[index])).join(', ');
}

/** As many digits as a person reads. */
export function elementText(value: number | bigint | string | undefined): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(5)));
  return String(value ?? '');
}
