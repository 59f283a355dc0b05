// How far a dequantized tensor is from the float one: the formulas of a diagnosis (SYSTEMS §1.8).

/** Smallest and largest finite value; NaN when there is none. */
export function extremesOf(values: Float32Array): { readonly min: number; readonly max: number } {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : { min: NaN, max: NaN };
}

/**
 * Mean squared difference of two tensors of one size, each scaled to 0…1 by its own minimum and maximum (SYSTEMS §1.8).
 * A tensor of one value is 0 everywhere instead of a division by zero. Elements that are not finite in the float tensor
 * do not count; NaN when one that counts is not finite in the other, or none counts.
 */
export function normalizedMse(float: Float32Array, dequantized: Float32Array): number {
  const scaleFloat = scalerOf(float);
  const scaleDequantized = scalerOf(dequantized);
  let sum = 0;
  let count = 0;
  for (let index = 0; index < float.length; index++) {
    const expected = float[index] ?? NaN;
    if (!Number.isFinite(expected)) continue;
    sum += (scaleFloat(expected) - scaleDequantized(dequantized[index] ?? NaN)) ** 2;
    count++;
  }
  return sum / count;
}

function scalerOf(values: Float32Array): (value: number) => number {
  const { min, max } = extremesOf(values);
  const range = max - min;
  if (range > 0) return (value) => (value - min) / range;
  return (value) => (Number.isFinite(value) ? 0 : NaN);
}
