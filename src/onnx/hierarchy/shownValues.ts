// How names and values of a model are shown: cut to a size a page can hold, and in a form JSON has.

/** A value of an attribute in JSON. */
export type ShownValue = string | number | boolean | readonly (string | number | boolean)[];

const longestText = 1000;
const longestList = 64;
/** Elements of a tensor that are shown. */
export const shownElements = 8;

/** The text, or its start and its length. */
export function shortText(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}… (${text.length} characters)` : text;
}

/** Bytes meant as text; `bytes` may be the start only of `length` of them. */
export function bytesText(bytes: Uint8Array, length = bytes.length): string {
  // UTF-8 takes at most four bytes a character; the rest need not be decoded to be counted.
  if (length <= 4 * longestText) return shortText(new TextDecoder().decode(bytes));
  const start = new TextDecoder().decode(bytes.subarray(0, 4 * longestText)).slice(0, longestText);
  return `${start}… (${length} bytes)`;
}

/** A float32 with the fewest digits that tell it from its neighbours (0.1, not 0.10000000149); NaN and ±Infinity as text. */
export function shownFloat32(value: number): number | string {
  if (!Number.isFinite(value)) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

/** A number, or text where JSON would lose it: NaN, ±Infinity, integers beyond 2^53. */
export function shownNumber(value: number | bigint): number | string {
  const number = Number(value);
  if (typeof value === 'bigint') return Number.isSafeInteger(number) ? number : value.toString();
  return Number.isFinite(number) ? number : String(number);
}

/** The first entries of a list; a last one tells how many there are. */
export function shownList<T>(values: readonly T[], show: (value: T) => string | number | boolean): ShownValue {
  const shown = values.slice(0, longestList).map(show);
  return values.length > longestList ? [...shown, `… ${values.length} in all`] : shown;
}

/** `float32[64, 3]`; a size that is not known is `?`. */
export function typeAndShape(type: string, dims: readonly (number | string | null)[] | null | undefined): string {
  if (dims === null || dims === undefined) return type;
  const shown = dims.slice(0, longestList).map((dim) => (dim === null ? '?' : shortText(String(dim))));
  return `${type}[${shown.join(', ')}${dims.length > longestList ? ', …' : ''}]`;
}

/** `float32[2, 3]: 1, 2, 3, 4, …`; `first` are the first elements, none when they were not read. */
export function tensorText(
  type: string,
  dims: readonly number[],
  first: readonly (string | number)[],
  elements: number,
): string {
  const head = typeAndShape(type, dims);
  if (first.length === 0) return head;
  return `${head}: ${first.join(', ')}${elements > first.length ? ', …' : ''}`;
}

/** `7 Conv, 5 Relu, 2 more kinds`: most frequent first. */
export function countedTypes(types: Iterable<string>, most = 4): string {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const shown = sorted.slice(0, most).map(([type, count]) => `${count} ${shortText(type)}`);
  if (sorted.length > most) shown.push(`${sorted.length - most} more kinds`);
  return shown.join(', ');
}
