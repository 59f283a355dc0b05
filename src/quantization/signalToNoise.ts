// How near the outputs of the quantized model are to those of the float model.
import { float16ToFloat32 } from '../onnx/halfFloat';
import type { Tensor } from '../onnx/tensor';

/** Sums of squares over all float outputs of all samples. */
export class SignalToNoise {
  private signal = 0;
  private noise = 0;

  /** Adds one output; false when the quantized one is not finite where the float one is. Non-float outputs do not count. */
  add(reference: Tensor, quantized: Tensor): boolean {
    const expected = floatsOf(reference);
    const given = floatsOf(quantized);
    if (expected === undefined || given === undefined) return true;
    let isFinite = true;
    for (let index = 0; index < expected.length; index++) {
      const value = expected[index] ?? 0;
      if (!Number.isFinite(value)) continue;
      const difference = value - (given[index] ?? 0);
      if (!Number.isFinite(difference)) isFinite = false;
      this.signal += value * value;
      this.noise += difference * difference;
    }
    return isFinite;
  }

  /** 10 · log10(signal / noise), in dB; null when there is no noise, no signal, or nothing was added. */
  get decibels(): number | null {
    return this.noise > 0 && this.signal > 0 ? 10 * Math.log10(this.signal / this.noise) : null;
  }
}

function floatsOf({ type, data }: Tensor): Float32Array | undefined {
  if (type === 'float16' && data instanceof Uint16Array) return float16ToFloat32(data);
  return data instanceof Float32Array ? data : undefined;
}
