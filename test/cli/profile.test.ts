// `profile` on the bundled example: the tables, the object of --json, the files it writes, and wrong usage.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProfileResult } from '../../src/protocol/profiling';
import { temporaryFolder } from '../support/temporaryFolder';
import { commandLine, jsonOf, stackLines } from './commandLine';
import type { CommandEnd } from './commandLine';

const example = resolve(import.meta.dirname, '../../media/examples/mnist');
const model = join(example, 'mnist_resnet.onnx');
const run = commandLine();
const folder = temporaryFolder();
const profile = (...words: string[]): Promise<CommandEnd> => run(['profile', ...words], { cwd: folder.path });

/** Rows of one of the two tables: the words of each. */
function rowsBelow(stdout: string, header: RegExp): string[][] {
  const lines = stdout.split('\n');
  const start = lines.findIndex((line) => header.test(line)) + 1;
  const end = lines.findIndex((line, index) => index >= start && !line.includes(' % '));
  return lines.slice(start, end).map((line) => line.trim().split(/ {2,}/));
}

/** Which operator takes longest depends on the machine's load; only the order of what is printed is asserted. */
const longestFirst = (times: readonly number[]): number[] => [...times].sort((one, other) => other - one);

describe('a profile', () => {
  it('is two tables, with as many rows as asked for, the longest time first', async () => {
    const { code, stdout } = await profile(model, '--top', '4', '--runs', '3', '--threads', '2');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^mnist_resnet\.onnx {2}3 runs after 10 to warm up; 2 threads; random inputs: input \[1, 1, 28, 28\]$/m,
    );
    expect(stdout).toMatch(/^one inference {2}\S+ ms; recorded in its \d+ nodes: \S+ ms$/m);
    const ops = rowsBelow(stdout, /operator type.*µs/);
    expect(ops.find(([type]) => type === 'Conv')?.at(-1)).toBe('15');
    expect(ops.map((cells) => Number(cells[1]))).toEqual(longestFirst(ops.map((cells) => Number(cells[1]))));
    const nodes = rowsBelow(stdout, /node +type +µs/);
    expect(nodes).toHaveLength(4);
    const conv = nodes.find((cells) => cells[1] === 'Conv');
    expect(conv?.at(-1)).toMatch(/^Conv/);
    expect(nodes.map((cells) => Number(cells[2]))).toEqual(longestFirst(nodes.map((cells) => Number(cells[2]))));
    expect(stdout).toMatch(/\d+ more; --top shows them/);
  });

  it('sorts by name and by count', async () => {
    const byName = rowsBelow((await profile(model, '--sort', 'name')).stdout, /operator type/).map(([type]) => type);
    expect(byName).toEqual([...byName].sort());
    const byCount = rowsBelow((await profile(model, '--sort', 'count')).stdout, /operator type/);
    expect(byCount[0]?.[0]).toBe('Conv');
  });

  it('gives one object with --json, and writes table and trace where told', async () => {
    const end = await profile(
      ...[model, '--json', '--data', join(example, 'calibration.yaml'), '--warmup', '1', '--runs', '2'],
      ...['--csv', 'ops.csv', '--trace', 'trace.json'],
    );
    const result = jsonOf(end) as unknown as ProfileResult;
    expect(result).toMatchObject({ runs: 2, warmupRuns: 1, data: 'dataset', trace: join(folder.path, 'trace.json') });
    const [header, ...rows] = readFileSync(join(folder.path, 'ops.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toMatch(/^node_name,total_execution_time,.*,op_run,op_defined$/);
    expect(rows.map((line) => line.split(',')[0])).toEqual(result.ops.map(({ opType }) => opType));
    expect(rows[0]).toMatch(/^Conv,(\d+),0,\1,30,15$/);
    const events = JSON.parse(readFileSync(join(folder.path, 'trace.json'), 'utf8')) as { name: string }[];
    expect(events.filter(({ name }) => name === 'model_run')).toHaveLength(3);
  });
});

describe('wrong usage', () => {
  it.each([
    [['--csv', model], 'would overwrite'],
    [['--csv', 'a.csv', '--trace', './a.csv'], 'would overwrite'],
    [['--trace', 'missing/trace.json'], 'The folder of --trace missing/trace.json does not exist.'],
    [['--dim', 'sequence=3'], 'have these: batch'],
    [['--runs', '0'], '--runs is at least 1'],
    [['--sort', 'size'], '--sort is one of time, count, name'],
  ])('%j is refused before anything is run', async (words, message) => {
    const end = await profile(model, ...words);
    expect(end).toMatchObject({ code: 2, stdout: '' });
    expect(end.stderr).toContain(message);
    expect(stackLines(end)).toEqual([]);
    expect(existsSync(join(folder.path, 'a.csv'))).toBe(false);
  });
});
