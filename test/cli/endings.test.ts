// How a command ends that does not end by itself: Ctrl-C, limits, and that nothing is left over.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import { makeTensor, makeValueInfo } from '../../src/onnx/makeMessages';
import { emptyGraph } from '../../src/onnx/modelWalk';
import { encodeModel } from '../../src/onnx/writeModel';
import { graphAttribute, modelOf, node } from '../onnx/smallModels';
import { temporaryFolder } from '../support/temporaryFolder';
import { commandLine, processesNaming, stackLines } from './commandLine';

/** `y = x`, after 2⁶² rounds of a loop that does nothing. */
function endlessModel(): Uint8Array {
  const value = (name: string): ReturnType<typeof makeValueInfo> => makeValueInfo(name, DataType.float32, [1, 4]);
  const flag = (name: string): ReturnType<typeof makeValueInfo> => makeValueInfo(name, DataType.bool, []);
  const body = {
    ...emptyGraph,
    name: 'body',
    node: [node('Identity', ['on'], ['still on']), node('Identity', ['before'], ['after'])],
    input: [makeValueInfo('round', DataType.int64, []), flag('on'), value('before')],
    output: [flag('still on'), value('after')],
  };
  return encodeModel(
    modelOf({
      input: [value('x')],
      output: [value('y')],
      initializer: [
        makeTensor('rounds', DataType.int64, [], BigInt64Array.of(2n ** 62n)),
        makeTensor('go', DataType.bool, [], Uint8Array.of(1)),
      ],
      node: [node('Loop', ['rounds', 'go', 'x'], ['y'], [graphAttribute('body', body)])],
    }),
  );
}

const run = commandLine();
const folder = temporaryFolder();
const model = folder.write('endless.onnx', endlessModel());
const data = folder.write('data.yaml', 'dataset: {dummy_v2: {input_shape: [4]}}\nmetric: {topk: 1}\n');
const temporary = join(folder.path, 'temporary');
mkdirSync(temporary);
const options = { cwd: folder.path, temporary };

function expectNothingLeft(): void {
  expect(readdirSync(temporary)).toEqual([]);
  expect(processesNaming(temporary)).toEqual([]);
}

describe('Ctrl-C', () => {
  it('during an inference that never ends leaves with 130, no process and no files', async () => {
    const end = await run(['evaluate', model, '--data', data, '--samples', '3'], {
      ...options,
      interruptAt: 'evaluating',
    });
    expect(end).toEqual({ code: 130, stdout: '', stderr: 'evaluating\ninterrupted\n' });
    expectNothingLeft();
  });

  it('while several instances measure ends them all', async () => {
    const example = join(import.meta.dirname, '../../media/examples/mnist/mnist_resnet.onnx');
    const words = ['benchmark', example, '--instances', '2', '--iterations', '1000000'];
    const end = await run(words, { ...options, interruptAt: 'measuring' });
    expect(end).toMatchObject({ code: 130, stdout: '' });
    expectNothingLeft();
  });

  it('during a quantization leaves no output beside the one that was there', async () => {
    const example = join(import.meta.dirname, '../../media/examples/mnist');
    mkdirSync(join(folder.path, 'out'));
    const words = ['quantize', join(example, 'mnist_resnet.onnx'), '-o', 'out/q.onnx'];
    const end = await run(
      [...words, '--data', join(example, 'calibration.yaml'), '--samples', '200', '--calibration', 'entropy'],
      {
        ...options,
        interruptAt: 'measuring ranges',
      },
    );
    expect(end).toMatchObject({ code: 130, stdout: '' });
    expect(readdirSync(join(folder.path, 'out'))).toEqual([]);
  });
});

describe('a limit', () => {
  it('on the time of one inference ends a model that never ends', async () => {
    const end = await run(['benchmark', model, '--stall-limit', '1'], options);
    expect(end).toMatchObject({ code: 1, stdout: '' });
    expect(end.stderr).toMatch(/while running endless\.onnx: it made no progress for 1 s\.\n {2}next: .*--stall-limit/);
    expect(stackLines(end)).toEqual([]);
    expectNothingLeft();
  });

  it.each([
    ['a promise that is never resolved', 'new Promise(() => undefined)'],
    ['a loop without an end', '(() => { for (;;); })()'],
  ])('on progress names the loader and the sample where the loader waits for %s', async (_what, wait) => {
    const item =
      "{ inputs: { x: { type: 'float32', dims: [1, 28, 28], data: new Float32Array(784) } }, annotation: 1 }";
    folder.write('hangs.mjs', `export default { length: 50, get: (index) => (index === 9 ? ${wait} : ${item}) };\n`);
    const hanging = folder.write('hangs.yaml', 'dataset: {custom: {path: hangs.mjs}}\nmetric: {topk: 1}\n');
    const example = join(import.meta.dirname, '../../media/examples/mnist/mnist_resnet.onnx');
    const end = await run(['evaluate', example, '--data', hanging, '--stall-limit', '2'], options);
    expect(end.code).toBe(1);
    expect(end.stderr).toContain(`the loader custom of ${hanging} had not given sample 9 after 2 s.`);
    expectNothingLeft();
  });

  it('on progress ends a quantization whose loader hangs, though its model is checked beside it', async () => {
    const item = "{ inputs: { x: { type: 'float32', dims: [1, 28, 28], data: new Float32Array(784) } } }";
    const wait = 'new Promise(() => undefined)';
    folder.write('waits.mjs', `export default { length: 50, get: (index) => (index === 9 ? ${wait} : ${item}) };\n`);
    const hanging = folder.write('waits.yaml', 'dataset: {custom: {path: waits.mjs}}\n');
    const example = join(import.meta.dirname, '../../media/examples/mnist/mnist_resnet.onnx');
    const words = ['quantize', example, '-o', 'waits.onnx', '--data', hanging, '--stall-limit', '3'];
    const end = await run(words, options);
    expect(end.code).toBe(1);
    expect(end.stderr).toContain(`the loader custom of ${hanging} had not given sample 9 after 3 s.`);
    expectNothingLeft();
  });

  it('on the whole time does so too, with --json as one object', async () => {
    const end = await run(['evaluate', model, '--data', data, '--samples', '3', '--timeout', '1.5', '--json'], options);
    expect(end.code).toBe(1);
    expect(JSON.parse(end.stdout)).toMatchObject({
      error: { code: 'job-timeout', place: 'evaluating, 0 of 3 samples' },
    });
    expectNothingLeft();
  });
});
