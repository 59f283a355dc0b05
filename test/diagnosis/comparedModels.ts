// Small float models, quantized forms of them, and profiles whose times a test decides.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRecipe } from '../../src/config/recipe';
import type { QuantizationRecipe, TensorRange } from '../../src/config/recipe';
import { profileModel } from '../../src/profiling/profileModel';
import type { ModelProfile } from '../../src/profiling/profileModel';
import type { ModelProto } from '../../src/onnx/messages';
import { readModelBytes } from '../../src/onnx/readModel';
import type { OnnxModel } from '../../src/onnx/readModel';
import { encodeModel } from '../../src/onnx/writeModel';
import { quantizeDynamic } from '../../src/quantization/dynamic';
import { planQuantization } from '../../src/quantization/plan';
import { quantizeModel } from '../../src/quantization/quantizeModel';
import { openSessionFromBytes } from '../../src/runtime/onnxRuntimeNode';
import { randomFeeds } from '../../src/runtime/randomInputs';
import type { NodeTime } from '../../src/runtime/trace';
import { floatTensor, node, smallModel } from '../quantization/rewritingModels';

/** The model as it would be read from a file. */
export function reread(proto: ModelProto): OnnxModel {
  return readModelBytes(encodeModel(proto));
}

/** Conv → Relu → Conv, on pictures of 3×8×8. */
export function convModel(): OnnxModel {
  return smallModel({
    nodes: [node('Conv', ['x', 'w1', 'b1'], 'c1'), node('Relu', ['c1'], 'r1'), node('Conv', ['r1', 'w2', 'b2'], 'y')],
    inputs: { x: [1, 3, 8, 8] },
    outputs: ['y'],
    initializers: [
      floatTensor('w1', [16, 3, 3, 3], 1),
      floatTensor('b1', [16], 2),
      floatTensor('w2', [16, 16, 3, 3], 3),
      floatTensor('b2', [16], 4),
    ],
  });
}

/** By tensor; a Relu can only be left out where nothing below 0 is stored. */
const ranges: Readonly<Record<string, TensorRange>> = { r1: { min: 0, max: 8 }, y: { min: -60, max: 60 } };

/** Static quantization with ranges that hold what these models compute. */
export function quantized(model: OnnxModel, changes: Partial<QuantizationRecipe> = {}): OnnxModel {
  const recipe = { ...defaultRecipe, ...changes };
  const { measuredTensors } = planQuantization(model, recipe);
  const measured = new Map(measuredTensors.map((tensor) => [tensor, ranges[tensor] ?? { min: -8, max: 8 }]));
  return reread(quantizeModel(model, recipe, measured).proto);
}

export function quantizedDynamically(model: OnnxModel): OnnxModel {
  return reread(quantizeDynamic(model, { ...defaultRecipe, approach: 'dynamic' }).proto);
}

/** The real profile of a model with every node's time replaced: `timeUs` gives it. */
export async function profiled(
  model: OnnxModel,
  timeUs: (node: NodeTime) => number = () => 10,
): Promise<{ graph: OnnxModel['graph']; profile: ModelProfile }> {
  const folder = mkdtempSync(join(tmpdir(), 'cb-profile-'));
  try {
    const bytes = encodeModel(model.proto);
    const profile = await profileModel(
      {
        name: 'small',
        open: (settings) => openSessionFromBytes(bytes, settings),
        feedsFor: (ports) => [randomFeeds(ports, {}, 1, 1)],
      },
      { runs: 2, maxMs: 1000, folder, signal: new AbortController().signal },
    );
    const nodes = profile.nodes.map((one) => ({ ...one, timeUs: timeUs(one) }));
    const kernelUs = nodes.reduce((sum, one) => sum + one.timeUs, 0);
    return { graph: model.graph, profile: { ...profile, nodes, kernelUs, wallUs: kernelUs } };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
