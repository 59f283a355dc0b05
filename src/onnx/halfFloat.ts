// Conversion of 16-bit floating point bit patterns to numbers, and of numbers to half precision.
import { roundHalfToEven } from './roundHalfEven';

/** IEEE 754 half precision (binary16) bit patterns as float32, exact; NaN stays NaN. */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  const table = halfTable();
  const floats = new Float32Array(bits.length);
  for (let index = 0; index < bits.length; index++) floats[index] = table[bits[index] ?? 0] ?? 0;
  return floats;
}

/** bfloat16 bit patterns as float32, exact: the upper half of the float32 pattern. */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let index = 0; index < bits.length; index++) words[index] = (bits[index] ?? 0) << 16;
  return new Float32Array(words.buffer);
}

let cachedTable: Float32Array | undefined;

/** All 65,536 values: a lookup an element beats taking the pattern apart a million times. */
function halfTable(): Float32Array {
  if (cachedTable !== undefined) return cachedTable;
  const table = new Float32Array(65536);
  for (let pattern = 0; pattern < 65536; pattern++) table[pattern] = halfValue(pattern);
  cachedTable = table;
  return table;
}

function halfValue(pattern: number): number {
  const sign = pattern & 0x8000 ? -1 : 1;
  const exponent = (pattern >> 10) & 0x1f;
  const fraction = pattern & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The bit pattern of the nearest half-precision number, ties to even (IEEE 754). */
export function float16Bits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00;
  if (magnitude < 2 ** -14) return sign | roundHalfToEven(magnitude * 2 ** 24);
  const exponent = exponentOf(magnitude);
  const fraction = roundHalfToEven((magnitude / 2 ** exponent - 1) * 1024);
  // A fraction that rounds up to 1024 carries into the exponent by itself.
  return sign | (((exponent + 15) << 10) + fraction);
}

/** Exact where Math.log2 may round up to the next power of two. */
function exponentOf(magnitude: number): number {
  const exponent = Math.floor(Math.log2(magnitude));
  if (2 ** exponent > magnitude) return exponent - 1;
  return 2 ** (exponent + 1) <= magnitude ? exponent + 1 : exponent;
}
