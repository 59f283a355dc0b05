// Machine facts, core lists and disturbances: what is read from the system, from texts and figures of other systems.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allowedCores, coresOfInstances, parseCoreList } from '../../src/benchmark/affinity';
import type { ProcessorTime } from '../../src/benchmark/disturbance';
import { disturbances, isOnBattery, processorTime } from '../../src/benchmark/disturbance';
import { cpuFlagsOf, machineFacts } from '../../src/benchmark/machineFacts';

describe('machineFacts', () => {
  it('names processor, cores, memory, platform and versions', () => {
    const facts = machineFacts();
    expect(facts.cpuModel).not.toBe('');
    expect(facts.logicalCores).toBeGreaterThan(0);
    expect(facts.totalMemoryBytes).toBeGreaterThan(facts.freeMemoryBytes);
    expect(facts.platform).toContain(process.platform);
    expect(facts.nodeVersion).toBe(process.version);
    expect(facts.engineVersion).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('keeps the flags that decide the speed of int8, on x86 and on arm', () => {
    const x86 =
      'processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu vme avx2 avx512f avx512_vnni avx_vnni amx_int8 sgx\n\nflags\t\t: avx\n';
    expect(cpuFlagsOf(x86)).toEqual(['avx2', 'avx512f', 'avx512_vnni', 'avx_vnni', 'amx_int8']);
    const arm = 'processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd evtstrm aes asimddp i8mm\nCPU part\t: 0xd40\n';
    expect(cpuFlagsOf(arm)).toEqual(['asimd', 'asimddp', 'i8mm']);
    expect(cpuFlagsOf('')).toEqual([]);
  });
});

describe('cores', () => {
  it('reads the list of a cpuset', () => {
    expect(parseCoreList('0-3,8,10-11')).toEqual([0, 1, 2, 3, 8, 10, 11]);
    expect(parseCoreList('5')).toEqual([5]);
  });

  it('knows at least one core that may be used', () => {
    expect(allowedCores().length).toBeGreaterThan(0);
    expect(allowedCores().every(Number.isInteger)).toBe(true);
  });

  it('gives each instance cores of its own, next to each other', () => {
    expect(coresOfInstances(2, 2, [0, 1, 2, 3])).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(coresOfInstances(2, 2, [4, 5, 6, 7, 8])).toEqual([
      [4, 5],
      [6, 7],
    ]);
  });

  it('begins again at the first core where there are too few', () => {
    expect(coresOfInstances(3, 1, [0, 1])).toEqual([[0], [1], [0]]);
    expect(coresOfInstances(1, 4, [0, 1])).toEqual([[0, 1]]);
  });
});

describe('disturbances', () => {
  const neighbours: ProcessorTime['neighbours'] = new Map();
  const start: ProcessorTime = { wallMs: 0, ownMs: 0, machineMs: 0, neighbours };

  it.each([
    ['one thread on a quiet machine', { wallMs: 1000, ownMs: 990, machineMs: 1010 }, 0],
    ['four threads on a quiet machine', { wallMs: 1000, ownMs: 3900, machineMs: 3950 }, 0],
    ['a process kept waiting', { wallMs: 1000, ownMs: 700, machineMs: 900 }, 1],
    ['others using a core of two', { wallMs: 1000, ownMs: 990, machineMs: 1990 }, 1],
    ['kept waiting by others', { wallMs: 1000, ownMs: 500, machineMs: 2000 }, 2],
  ])('warns where there is reason: %s', (_, end, warnings) => {
    expect(disturbances(start, { ...end, neighbours }, { isAlone: true, cores: 2 })).toHaveLength(warnings);
  });

  it('does not take the other instances of the same benchmark for a disturbance', () => {
    expect(
      disturbances(start, { wallMs: 1000, ownMs: 990, machineMs: 1990, neighbours }, { isAlone: false, cores: 2 }),
    ).toEqual([]);
  });

  it('names another job of the product, however little of the machine it used', () => {
    const end = { wallMs: 1000, ownMs: 990, machineMs: 1000, neighbours: new Map([['1.json', '/home/me/other']]) };
    expect(disturbances(start, end, { isAlone: false, cores: 64 })).toEqual([
      expect.stringContaining('(in /home/me/other)') as string,
    ]);
  });

  it('reads clocks that only go forward', () => {
    const [before, after] = [processorTime(), processorTime()];
    expect(after.wallMs).toBeGreaterThanOrEqual(before.wallMs);
    expect(after.ownMs).toBeGreaterThanOrEqual(before.ownMs);
    expect(after.machineMs).toBeGreaterThanOrEqual(before.machineMs);
  });
});

describe('isOnBattery', () => {
  let folder = '';
  const supply = (name: string, facts: Record<string, string>): void => {
    mkdirSync(join(folder, name));
    for (const [fact, value] of Object.entries(facts)) writeFileSync(join(folder, name, fact), `${value}\n`);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'power-supply-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('knows a laptop whose plug is out', () => {
    supply('AC', { type: 'Mains', online: '0' });
    supply('BAT0', { type: 'Battery', status: 'Discharging' });
    expect(isOnBattery(folder)).toBe(true);
  });

  it('does not warn with the plug in, without a plug, or where nothing is known', () => {
    expect(isOnBattery(folder)).toBe(false);
    supply('BAT0', { type: 'Battery', status: 'Full' });
    expect(isOnBattery(folder)).toBe(false);
    supply('AC', { type: 'Mains', online: '1' });
    expect(isOnBattery(folder)).toBe(false);
    expect(isOnBattery(join(folder, 'missing'))).toBe(false);
  });
});
