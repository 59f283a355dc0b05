// Lists of protobuf varints, as the integer data of tensors holds them.

/**
 * Reads exactly `count` varints into their low 32 bits; the number of varints there are instead when it is another or
 * they do not end with the bytes.
 */
export function varintsToNumbers(bytes: Uint8Array, count: number): Int32Array | number {
  const numbers = new Int32Array(count);
  const found = eachVarint(bytes, count, (index, low) => {
    numbers[index] = low;
  });
  return found === count ? numbers : found;
}

/** Like `varintsToNumbers`, all 64 bits. */
export function varintsToInt64(bytes: Uint8Array, count: number): BigInt64Array | number {
  const numbers = new BigInt64Array(count);
  const words = new Int32Array(numbers.buffer);
  const found = eachVarint(bytes, count, (index, low, high) => {
    words[2 * index] = low;
    words[2 * index + 1] = high;
  });
  return found === count ? numbers : found;
}

/** Calls `take` for the first `count` varints and returns how many there are; an unfinished or overlong one ends it. */
function eachVarint(
  bytes: Uint8Array,
  count: number,
  take: (index: number, low: number, high: number) => void,
): number {
  let index = 0;
  let position = 0;
  while (position < bytes.length) {
    let low = 0;
    let high = 0;
    let shift = 0;
    let byte = 0x80;
    while (byte >= 0x80) {
      if (position >= bytes.length || shift >= 70) return index === count ? index + 1 : index;
      byte = bytes[position++] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else high |= bits << 31;
      shift += 7;
    }
    if (index < count) take(index, low, high);
    index += 1;
  }
  return index;
}
