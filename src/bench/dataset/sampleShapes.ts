// The shape of one sample for each input of a model, as far as the file says it (SYSTEMS §1.5).
import type { PortFacts } from '../../onnx/modelFacts';
import type { SampleShape } from './inputShapes';

/** Without the batch axis; undefined where a size is open. */
export function sampleShape({ shape }: Pick<PortFacts, 'shape'>): SampleShape | undefined {
  if (shape === null) return undefined;
  // An open first size, or the first of a picture's four, counts samples.
  const sample = typeof shape[0] === 'number' && shape.length <= 3 ? shape : shape.slice(1);
  const sizes = sample.filter((size) => typeof size === 'number');
  return sizes.length === sample.length ? sizes : undefined;
}

/** As forms show it: `3,224,224`, for several inputs `[3,224,224],[2]`; `''` where any of it is open. */
export function sampleShapesText(inputs: readonly PortFacts[]): string {
  const shapes = inputs.map(sampleShape);
  if (!shapes.every((shape) => shape !== undefined)) return '';
  const texts = shapes.map((shape) => shape.join(','));
  return texts.length === 1 ? texts.join() : texts.map((text) => `[${text}]`).join(',');
}
