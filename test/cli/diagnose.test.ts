// `diagnose` on the bundled example: the object of --json, what people see, and models that do not belong together.
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DiagnoseResult } from '../../src/protocol/diagnosis';
import { temporaryFolder } from '../support/temporaryFolder';
import { commandLine, jsonOf, stackLines } from './commandLine';
import type { CommandEnd } from './commandLine';

const example = resolve(import.meta.dirname, '../../media/examples/mnist');
const model = join(example, 'mnist_resnet.onnx');
const data = join(example, 'calibration.yaml');
const run = commandLine();
const folder = temporaryFolder();
const inFolder = (...words: string[]): Promise<CommandEnd> => run(words, { cwd: folder.path });

beforeAll(async () => {
  jsonOf(await inFolder('quantize', model, '-o', 'int8.onnx', '--data', data, '--samples', '10', '--json'));
});

describe('a diagnosis', () => {
  it('describes every operator in --json', async () => {
    const end = await inFolder('diagnose', model, 'int8.onnx', '--data', data, '--samples', '3', '--json');
    const { ops, times, samples, machine } = jsonOf(end) as unknown as DiagnoseResult;
    expect(samples).toBe(3);
    expect(ops.filter(({ opType }) => opType === 'Conv')).toHaveLength(15);
    const [first] = ops;
    expect(first).toMatchObject({
      opType: 'Conv',
      precision: 'int8',
      weight: { type: 'int8', granularity: 'per_channel' },
      activationType: 'uint8',
    });
    expect(first?.mergedNodes).toHaveLength(1);
    expect(first?.sqnrDb).toBeGreaterThan(20);
    for (const { mse, activations } of ops) {
      expect(mse).toBeLessThan(0.1);
      expect(activations?.float).toHaveLength(64);
    }
    expect(first?.weights?.float?.reduce((sum, count) => sum + count, 0)).toBe(
      first?.weights?.int8.reduce((sum, count) => sum + count, 0),
    );
    expect(first?.floatUs).toBeGreaterThan(0);
    expect(times.int8.wallUs).toBeGreaterThan(0);
    expect(machine.logicalCores).toBeGreaterThan(0);
  });

  it('compares with a float model in half precision, inputs and weights included', async () => {
    const made = await inFolder('optimize', model, '-o', 'half.onnx', '--precision', 'fp16');
    expect(made.code, made.stderr).toBe(0);
    const end = await inFolder('diagnose', 'half.onnx', 'int8.onnx', '--data', data, '--samples', '3', '--json');
    const { ops } = jsonOf(end) as unknown as DiagnoseResult;
    const convolutions = ops.filter(({ opType }) => opType === 'Conv');
    expect(convolutions).toHaveLength(15);
    for (const { sqnrDb, weights } of convolutions) {
      expect(sqnrDb).toBeGreaterThan(5);
      expect(weights?.float).toHaveLength(64);
    }
  });

  it('is a table with as many rows as asked for, the largest error first, and reasons', async () => {
    const { code, stdout } = await inFolder('diagnose', model, 'int8.onnx', '--data', data, '--top', '4');
    expect(code).toBe(0);
    expect(stdout).toMatch(/int8\.onnx against .*mnist_resnet\.onnx, 10 samples\none inference {2}\S+ ms → \S+ ms/);
    const rows = stdout.split('\n').filter((line) => / int8 +\d\.\de-\d/.test(line));
    expect(rows).toHaveLength(4);
    const errors = rows.map((line) => Number(/\d\.\de-\d/.exec(line)?.[0]));
    expect(errors).toEqual([...errors].sort((one, other) => other - one));
    expect(stdout).toMatch(/Not shown: \d+ more/);
    expect(stdout).toMatch(/What keeps it from|Why it is not faster|No operator, conversion/);
  });

  it('asks for the models in the right order, and for two that belong together', async () => {
    const swapped = await inFolder('diagnose', 'int8.onnx', model, '--data', data);
    expect(swapped).toMatchObject({ code: 1, stdout: '' });
    expect(swapped.stderr).toMatch(/is quantized itself.*\n[^]*next: Give the float model first/);
    const same = await inFolder('diagnose', model, model, '--data', data);
    expect(same.stderr).toContain('is not a quantized model');
    expect(stackLines(same)).toEqual([]);
    expect(await inFolder('diagnose', model, 'int8.onnx')).toMatchObject({ code: 2 });
  });
});
