// Rounding to the nearest whole number, ties to the even one.

/** Adding and taking away 1.5 · 2^52 leaves a double no room for a fraction: the processor rounds half to even. */
const roundingShift = 1.5 * 2 ** 52;

/** Rounds half to even, as Python, numpy and the engine do (Math.round goes half up). */
export function roundHalfToEven(value: number): number {
  if (Math.abs(value) < 2 ** 51) return value + roundingShift - roundingShift;
  // Halves are the last fractions up to 2^52; a nearer shift leaves no room for them there.
  const shift = value < 0 ? -(2 ** 52) : 2 ** 52;
  return Math.abs(value) < 2 ** 52 ? value + shift - shift : value;
}
