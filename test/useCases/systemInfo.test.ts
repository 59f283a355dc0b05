// What is said of this machine, and of machines whose /proc and /sys are laid out in a folder.
import { isIP } from 'node:net';
import { totalmem } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processorView } from '../../src/bench/machine/systemInfo';
import { engineVersion as loadedVersion } from '../../src/runtime/loadEngine';
import { temporaryFolder } from '../support/temporaryFolder';
import { openTestBench } from './openTestBench';
import type { TestBench } from './openTestBench';

const place = temporaryFolder();
let open: TestBench;

beforeAll(async () => {
  open = await openTestBench(place.fresh());
});
afterAll(() => open[Symbol.asyncDispose]());

let machines = 0;

/** A folder with the files of a machine's system. */
function machine(files: Readonly<Record<string, string>>): string {
  const name = `machine${machines++}`;
  place.write(`${name}/proc/none`, '');
  for (const [path, text] of Object.entries(files)) place.write(`${name}/${path}`, `${text}\n`);
  return `${place.path}/${name}`;
}

/** Processors as Linux numbers them: package and core of each. */
function processors(...places: readonly (readonly [packageId: number, core: number])[]): Record<string, string> {
  return Object.fromEntries(
    places.flatMap(([packageId, core], index) => {
      const folder = `sys/devices/system/cpu/cpu${index}/topology`;
      return [
        [`${folder}/physical_package_id`, String(packageId)],
        [`${folder}/core_id`, String(core)],
      ];
    }),
  );
}

describe('system_info', () => {
  it('tells of this machine with every key of the API', async () => {
    const answer = (await open.call('system_info')) as {
      systeminfo: Record<string, string | number | null>;
      frameworks: Record<string, string | number>;
    };
    expect(Object.keys(answer.systeminfo)).toEqual(
      expect.arrayContaining([
        ...['sockets', 'cores', 'cores_per_socket', 'threads_per_socket', 'total_memory', 'system', 'ip', 'platform'],
        ...['hyperthreading_enabled', 'turboboost_enabled', 'bios_version', 'kernel', 'min_cpu_freq', 'max_cpu_freq'],
        'bf16_support',
      ]) as unknown,
    );
    const { total_memory, total_memory_bytes, ip, kernel } = answer.systeminfo;
    expect(total_memory_bytes).toBe(totalmem());
    expect(total_memory).toMatch(/^\d+\.\d{3}GB$/);
    expect(ip === null || isIP(String(ip)) > 0).toBe(true);
    expect(kernel).not.toBe('');
    expect(answer.frameworks).toMatchObject({ onnxruntime_version: loadedVersion(), node_version: process.version });
    if (process.platform === 'linux') expect(answer.systeminfo['cores']).toBeGreaterThan(0);
  });

  it('counts sockets, cores and threads', () => {
    const twoSockets = processors([0, 0], [0, 1], [1, 0], [1, 1], [0, 0], [0, 1], [1, 0], [1, 1]);
    expect(processorView(machine(twoSockets))).toMatchObject({
      sockets: 2,
      cores: 4,
      cores_per_socket: 2,
      threads_per_socket: 4,
      hyperthreading_enabled: true,
    });
    expect(processorView(machine(processors([0, 0], [0, 1])))).toMatchObject({
      sockets: 1,
      cores: 2,
      threads_per_socket: 2,
      hyperthreading_enabled: false,
    });
  });

  it('leaves out processors that are switched off', () => {
    const files = { ...processors([0, 0]), 'sys/devices/system/cpu/cpu1/online': '0' };
    expect(processorView(machine(files))).toMatchObject({ cores: 1, threads_per_socket: 1 });
  });

  it.each([
    [{ 'sys/devices/system/cpu/intel_pstate/no_turbo': '0' }, true],
    [{ 'sys/devices/system/cpu/intel_pstate/no_turbo': '1' }, false],
    [{ 'sys/devices/system/cpu/cpufreq/boost': '1' }, true],
    [{ 'sys/devices/system/cpu/cpufreq/boost': '0' }, false],
    [{}, null],
  ])('reads the turbo of %j', (files, expected) => {
    expect(processorView(machine(files)).turboboost_enabled).toBe(expected);
  });

  it('reads frequencies in MHz, firmware and instruction sets', () => {
    const files = {
      'sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_min_freq': '800000',
      'sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq': '3500000',
      'sys/class/dmi/id/bios_version': 'F.42 ',
      'proc/cpuinfo': 'processor\t: 0\nflags\t\t: fpu avx2 amx_bf16 avx512_bf16',
    };
    expect(processorView(machine(files))).toMatchObject({
      min_cpu_freq: 800,
      max_cpu_freq: 3500,
      bios_version: 'F.42',
      bf16_support: true,
    });
    const other = { 'proc/cpuinfo': 'processor\t: 0\nflags\t\t: fpu avx2' };
    expect(processorView(machine(other))).toMatchObject({ bf16_support: false, min_cpu_freq: null });
  });

  it('is null where the system says nothing', () => {
    expect(Object.values(processorView(machine({})))).toEqual(Array.from({ length: 10 }, () => null));
  });
});
