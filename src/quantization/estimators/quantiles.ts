// A quantile of many numbers without sorting them all.

/** The value below which the part `q` of the numbers lies, between two of them in proportion. Reorders `values`. */
export function quantileOf(values: Float32Array, q: number): number {
  const place = q * (values.length - 1);
  const below = Math.floor(place);
  const low = selected(values, below);
  if (place === below) return low;
  // What stands behind the selected one is not smaller: the next one in order is the least of it.
  let next = Infinity;
  for (let index = below + 1; index < values.length; index++) next = Math.min(next, values[index] ?? Infinity);
  return low + (next - low) * (place - below);
}

/** The number that would stand at `wanted` if they were sorted (Hoare's selection). */
function selected(values: Float32Array, wanted: number): number {
  let first = 0;
  let last = values.length - 1;
  while (first < last) {
    const pivot = values[(first + last) >> 1] ?? 0;
    let low = first;
    let high = last;
    while (low <= high) {
      while ((values[low] ?? pivot) < pivot) low++;
      while ((values[high] ?? pivot) > pivot) high--;
      if (low > high) break;
      const swapped = values[low] ?? 0;
      values[low++] = values[high] ?? 0;
      values[high--] = swapped;
    }
    if (wanted <= high) last = high;
    else if (wanted >= low) first = low;
    else break;
  }
  return values[wanted] ?? NaN;
}
