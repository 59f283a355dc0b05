// The facts of this machine without which a latency means nothing.
import { availableParallelism, freemem, loadavg, release, totalmem } from 'node:os';
import { cpuFlagsIn, readCpuInfo } from '../files/cpuInfo';
import type { MachineFacts } from '../protocol/environment';
import { environmentOf } from '../runtime/environment';

/** Instruction sets the engine's int8 and float kernels choose by, as Linux names them (x86, then arm64). */
const relevantFlags: ReadonlySet<string> = new Set([
  ...['sse4_1', 'avx', 'f16c', 'fma', 'avx2', 'avx512f', 'avx512bw', 'avx512vl', 'avx512_vnni', 'avx512_bf16'],
  ...['avx512_fp16', 'avx_vnni', 'avx_vnni_int8', 'amx_tile', 'amx_int8', 'amx_bf16'],
  ...['asimd', 'asimdhp', 'asimddp', 'i8mm', 'bf16', 'sve', 'sve2', 'svei8mm', 'sme'],
]);

/** Gathers the facts; the load is the one at this moment, so ask before measuring. */
export function machineFacts(): MachineFacts {
  const { cpuModel, engineVersion } = environmentOf(1);
  return {
    cpuModel,
    cpuFlags: cpuFlagsOf(readCpuInfo()),
    logicalCores: availableParallelism(),
    totalMemoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    // Node gives zeros on Windows, which has no such figure.
    loadAverage: process.platform === 'win32' ? null : (loadavg()[0] ?? null),
    platform: `${process.platform} ${process.arch} ${release()}`,
    nodeVersion: process.version,
    engineVersion,
  };
}

/** The relevant ones of the first processor's flags in the text of /proc/cpuinfo, in its order. */
export function cpuFlagsOf(cpuInfo: string): string[] {
  return cpuFlagsIn(cpuInfo).filter((flag) => relevantFlags.has(flag));
}
