// While samples are read, a job says what it is reading: a loader that never ends must not be taken for a slow model.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onActivity } from '../../src/processes/activity';
import { loadSamples } from '../../src/pruning/sampleFeeds';
import type { EngineSession } from '../../src/runtime/session';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();

describe('samples of a data set', () => {
  it('are read under the name of their file and loader', async () => {
    const path = join(place.fresh(), 'data.yaml');
    writeFileSync(path, 'dataset: {dummy_v2: {input_shape: [4]}}\n');
    const activities: string[] = [];
    onActivity((activity) => activities.push(activity));
    const session: EngineSession = {
      inputs: [{ name: 'x', type: 'float32', dims: ['N', 4] }],
      outputs: [],
      run: () => Promise.resolve({}),
      close: () => Promise.resolve(),
    };
    const spec = { datasetPath: path, samples: 2, batchSize: 1, dimensions: {} };
    const context = { signal: new AbortController().signal, onProgress: () => undefined };
    const { samples } = await loadSamples(spec, 'model.onnx', () => Promise.resolve(session), context);
    expect(samples).toHaveLength(2);
    expect(activities).toEqual([`loading inputs from ${path} (its loader dummy_v2)`]);
  });
});
