// Analyses that need no inference, computed when they are asked for by a job that waits for no other: it takes a moment,
// and whoever asked waits. The latest are kept for as long as their model stays what it is.
import { statSync } from 'node:fs';
import { sha256OfFile } from '../../files/fileHash';
import { runJob } from '../../jobs/runJob';
import { readModel } from '../../onnx/readModel';
import { usualAnalysis } from '../../dictionary/sensitivitySettings';
import type { DimensionSizes } from '../../protocol/environment';
import type { SensitivityKind, SensitivityResult } from '../../protocol/pruning';
import type { Bench } from '../bench';
import { requestErrors } from '../requestErrors';
import { sensitivitySpec } from '../sensitivity/sensitivityRun';
import { studioErrors } from './studioErrors';

/** Some megabytes each, of a large model. */
const mostKept = 4;

interface Kept {
  /** By kind, sizes and content of the model; the latest last. */
  readonly results: Map<string, Promise<SensitivityResult>>;
  /** One job at a time. */
  last: Promise<unknown>;
}

const keptOf = new WeakMap<Bench, Kept>();

/** @throws StudioError where the model has nothing to prune, and such */
export async function approximateResult(
  bench: Bench,
  modelPath: string,
  kind: SensitivityKind,
  dimensions: DimensionSizes,
): Promise<SensitivityResult> {
  const key = `${kind} ${JSON.stringify(dimensions)} ${await contentOf(modelPath)}`;
  const kept: Kept = keptOf.get(bench) ?? { results: new Map(), last: Promise.resolve() };
  keptOf.set(bench, kept);
  const known = kept.results.get(key);
  if (known !== undefined) return known;
  const turn = kept.last;
  const result = turn.then(() => computed(bench, modelPath, kind, dimensions));
  kept.last = result.catch(() => kept.results.delete(key));
  kept.results.set(key, result);
  const [eldest] = kept.results.keys();
  if (kept.results.size > mostKept && eldest !== undefined) kept.results.delete(eldest);
  return result;
}

/** What tells one state of a model from another: its bytes, and when its external data were written. */
async function contentOf(modelPath: string): Promise<string> {
  const model = readModel(modelPath);
  const data = model.externalFiles;
  model.close();
  const written = data.map((file) => {
    const stats = statSync(file, { throwIfNoEntry: false });
    return `${stats?.size}:${stats?.mtimeMs}`;
  });
  return [await sha256OfFile(modelPath), ...written].join(' ');
}

/** Ends with the bench. */
function computed(
  bench: Bench,
  modelPath: string,
  kind: SensitivityKind,
  dimensions: DimensionSizes,
): Promise<SensitivityResult> {
  const spec = sensitivitySpec({ kind, method: 'approx', ...usualAnalysis, dimensions }, modelPath);
  return new Promise((resolve, reject) => {
    bench.later(async (signal) => {
      const outcome = await runJob<'sensitivity'>(spec, { signal }).outcome;
      if (outcome.state === 'success') resolve(outcome.result);
      else reject(outcome.state === 'error' ? studioErrors.notComputed(outcome.failure) : requestErrors.closing());
    });
  });
}
