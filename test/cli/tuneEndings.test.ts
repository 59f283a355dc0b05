// How a tuning ends that does not end by itself: Ctrl-C, a kill at any moment, and what --resume makes of it.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlesForTest } from '../processes/bundle';
import { mnistConfig } from '../support/mnistTuning';
import { temporaryFolder } from '../support/temporaryFolder';
import { filesOf, historyOf, usualFiles } from '../support/tuneJobs';
import { processesNaming } from './commandLine';

let outdir: string;
beforeAll(async () => {
  outdir = await bundlesForTest({ cli: 'src/cli/main.ts', job: 'src/job.ts' });
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const folder = temporaryFolder();
const config = (maxTrials: number): string =>
  mnistConfig({ tuning: { objective: 'modelsize', strategy: 'exhaustive', exit_policy: { max_trials: maxTrials } } });

interface Running {
  readonly child: ChildProcess;
  readonly text: { stdout: string; stderr: string };
  readonly code: Promise<number | null>;
}

function start(workspace: string, ...words: string[]): Running {
  const child = spawn(process.execPath, [join(outdir, 'cli.js'), 'tune', 'config.yaml', ...words], {
    cwd: workspace,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.stderr += chunk));
  return { child, text, code: new Promise((resolve) => child.once('close', resolve)) };
}

/** A workspace of its own with a config in it. */
function workspaceOf(name: string, maxTrials = 5): string {
  return join(folder.write(`${name}/config.yaml`, config(maxTrials)), '..');
}

/** The only run of a workspace, once there is one. */
function runOf(workspace: string): string {
  const runs = join(workspace, '.compressor-bench', 'runs');
  return join(runs, existsSync(runs) ? (readdirSync(runs)[0] ?? '') : '');
}

async function until(condition: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 40_000;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error('waited in vain');
    await sleep(10);
  }
}

const endedIn = (workspace: string): number => {
  const run = runOf(workspace);
  return existsSync(join(run, 'history.jsonl')) ? historyOf(run, 'end').length : 0;
};

/** Kills the command and the job it started, at once. */
function killAll(running: Running, run: string): void {
  const claim = readdirSync(run).find((name) => name.startsWith('writer-')) ?? '';
  const { pid } = JSON.parse(readFileSync(join(run, claim), 'utf8')) as { pid: number };
  running.child.kill('SIGKILL');
  process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
}

describe('Ctrl-C', () => {
  it('leaves with 130, the best model so far, and the way to go on', async () => {
    const workspace = workspaceOf('interrupted', 50);
    const running = start(workspace);
    await until(() => /^ +\*? ?2 {2}/m.test(running.text.stdout));
    running.child.kill('SIGINT');
    expect(await running.code).toBe(130);
    const { stdout, stderr } = running.text;
    expect(stdout).toMatch(/\n +given +trial \d/);
    expect(stdout).toMatch(/ended by you\n/);
    expect(stderr).toContain('note: --resume goes on with this run.\n');
    const run = runOf(workspace);
    expect(filesOf(run)).toEqual([...usualFiles, 'model.onnx'].sort());
    expect(processesNaming(run)).toEqual([]);
  });

  it('before the first trial leaves with 130 and the way to go on', async () => {
    const workspace = workspaceOf('early');
    const running = start(workspace, '--json');
    await until(() => existsSync(join(runOf(workspace), 'events.jsonl')));
    running.child.kill('SIGINT');
    expect(await running.code).toBe(130);
    expect(JSON.parse(running.text.stdout)).toMatchObject(
      running.text.stdout.includes('stoppedBy') ? { stoppedBy: 'cancel' } : { state: 'cancelled' },
    );
    expect(processesNaming(runOf(workspace))).toEqual([]);
  });
});

describe('a tuning that was killed', () => {
  it('goes on with --resume: what was measured is not measured again, and the result is whole', async () => {
    const workspace = workspaceOf('killed');
    const first = start(workspace);
    await until(() => endedIn(workspace) >= 2);
    const run = runOf(workspace);
    killAll(first, run);
    await first.code;
    const before = historyOf(run, 'end');
    expect(existsSync(join(run, 'result.json'))).toBe(false);

    const second = start(workspace, '--resume', '--json');
    expect(await second.code).toBe(0);
    const result = JSON.parse(second.text.stdout) as { trials: { id: number }[]; best: object; runFolder: string };
    expect(result.runFolder).toBe(run);
    expect(result.trials.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(result.best).toMatchObject({ meetsGoal: true });
    expect(historyOf(run, 'end').slice(0, before.length)).toEqual(before);
    for (const { id } of before) expect(historyOf(run, 'start').filter((line) => line.id === id)).toHaveLength(1);
    expect(filesOf(run)).toEqual([...usualFiles, 'model.onnx'].sort());
  });

  it('is not gone on with while it runs', async () => {
    const workspace = workspaceOf('twice');
    const first = start(workspace);
    await until(() => endedIn(workspace) >= 1);
    const second = start(workspace, '--resume');
    expect(await second.code).toBe(1);
    expect(second.text.stderr).toMatch(/^error: The folder .* is being written to by another process \(\d+, since /);
    expect(await first.code).toBe(0);
    expect(first.text.stdout).toContain('ended by the number of trials');
  });

  it('is refused with --resume once its config was changed', async () => {
    const workspace = workspaceOf('changed', 1);
    expect(await start(workspace).code).toBe(0);
    folder.write('changed/config.yaml', config(1).replace('"sampling_size": 10', '"sampling_size": 9'));
    const second = start(workspace, '--resume');
    expect(await second.code).toBe(1);
    expect(second.text.stderr).toMatch(
      /was made with another configuration; its history does not fit\.\n[^]*without --resume/,
    );
    folder.write('changed/config.yaml', config(2));
    expect(await start(workspace, '--resume').code).toBe(0);
  });
});
