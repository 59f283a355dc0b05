// Jobs of the command line that take their turn in the queue of a bench (`--queue`): listed there, cancelled with their command.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRunSummary } from '../../src/files/runLog';
import { openRunQueue } from '../../src/jobs/openRunQueue';
import { recentRuns } from '../../src/jobs/recentRuns';
import { bundlesForTest } from '../processes/bundle';
import { mnistConfig, mnistModel } from '../support/mnistTuning';
import { until } from '../support/queueBench';
import { temporaryFolder } from '../support/temporaryFolder';
import { jsonOf, processesNaming, runCommand } from './commandLine';
import type { CommandEnd } from './commandLine';

let outdir: string;
beforeAll(async () => {
  outdir = await bundlesForTest({ cli: 'src/cli/main.ts', job: 'src/job.ts', queue: 'src/queue.ts' });
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const folder = temporaryFolder();
const benchIn = (workspace: string): string => join(workspace, '.compressor-bench');
const profile = (...more: string[]): string[] => ['profile', mnistModel, '--queue', '.', ...more];

function run(cwd: string, words: readonly string[], interruptAt?: string): Promise<CommandEnd> {
  return runCommand([join(outdir, 'cli.js'), ...words], { cwd, ...(interruptAt === undefined ? {} : { interruptAt }) });
}

/** The folder of the only run of a workspace. */
function runIn(workspace: string): string {
  const runs = join(benchIn(workspace), 'runs');
  return join(runs, readdirSync(runs)[0] ?? '');
}

/** Commands take seconds to begin on a busy machine. */
const limitMs = 40_000;

describe('a job in a queue', () => {
  it('answers as it does at once, and is among the runs of the bench', async () => {
    const workspace = folder.fresh();
    const { runs } = jsonOf(await run(workspace, profile('--runs', '3', '--json')));
    expect(runs).toBe(3);
    const [latest] = recentRuns(benchIn(workspace), 5);
    expect(latest).toMatchObject({ subject: { kind: 'profiling of a file', id: 0 }, run: { state: 'success' } });
  });

  it('waits for those that were asked for before', async () => {
    const workspace = folder.fresh();
    const long = run(workspace, profile('--runs', '100000'));
    await until(() => stateIn(workspace) === 'running', limitMs);
    const waiting = run(workspace, profile('--runs', '1'), 'one run was asked for before');
    expect((await waiting).code).toBe(130);
    await using queue = await openRunQueue(benchIn(workspace), { queueEntryPath: join(outdir, 'queue.js') });
    const [running] = await queue.list();
    await queue.cancel(running?.folder ?? '');
    expect(await long).toMatchObject({ code: 130 });
  });

  it('is cancelled when its command was killed', async () => {
    const workspace = folder.fresh();
    const child = spawn(process.execPath, [join(outdir, 'cli.js'), ...profile('--runs', '100000')], {
      cwd: workspace,
      stdio: 'ignore',
    });
    await until(() => stateIn(workspace) === 'running', limitMs);
    child.kill('SIGKILL');
    await until(() => stateIn(workspace) === 'cancelled', limitMs);
    expect(processesNaming(runIn(workspace))).toEqual([]);
  });

  it('that is a script says what it prints, and is cancelled with its command', async () => {
    const workspace = folder.fresh();
    const text =
      "console.log('begun', process.argv[2]);\nif (process.argv[3]) await new Promise(() => setInterval(() => {}, 9));\n";
    writeFileSync(join(workspace, 'script.mjs'), text);
    expect(await run(workspace, ['run', 'script.mjs', 'one', '--queue', '.'])).toMatchObject({
      code: 0,
      stdout: 'begun one\n',
    });
    expect(await run(workspace, ['run', 'script.mjs', 'two', 'on', '--queue', '.'], 'begun two')).toMatchObject({
      code: 130,
    });
    const kinds = recentRuns(benchIn(workspace), 5).map(({ subject, run: { state } }) => `${subject.kind} ${state}`);
    expect(kinds.sort()).toEqual(['script cancelled', 'script success']);
  });

  it('that is a script has failed with another exit code than 0, and hands it on', async () => {
    const workspace = folder.fresh();
    writeFileSync(join(workspace, 'fails.mjs'), 'process.exitCode = 3;\nexport default () => ({ drop: 0.5 });\n');
    const end = await run(workspace, ['run', 'fails.mjs', '--queue', '.', '--json']);
    expect(end.code).toBe(3);
    expect(JSON.parse(end.stdout)).toMatchObject({ exitCode: 3, result: { drop: 0.5 } });
    expect(recentRuns(benchIn(workspace), 5)[0]?.run).toMatchObject({
      state: 'error',
      failure: { code: 'script-exit-code', message: 'The script ended with the exit code 3.' },
    });
    expect(readFileSync(join(runIn(workspace), 'output.log'), 'utf8')).toContain('error: The script ended');
  });

  it('is refused for a tuning that goes on in the folder of its run', async () => {
    const workspace = folder.fresh();
    const config = folder.write('a.yaml', mnistConfig());
    const { code, stderr } = await run(workspace, ['tune', config, '--resume', '--queue', '.']);
    expect(code).toBe(2);
    expect(stderr).toContain('leave out --queue');
  });

  it.each([
    ['a folder that is not there', ['--queue', 'no/such'], 'there is no such folder'],
    ['another place for its record', ['--queue', '.', '--workspace', 'w'], 'leave out --workspace'],
  ])('is refused for %s, and makes nothing', async (_, words, said) => {
    const workspace = folder.fresh();
    const { code, stderr } = await run(workspace, ['tune', folder.write('b.yaml', mnistConfig()), ...words]);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
    expect(readdirSync(workspace)).toEqual([]);
  });
});

function stateIn(workspace: string): string | undefined {
  try {
    return readRunSummary(runIn(workspace))?.state;
  } catch {
    return undefined;
  }
}
