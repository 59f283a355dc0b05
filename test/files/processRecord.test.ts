// Whether a process that was noted in a file is still the same and alive.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isProcessAlive, processRecord, readProcessRecord, wasMachineRestarted } from '../../src/files/processRecord';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
const anyTime = new Date().toISOString();

describe('the record of a process', () => {
  it('is alive as long as the process is', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    await once(child, 'spawn');
    const record = processRecord(child.pid);
    expect(isProcessAlive(record)).toBe(true);
    expect(isProcessAlive(processRecord())).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isProcessAlive(record)).toBe(false);
    expect(wasMachineRestarted(record)).toBe(false);
  });

  it.runIf(process.platform === 'linux')(
    'is not alive when another process has the number, or none was ever noted',
    () => {
      const own = processRecord();
      expect(isProcessAlive({ ...own, process: `${own.process ?? ''}0` })).toBe(false);
      const { pid } = spawnSync(process.execPath, ['-e', '']);
      expect(isProcessAlive({ pid, claimedAt: anyTime })).toBe(false);
    },
  );

  it('tells a start of the machine since', () => {
    expect(wasMachineRestarted(processRecord())).toBe(false);
    expect(wasMachineRestarted({ pid: 1, claimedAt: '2001-01-01T00:00:00.000Z' })).toBe(true);
    expect(wasMachineRestarted({ pid: 1, claimedAt: anyTime })).toBe(false);
    const ofAnotherBoot = { pid: process.pid, claimedAt: anyTime, process: 'another 1' };
    if (process.platform === 'linux') expect(wasMachineRestarted(ofAnotherBoot)).toBe(true);
  });

  it('that cannot be read is none', () => {
    const own = processRecord();
    expect(readProcessRecord(place.write('own.json', JSON.stringify(own)))).toEqual(own);
    for (const text of [
      '',
      '{',
      'null',
      '{}',
      '{"pid":0,"claimedAt":"x"}',
      '{"pid":"1","claimedAt":"x"}',
      '{"pid":1}',
    ]) {
      expect(readProcessRecord(place.write('bad.json', text))).toBeUndefined();
    }
  });
});
