// Where figures were measured, and the sizes models were run at: part of every spec or result.

/** Sizes given to dynamic dimensions wherever a model runs: `{batch: 1, seq: 64}`. */
export type DimensionSizes = Readonly<Record<string, number>>;

/** What every result names besides its figures. */
export interface Environment {
  readonly engineVersion: string;
  readonly cpuModel: string;
  readonly threads: number;
}

/** Facts without which a latency means nothing. */
export interface MachineFacts {
  readonly cpuModel: string;
  /** The instruction sets that decide int8 speed: avx2, avx512f, avx512_vnni, avx_vnni, amx_int8, asimddp, i8mm, … */
  readonly cpuFlags: readonly string[];
  readonly logicalCores: number;
  readonly totalMemoryBytes: number;
  readonly freeMemoryBytes: number;
  /** Load average over the last minute when measuring began; null where the system has none. */
  readonly loadAverage: number | null;
  readonly platform: string;
  readonly nodeVersion: string;
  readonly engineVersion: string;
}
