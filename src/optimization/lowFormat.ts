// The 16-bit formats a float32 model can be converted to, and the rounding of its numbers.
import { DataType } from '../onnx/dataTypes';

/** Numbers that a 16-bit format cannot hold as they are. */
export interface ClampCounts {
  /** Not zero, but nearer to it than the smallest number of the format; they became that number. */
  raised: number;
  /** Finite, but beyond the largest number of the format; they became that number. */
  lowered: number;
}

/** A 16-bit floating point format. */
export interface LowFormat {
  /** A code of `dataTypes.ts`. */
  readonly dataType: number;
  /** As ONNX names the type, for sentences. */
  readonly title: 'float16' | 'bfloat16';
  /** What names of tensors in this format end with. */
  readonly suffix: 'fp16' | 'bf16';
  /** Largest and smallest magnitudes, for sentences. */
  readonly largest: string;
  readonly smallest: string;
  /** The first version of ai.onnx whose Cast knows the type by number. */
  readonly firstOpset: number;
  /** Bit patterns of the nearest numbers, ties to even; see `ClampCounts` for what does not fit. Infinity and NaN stay. */
  round(values: Float32Array, counts: ClampCounts): Uint16Array;
}

export const float16Format: LowFormat = {
  dataType: DataType.float16,
  title: 'float16',
  suffix: 'fp16',
  largest: '65504',
  smallest: '5.96e-8',
  firstOpset: 6,
  round: (values, counts) => roundAll(values, counts, halfOf),
};

export const bfloat16Format: LowFormat = {
  dataType: DataType.bfloat16,
  title: 'bfloat16',
  suffix: 'bf16',
  largest: '3.39e38',
  smallest: '9.18e-41',
  firstOpset: 13,
  round: (values, counts) => roundAll(values, counts, brainOf),
};

type Rounding = (word: number, counts: ClampCounts) => number;

/** Works on bit patterns: weights come by the hundred million, and logarithms would take minutes for them. */
function roundAll(values: Float32Array, counts: ClampCounts, round: Rounding): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = new Uint16Array(words.length);
  for (let index = 0; index < words.length; index++) bits[index] = round(words[index] ?? 0, counts);
  return bits;
}

const infinity = 0x7f800000;
/** float32 patterns of 65504, 2^-14 (the smallest normal float16) and 2^-24 (the smallest at all). */
const largestHalf = 0x477fe000;
const smallestNormalHalf = 0x38800000;
const smallestHalf = 0x33800000;

function halfOf(word: number, counts: ClampCounts): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > infinity) return 0x7e00;
  if (magnitude === infinity) return sign | 0x7c00;
  if (magnitude > largestHalf) {
    counts.lowered++;
    return sign | 0x7bff;
  }
  if (magnitude >= smallestNormalHalf) return sign | shiftedToEven(magnitude - 0x38000000, 13);
  if (magnitude === 0) return sign;
  if (magnitude < smallestHalf) {
    counts.raised++;
    return sign | 1;
  }
  // Below 2^-14 the format counts in steps of 2^-24: the hidden bit is written out and shifted to that scale.
  return sign | shiftedToEven((magnitude & 0x7fffff) | 0x800000, 126 - (magnitude >>> 23));
}

function brainOf(word: number, counts: ClampCounts): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > infinity) return 0x7fc0;
  if (magnitude === infinity) return sign | 0x7f80;
  const bits = shiftedToEven(magnitude, 16);
  if (bits === 0x7f80) {
    counts.lowered++;
    return sign | 0x7f7f;
  }
  if (bits === 0 && magnitude !== 0) {
    counts.raised++;
    return sign | 1;
  }
  return sign | bits;
}

/** `value` / 2^shift, rounded to the nearest whole number, ties to even. */
function shiftedToEven(value: number, shift: number): number {
  const whole = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (whole & 1) === 1) ? whole + 1 : whole;
}
