// The product's job bundle: every verb reaches its room of the engine and fails in sentences.
import { describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../src/config/recipe';
import { runJob } from '../../src/jobs/runJob';
import type { JobSpec } from '../../src/protocol/jobs';
import { jobBundle } from '../processes/bundle';

const bundled = jobBundle();

const modelPath = '/nowhere/model.onnx';
const datasetPath = '/nowhere/dataset.yaml';
const common = { modelPath, dimensions: {}, threads: 1 };
const timing = { modelPaths: [modelPath], dimensions: {}, threads: 1, batchSize: 1, warmupIterations: 1, instances: 1 };

const specs: JobSpec[] = [
  { verb: 'quantize', ...common, outputPath: '/nowhere/out.onnx', recipe: defaultRecipe },
  { verb: 'verify', modelPath, referencePath: modelPath, samples: 1, dimensions: {} },
  { verb: 'evaluate', ...common, datasetPath },
  { verb: 'benchmark', ...timing },
  { verb: 'benchmarkInstance', ...timing },
  { verb: 'check', ...common, againstPath: modelPath, datasetPath },
];

describe('the job bundle', () => {
  it.each(specs)('does $verb, and names a file that is not there', async (spec) => {
    const outcome = await runJob(spec, bundled).outcome;
    expect(outcome).toMatchObject({ state: 'error', failure: { message: /\/nowhere\// } });
    if (outcome.state === 'error') expect(outcome.failure.code).toMatch(/^(model|data|dataset|config|file)-/);
  });
});
