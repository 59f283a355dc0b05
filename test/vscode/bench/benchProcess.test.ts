// The process that holds a bench, from its start to its end, whatever becomes of the log that is told of it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { method, nothing } from '../../../src/protocol/methods';
import { BenchProcess } from '../../../src/vscode/bench/benchProcess';
import type { ProcessLog } from '../../../src/vscode/bench/benchProcess';
import { failureOf } from '../../support/failureOf';
import { temporaryFolder } from '../../support/temporaryFolder';

const place = temporaryFolder();
const question = method<null, null>('question', nothing);

/** As a channel of the editor that was disposed of. */
const closedLog: ProcessLog = { debug: refuse, info: refuse, warn: refuse, error: refuse };

function refuse(): never {
  throw new Error('Channel has been closed');
}

/** Starts a program that ends when it is let go. */
function started(log: ProcessLog, { onLost = vi.fn(), program = '', workspace = place.fresh() } = {}): BenchProcess {
  const entryPath = join(place.fresh(), 'program.cjs');
  writeFileSync(entryPath, `process.on('disconnect', () => process.exit());\n${program}`);
  return new BenchProcess({ workspace, entryPath, nodePath: undefined, limits: {} }, false, log, onLost);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function listeningLog(): ProcessLog {
  return { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
}

describe('the process of a bench', () => {
  it('is not lost sight of where the log is closed, and ends when it is let go', async () => {
    const onLost = vi.fn();
    const bench = started(closedLog, { onLost, program: "console.log('a word')" });
    const pid = bench.pid ?? 0;
    expect(isRunning(pid)).toBe(true);
    bench.letGo();
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 20_000 });
    // Its exit comes behind its end.
    await sleep(50);
    expect(onLost).not.toHaveBeenCalled();
  });

  it('is reported once when it ends by itself, and answers nobody any more', async () => {
    const onLost = vi.fn();
    const log = listeningLog();
    const bench = started(log, { onLost, program: 'process.exit(3)' });
    expect(await failureOf(bench.peer.request(question, null))).toMatchObject({ code: 'rpc-closed' });
    await vi.waitFor(() => expect(onLost).toHaveBeenCalledTimes(1), { timeout: 20_000 });
    expect(log.warn).toHaveBeenCalledWith(expect.stringContaining('ended by itself {code=3 '));
  });

  it('that cannot be started is reported, so that the next question starts another', async () => {
    const onLost = vi.fn();
    const log = listeningLog();
    const bench = started(log, { onLost, workspace: join(place.fresh(), 'gone') });
    expect(await failureOf(bench.peer.request(question, null))).toMatchObject({ code: 'rpc-closed' });
    expect(onLost).toHaveBeenCalledTimes(1);
    expect(log.error).toHaveBeenCalledWith(expect.stringContaining('ENOENT'));
    bench.letGo();
  });
});
