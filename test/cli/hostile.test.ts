// The hostile files beside the project through the commands: an exit code, a sentence, and nothing half-written.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { describeShared } from '../support/shared';
import { temporaryFolder } from '../support/temporaryFolder';
import { commandLine, stackLines } from './commandLine';
import type { CommandEnd } from './commandLine';

/** Gives each model what its inputs ask for, up to a million elements. */
const fittingLoader = `
import { readFileSync } from 'node:fs';
const arrays = { float32: Float32Array, int64: BigInt64Array, bool: Uint8Array, float16: Uint16Array };
export default class {
  constructor({ facts }) { this.length = 4; this.ports = JSON.parse(readFileSync(facts, 'utf8')).inputs; }
  get(index) {
    const inputs = this.ports.map(({ name, type, shape }) => {
      const dims = (shape ?? []).slice(1).map((dim) => (typeof dim === 'number' ? dim : 1));
      const length = Math.min(dims.reduce((a, b) => a * b, 1), 1e6);
      const value = type === 'int64' ? 1n : type === 'string' ? 'a' : 1 + index;
      const data = type === 'string' ? Array(length).fill(value) : new (arrays[type] ?? Float32Array)(length).fill(value);
      return [name, { type, dims, data }];
    });
    return { id: String(index), inputs: Object.fromEntries(inputs), annotation: 0 };
  }
}`;

describeShared('hostile files', (shared) => {
  const hostile = join(shared, 'data/hostile');
  const files = existsSync(hostile) ? readdirSync(hostile).filter((name) => name.endsWith('.onnx')) : [];
  const run = commandLine();
  const folder = temporaryFolder();
  const inspected = new Map<string, CommandEnd>();
  beforeAll(async () => {
    for (const file of files) {
      inspected.set(file, await run(['inspect', join(hostile, file), '--json'], { cwd: folder.path }));
    }
  });

  function endOf(file: string): CommandEnd {
    return inspected.get(file) ?? { code: null, stdout: '', stderr: '' };
  }

  function expectCalm(end: CommandEnd, file: string): void {
    expect([0, 1]).toContain(end.code);
    expect(stackLines(end)).toEqual([]);
    // Of /etc/passwd, which two of the files name; and our word for a fault of our own.
    expect(end.stderr).not.toMatch(/root:|did not expect/);
    if (end.code === 0) return;
    expect(end.stderr).toMatch(/error: \S.*\n/);
    expect(end.stderr).toMatch(/\n {2}next: \S.*\n$/);
    if (endOf(file).code !== 0) expect(end.stderr).toContain(file);
  }

  it('are all there', () => {
    expect(files).toHaveLength(34);
  });

  it.each(files)('%s is inspected or refused with a sentence', (file) => {
    expectCalm(endOf(file), file);
  });

  it.concurrent.each(files)('%s does not upset quantize and benchmark', async (file) => {
    const place = mkdtempSync(join(folder.path, `${basename(file, '.onnx')}-`));
    const out = join(place, 'out');
    mkdirSync(out);
    const limited = async (...words: string[]): Promise<CommandEnd> => {
      const end = await run([...words, '--stall-limit', '2'], { cwd: place });
      expectCalm(end, file);
      expect(end.code === 0 || end.stdout === '').toBe(true);
      return end;
    };
    const path = join(hostile, file);
    for (const way of waysOf(file, place)) {
      rmSync(join(out, 'q.onnx'), { force: true });
      const end = await limited('quantize', path, '-o', join(out, 'q.onnx'), ...way);
      expect(readdirSync(out)).toEqual(end.code === 0 ? ['q.onnx'] : []);
    }
    // What our reader refuses, it refuses in every command.
    if (endOf(file).code === 0) await limited('benchmark', path, '--iterations', '1', '--warmup', '0');
  });

  /** How a file is quantized: dynamically where it is refused, or has something for that; on data that fits it else. */
  function waysOf(file: string, place: string): string[][] {
    const { code, stdout } = endOf(file);
    if (code !== 0) return [['--approach', 'dynamic']];
    const facts = JSON.parse(stdout) as { quantizable: { dynamic: object } };
    writeFileSync(join(place, 'facts.json'), stdout);
    writeFileSync(join(place, 'loader.mjs'), fittingLoader);
    const dataset = join(place, 'data.yaml');
    const parameters = `{path: loader.mjs, facts: ${JSON.stringify(join(place, 'facts.json'))}}`;
    writeFileSync(dataset, `dataset: {custom: ${parameters}}\n`);
    const isDynamic = Object.keys(facts.quantizable.dynamic).length > 0;
    return [['--data', dataset], ...(isDynamic ? [['--approach', 'dynamic']] : [])];
  }
});
