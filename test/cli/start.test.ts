// The entry of the product: commands on files need nothing but their own bundle, all others load the whole program.
import { spawnSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { benchCommands } from '../../src/cli/bench/benchCommands';
import { nameOf } from '../../src/cli/command';
import { fileSection } from '../../src/cli/fileCommands';
import { bundlesForTest } from '../processes/bundle';

let folder: string;

beforeAll(async () => {
  folder = await bundlesForTest({ cli: 'src/cli/start.ts', main: 'src/cli/main.ts' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(...words: string[]): { status: number | null; stdout: string } {
  const { status, stdout } = spawnSync(process.execPath, [join(folder, 'cli.js'), ...words], { encoding: 'utf8' });
  return { status, stdout };
}

it('begins each command, and the help of all of them', () => {
  for (const entry of [...fileSection.entries, ...benchCommands]) {
    const name = nameOf(entry);
    const { status, stdout } = start(name, '--help');
    expect({ name, status, usage: stdout.slice(0, 24 + name.length) }).toEqual({
      name,
      status: 0,
      usage: `Usage: compressor-bench ${name}`,
    });
  }
  expect(start('--help').stdout).toMatch(/\n {2}inspect [^]*\n {2}projects [^]*\n {2}serve /);
  expect(start('projcts').status).toBe(2);
});

it('does not load the bench for commands on files', () => {
  renameSync(join(folder, 'main.js'), join(folder, 'away.js'));
  expect(start('--version')).toEqual({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string });
  expect(start('inspect', '--help').status).toBe(0);
  expect(start('projects', '--help').status).toBe(1);
});
