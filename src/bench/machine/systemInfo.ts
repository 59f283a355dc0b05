// Operation system_info: this machine and what models run on here, as far as the system tells (SYSTEMS §1.3).
import { readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces, release, totalmem, type as systemType } from 'node:os';
import { join } from 'node:path';
import { engineVersion, productVersion } from '../../config/product';
import { cpuFlagsIn } from '../../files/cpuInfo';
import { supportedVersions } from '../../onnx/modelProblems';
import type { Operation } from '../operation';
import { answeringNow } from '../operation';

/** What is known of the processors; null where the system does not say. */
export interface ProcessorView {
  readonly sockets: number | null;
  /** Of the whole machine, without the second threads of a core. */
  readonly cores: number | null;
  readonly cores_per_socket: number | null;
  readonly threads_per_socket: number | null;
  readonly hyperthreading_enabled: boolean | null;
  readonly turboboost_enabled: boolean | null;
  readonly bios_version: string | null;
  /** MHz. */
  readonly min_cpu_freq: number | null;
  readonly max_cpu_freq: number | null;
  readonly bf16_support: boolean | null;
}

export const systemInfo: Operation<null, object> = {
  path: 'system_info',
  summary: 'Show this machine and the versions of what models run on.',
  read: () => null,
  run: () =>
    Promise.resolve({
      systeminfo: {
        ...processorView('/'),
        total_memory: `${(totalmem() / 2 ** 30).toFixed(3)}GB`,
        total_memory_bytes: totalmem(),
        system: systemType(),
        ip: ownAddress(),
        platform: `${systemType()}-${release()}-${process.arch}`,
        kernel: release(),
      },
      frameworks: {
        onnxruntime_version: engineVersion,
        onnx_ir_version: supportedVersions.newestIr,
        onnx_opset_version: supportedVersions.newestOpset,
        compressor_bench_version: productVersion,
        node_version: process.version,
      },
    }),
};

export const systemInfoOperations = [answeringNow(systemInfo)];

/** @param root the folder in which `proc` and `sys` lie: `/`, on Linux */
export function processorView(root: string): ProcessorView {
  const { sockets, cores, threads } = topology(root);
  const flags = cpuFlagsIn(textAt(root, 'proc/cpuinfo') ?? '');
  return {
    sockets,
    cores,
    cores_per_socket: perSocket(cores, sockets),
    threads_per_socket: perSocket(threads, sockets),
    hyperthreading_enabled: threads === null || cores === null ? null : threads > cores,
    turboboost_enabled: turbo(root),
    bios_version: textAt(root, 'sys/class/dmi/id/bios_version') ?? null,
    min_cpu_freq: megahertz(root, 'cpuinfo_min_freq'),
    max_cpu_freq: megahertz(root, 'cpuinfo_max_freq'),
    bf16_support: flags.length === 0 ? null : flags.some((flag) => bf16Flags.has(flag)),
  };
}

/** Instruction sets that multiply bfloat16 (x86, then arm64). */
const bf16Flags: ReadonlySet<string> = new Set(['avx512_bf16', 'amx_bf16', 'bf16', 'svebf16']);

function perSocket(count: number | null, sockets: number | null): number | null {
  return count === null || sockets === null ? null : Math.round(count / sockets);
}

/** Packages, cores in them, and threads on those, counted by the numbers each processor is said to have. */
function topology(root: string): { sockets: number | null; cores: number | null; threads: number | null } {
  const folder = 'sys/devices/system/cpu';
  const packages = new Set<string>();
  const cores = new Set<string>();
  let threads = 0;
  for (const name of namesIn(join(root, folder)).filter((one) => /^cpu\d+$/.test(one))) {
    const packageId = textAt(root, `${folder}/${name}/topology/physical_package_id`);
    const coreId = textAt(root, `${folder}/${name}/topology/core_id`);
    // One that is switched off has no place.
    if (packageId === undefined || coreId === undefined) continue;
    threads++;
    packages.add(packageId);
    cores.add(`${packageId}/${coreId}`);
  }
  return threads === 0
    ? { sockets: null, cores: null, threads: null }
    : { sockets: packages.size, cores: cores.size, threads };
}

/** Intel's driver says when it is off, others when it is on. */
function turbo(root: string): boolean | null {
  const off = textAt(root, 'sys/devices/system/cpu/intel_pstate/no_turbo');
  if (off !== undefined) return off === '0';
  const on = textAt(root, 'sys/devices/system/cpu/cpufreq/boost');
  return on === undefined ? null : on === '1';
}

/** The system says kHz. */
function megahertz(root: string, name: string): number | null {
  const kilohertz = Number(textAt(root, `sys/devices/system/cpu/cpu0/cpufreq/${name}`) ?? NaN);
  return Number.isFinite(kilohertz) && kilohertz > 0 ? kilohertz / 1000 : null;
}

/** The first address by which others may reach this machine; null where it has none. */
function ownAddress(): string | null {
  const addresses = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  const outer = addresses.filter(({ internal }) => !internal);
  return (outer.find(({ family }) => family === 'IPv4') ?? outer[0])?.address ?? null;
}

/** The text of a small file of the system, without spaces around it; undefined for none. */
function textAt(root: string, path: string): string | undefined {
  try {
    const text = readFileSync(join(root, path), 'utf8').trim();
    return text === '' ? undefined : text;
  } catch {
    // It is not there, or not for everybody.
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
