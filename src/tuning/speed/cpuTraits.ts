// Traits of this machine's processor that decide how 8-bit numbers have to look.
import { machineFacts } from '../../benchmark/machineFacts';

/** Instruction sets that multiply and add 8-bit numbers without saturating in between, on x86. */
const exact: ReadonlySet<string> = new Set(['avx512_vnni', 'avx_vnni', 'avx_vnni_int8', 'amx_int8']);

/** True on an x86 processor without them: weights then take 7 bits (SYSTEMS §4.2, reduce_range). */
export function lacksVnni(
  flags: readonly string[] = machineFacts().cpuFlags,
  architecture: string = process.arch,
): boolean {
  // Where the system names no instruction sets, nothing is known against it.
  return architecture === 'x64' && flags.length > 0 && !flags.some((flag) => exact.has(flag));
}
