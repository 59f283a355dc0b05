// A model after the engine's own graph optimizations, which quantization builds upon.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { isStandardDomain } from '../onnx/graphView';
import type { ModelProto } from '../onnx/messages';
import { scopesOf } from '../onnx/modelWalk';
import { readModel } from '../onnx/readModel';
import type { OnnxModel } from '../onnx/readModel';
import type { JobContext } from '../protocol/jobContext';
import type { GraphOptimization } from '../runtime/session';
import type { OpenModelGraph } from './calibration/tensorFetcher';
import { declareShapes } from './declareShapes';
import { withProto } from './withProto';

/**
 * `model` as the engine leaves it at a level: `basic` folds constants and drops what is needless, `extended` merges
 * nodes into operators of the engine's own. The file is in the job's folder; the caller closes the model.
 */
export async function optimizedModel(
  model: OnnxModel,
  level: GraphOptimization,
  disabledOptimizers: readonly string[],
  context: Pick<JobContext, 'folder' | 'signal'>,
  open: OpenModelGraph,
): Promise<OnnxModel> {
  const optimizedModelPath = join(context.folder, `optimized-${level}-${randomUUID()}.onnx`);
  const session = await open(declareShapes(model), model, context, {
    graphOptimization: level,
    optimizedModelPath,
    ...(disabledOptimizers.length === 0 ? {} : { disabledOptimizers }),
  });
  await session.close();
  const read = readModel(optimizedModelPath);
  // Reports name the file the user gave.
  return { ...withProto(read, withoutUnusedDomains(read.proto, model.proto)), path: model.path };
}

/** The engine imports every domain it knows; other runtimes may not know them. */
export function withoutUnusedDomains(proto: ModelProto, original: ModelProto): ModelProto {
  const domains = new Set(original.opsetImport.map(({ domain }) => domain));
  for (const { graph } of scopesOf(proto)) for (const { domain } of graph.node) domains.add(domain);
  const opsetImport = proto.opsetImport.filter(({ domain }) => isStandardDomain(domain) || domains.has(domain));
  return { ...proto, opsetImport };
}
