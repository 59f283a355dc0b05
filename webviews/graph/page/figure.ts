// Numbers of tensors as the panel beside the picture shows them, which is narrow.

/** Characters of a fraction with all the digits that are shown, and of a whole number that stands in a column. */
const longestFraction = 7;
const longestWhole = 10;

/** Few digits, without losing very small and very large numbers. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) return value.toExponential(3);
  return Number(value.toPrecision(4)).toString();
}

/** A value of a tensor, short enough for its column; what is no real number stays as it is. */
export function shortValue(text: string): string {
  const value = Number(text);
  const longest = Number.isInteger(value) ? longestWhole : longestFraction;
  return text.length <= longest || !Number.isFinite(value) ? text : figure(value);
}
