// What the engine merges before quantizing must not override what a person asked for, nor leave traces in the file.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { QuantizationRecipe } from '../../src/config/recipe';
import { defaultRecipe } from '../../src/config/recipe';
import { runJob } from '../../src/jobs/runJob';
import { intAttribute } from '../../src/onnx/makeMessages';
import { readModel } from '../../src/onnx/readModel';
import { encodeModel } from '../../src/onnx/writeModel';
import type { QuantizeResult } from '../../src/protocol/jobs';
import { jobBundle } from '../processes/bundle';
import { temporaryFolder } from '../support/temporaryFolder';
import { floatTensor, node, protoOf } from './rewritingModels';

const place = temporaryFolder();
const bundled = jobBundle();
let modelPath: string;
let datasetPath: string;

beforeAll(() => {
  modelPath = join(place.path, 'merged.onnx');
  datasetPath = join(place.path, 'data.yaml');
  const weight = Float32Array.from({ length: 16 }, (_, index) => Math.sin(index));
  writeFileSync(
    modelPath,
    encodeModel(
      protoOf({
        // The engine makes one Gemm of MatMul and Add; the second MatMul and the Gemm share a weight on two axes.
        nodes: [
          node('MatMul', ['x', 'w'], 'product'),
          node('Add', ['product', 'b'], 'sum'),
          node('MatMul', ['sum', 'tied'], 'left'),
          node('Gemm', ['left', 'tied'], 'y', [intAttribute('transB', 1)]),
        ],
        inputs: { x: ['batch', 4] },
        outputs: ['y'],
        initializers: [
          floatTensor('w', [4, 4], weight),
          floatTensor(
            'tied',
            [4, 4],
            weight.map((value, index) => value * (index % 4 === 0 ? 9 : 1)),
          ),
          floatTensor('b', [4], Float32Array.of(1, 2, 3, 4)),
        ],
      }),
    ),
  );
  writeFileSync(datasetPath, 'dataset: {dummy_v2: {input_shape: [4], label_shape: [1]}}\n');
});

async function quantized(changes: Partial<QuantizationRecipe>): Promise<QuantizeResult> {
  const recipe = { ...defaultRecipe, ...changes, calibration: { ...defaultRecipe.calibration, samples: 8 } };
  const outputPath = join(place.path, 'out.onnx');
  const spec = { verb: 'quantize', modelPath, outputPath, datasetPath, recipe, dimensions: {}, threads: 1 } as const;
  const outcome = await runJob<'quantize'>(spec, bundled).outcome;
  if (outcome.state !== 'success') throw new Error(JSON.stringify(outcome));
  return outcome.result;
}

describe('what the engine merges', () => {
  it('keeps float the node an excluded one went into', async () => {
    const { keptFloat, quantizedOps } = await quantized({ excludedNodes: ['make product'] });
    expect(keptFloat).toMatchObject([{ opType: 'Gemm', reason: 'excluded by the recipe' }]);
    expect(quantizedOps).toEqual({ MatMul: 1, Gemm: 1 });
  });

  it('stays apart when op types are asked for, so that they are found', async () => {
    expect((await quantized({ opTypes: ['MatMul'] })).quantizedOps).toEqual({ MatMul: 2 });
  });

  it.each(['qdq', 'qoperator'] as const)(
    'works with a weight whose channels lie on two axes, as %s',
    async (format) => {
      const { verification } = await quantized({ format });
      expect(verification.signalToNoiseDb).toBeGreaterThan(25);
    },
  );

  it('imports no operator sets but those of the float model', async () => {
    await quantized({});
    const written = readModel(join(place.path, 'out.onnx'));
    written.close();
    expect(written.proto.opsetImport.map(({ domain }) => domain)).toEqual(['', 'com.microsoft']);
  });
});
