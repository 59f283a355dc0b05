// Profiles of models in this process, and the names without which times could not be told apart.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withNamedNodes } from '../../src/profiling/namedNodes';
import { profileTogether } from '../../src/profiling/profileModel';
import type { ProfileSubject } from '../../src/profiling/profileModel';
import type { OnnxModel } from '../../src/onnx/readModel';
import { encodeModel } from '../../src/onnx/writeModel';
import { openSessionFromBytes } from '../../src/runtime/onnxRuntimeNode';
import { randomFeeds } from '../../src/runtime/randomInputs';
import { node, smallModel } from '../quantization/rewritingModels';
import { temporaryFolder } from '../support/temporaryFolder';
import { convModel, quantized } from '../diagnosis/comparedModels';

const folder = temporaryFolder();

function subject(name: string, model: OnnxModel): ProfileSubject {
  const bytes = encodeModel(model.proto);
  return {
    name,
    open: (settings) => openSessionFromBytes(bytes, settings),
    feedsFor: (ports) => [randomFeeds(ports, {}, 1, 1), randomFeeds(ports, {}, 1, 2)],
  };
}

describe('profiles', () => {
  it('have the times of every node that runs, and leave no file behind', async () => {
    const float = convModel();
    const rounds: number[] = [];
    const profiles = await profileTogether([subject('float', float), subject('int8', quantized(float))], {
      runs: 6,
      maxMs: 60_000,
      folder: folder.path,
      signal: new AbortController().signal,
      onRound: (done) => rounds.push(done),
    });
    expect(profiles).toHaveLength(2);
    for (const { graph, nodes, runs, kernelUs, wallUs } of profiles) {
      expect(nodes.map((one) => one.node).sort()).toEqual(graph.node.map(({ name }) => name).sort());
      expect(nodes.map((one) => one.runs)).toEqual(nodes.map(() => 6));
      expect(runs).toBe(6);
      expect(kernelUs).toBeGreaterThanOrEqual(0);
      expect(wallUs).toBeGreaterThan(0);
    }
    expect(profiles[1]?.graph.node.map(({ opType }) => opType)).toContain('QLinearConv');
    expect(rounds.at(-1)).toBe(6);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('end at once when they are no longer wanted, and leave no file behind', async () => {
    const options = { runs: 5, maxMs: 1000, folder: folder.path, signal: AbortSignal.abort() };
    await expect(profileTogether([subject('float', convModel())], options)).rejects.toThrow(/abort/i);
    expect(readdirSync(folder.path)).toEqual([]);
  });
});

describe('names', () => {
  it('are given to nodes that have none or share one, and no others change', () => {
    const unnamed = (name: string, input: string, output: string) => ({ ...node('Relu', [input], output), name });
    const model = smallModel({
      nodes: [
        unnamed('', 'x', 'a'),
        unnamed('b', 'a', 'c'),
        unnamed('b', 'c', 'd'),
        unnamed('b_1', 'd', 'e'),
        unnamed('e_1', 'e', 'z'),
        unnamed('', 'z', 'b'),
      ],
      inputs: { x: [1, 2] },
      outputs: ['b'],
    });
    expect(withNamedNodes(model).graph.node.map(({ name }) => name)).toEqual(['a', 'b', 'b_2', 'b_1', 'e_1', 'b_3']);
    const named = convModel();
    expect(withNamedNodes(named)).toBe(named);
  });
});
