// Rounding to the nearest whole number, ties to the even one.

/** Adding and taking away 1.5 · 2^52 leaves a double no room for a fraction: the processor rounds half to even. */
const roundingShift = 1.5 * 2 ** 52;

/** Rounds half to even, as Python, numpy and the engine do (Math.round goes half up). Doubles from 2^51 on stay as they are. */
export function roundHalfToEven(value: number): number {
  return Math.abs(value) < 2 ** 51 ? value + roundingShift - roundingShift : value;
}
