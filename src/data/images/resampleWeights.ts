// Which source pixels make up an output pixel along one axis, and with which weights, as Pillow computes them.

/** Pillow's resampling filters. */
export type ResizeFilter = 'nearest' | 'box' | 'bilinear' | 'hamming' | 'bicubic' | 'lanczos';

/** Filters that are convolutions: all but nearest. */
export type ConvolutionFilter = Exclude<ResizeFilter, 'nearest'>;

/** Weights along one axis: output pixel i reads `counts[i]` pixels from `starts[i]`, weights from `i * stride` on. */
export interface AxisWeights {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Float64Array;
  readonly stride: number;
}

interface Kernel {
  /** Half the width of the kernel, in source pixels when enlarging. */
  readonly support: number;
  readonly at: (x: number) => number;
}

const kernels: Readonly<Record<ConvolutionFilter, Kernel>> = {
  box: { support: 0.5, at: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: { support: 1, at: hamming },
  bicubic: { support: 2, at: keysCubic },
  lanczos: { support: 3, at: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Pillow keeps these two constants in single precision. */
const hammingMean = Math.fround(0.54);
const hammingWave = Math.fround(0.46);

function hamming(x: number): number {
  const distance = Math.abs(x);
  if (distance === 0) return 1;
  if (distance >= 1) return 0;
  return sinc(distance) * (hammingMean + hammingWave * Math.cos(distance * Math.PI));
}

/** Keys' cubic convolution with a = −0.5, each product in the order Pillow takes it. */
function keysCubic(x: number): number {
  const a = -0.5;
  const distance = Math.abs(x);
  if (distance < 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  if (distance < 2) return (((distance - 5) * distance + 8) * distance - 4) * a;
  return 0;
}

function sinc(x: number): number {
  const angle = x * Math.PI;
  return angle === 0 ? 1 : Math.sin(angle) / angle;
}

/**
 * The weights for resampling `inputSize` pixels to `outputSize`: the kernel, widened by the factor of reduction, centred
 * on each output pixel, cut at the border and made to sum to 1. Double precision, in Pillow's order of operations
 * (Pillow, "Image resampling", `precompute_coeffs`), because a last bit decides where a sum lies on a half.
 */
export function axisWeights(inputSize: number, outputSize: number, filter: ConvolutionFilter): AxisWeights {
  const kernel = kernels[filter];
  const scale = inputSize / outputSize;
  const widening = Math.max(scale, 1);
  const support = kernel.support * widening;
  const inverse = 1 / widening;
  const stride = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(outputSize);
  const counts = new Int32Array(outputSize);
  const weights = new Float64Array(outputSize * stride);
  for (let output = 0; output < outputSize; output++) {
    const centre = (output + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const count = Math.min(inputSize, Math.trunc(centre + support + 0.5)) - start;
    let sum = 0;
    for (let tap = 0; tap < count; tap++) {
      const weight = kernel.at((tap + start - centre + 0.5) * inverse);
      weights[output * stride + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < count && sum !== 0; tap++) {
      const place = output * stride + tap;
      weights[place] = (weights[place] ?? 0) / sum;
    }
    starts[output] = start;
    counts[output] = count;
  }
  return { starts, counts, weights, stride };
}
