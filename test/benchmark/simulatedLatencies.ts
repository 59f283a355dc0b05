// Latencies as busy machines make them, from a seed: independent noise, spikes, drift, and disturbances that last.

/** A small seeded generator of uniform numbers in [0, 1): mulberry32. */
export function uniformNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Factor on the latency of one run; called once a run, in the order of time. */
export type Noise = () => number;

export type NoiseModel = (uniform: () => number) => Noise;

function normalNumbers(uniform: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Named models of noise; the figures are the relative standard deviation of a run or what is said beside them. */
export const noiseModels: Readonly<Record<string, NoiseModel>> = {
  'independent 1 %': (uniform) => {
    const normal = normalNumbers(uniform);
    return () => Math.exp(0.01 * normal());
  },
  'independent 20 %': (uniform) => {
    const normal = normalNumbers(uniform);
    return () => Math.exp(0.2 * normal());
  },
  'spikes: one run in twenty takes up to ten times as long': (uniform) => {
    const normal = normalNumbers(uniform);
    return () => Math.exp(0.01 * normal()) * (uniform() < 0.05 ? 1 + 9 * uniform() : 1);
  },
  'drift: the machine slows down by half while measuring': (uniform) => {
    const normal = normalNumbers(uniform);
    let run = 0;
    return () => Math.exp(0.01 * normal()) * (1 + run++ / 4000);
  },
  'disturbances that last: autocorrelation 0.99 from run to run': (uniform) => {
    const normal = normalNumbers(uniform);
    let level = 0;
    return () => Math.exp((level = 0.99 * level + 0.02 * normal()));
  },
  'a random walk that never returns': (uniform) => {
    const normal = normalNumbers(uniform);
    let level = 0;
    return () => Math.exp((level += 0.003 * normal()) + 0.01 * normal());
  },
  'two speeds: the clock steps up and down': (uniform) => {
    const normal = normalNumbers(uniform);
    let isFast = true;
    return () => {
      if (uniform() < 0.02) isFast = !isFast;
      return Math.exp(0.01 * normal()) * (isFast ? 1 : 1.4);
    };
  },
};
