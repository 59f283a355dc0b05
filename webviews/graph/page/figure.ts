// Numbers of tensors as the panel beside the picture shows them, which is narrow.

/** Characters of a value that stand in a column of the list. */
const longestValue = 10;

/** Few digits, without losing very small and very large numbers. */
export function figure(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) return value.toExponential(digits - 1);
  return Number(value.toPrecision(digits)).toString();
}

/** A value of a tensor, short enough for its column; what is no real number stays as it is. */
export function shortValue(text: string): string {
  const value = Number(text);
  return text.length <= longestValue || !Number.isFinite(value) ? text : figure(value, 4);
}
