// Operation model/boundary_nodes (SYSTEMS §1.4, §1.5): what goes into a model file and comes out, and what it looks like.
import { failureRecordOf } from '../../protocol/benchError';
import type { Bench } from '../bench';
import { describeModel } from './modelDetection';
import type { LongOperation } from '../operation';
import { answeringLater } from '../operation';
import { sampleShapesText } from '../dataset/sampleShapes';

interface BoundaryRequest {
  readonly requestId: string;
  readonly path: string;
}

/** The last choice of outputs: forms then ask for a name. */
const otherChoice = 'custom';

export const modelBoundary: LongOperation<BoundaryRequest> = {
  path: 'model/boundary_nodes',
  summary: 'Find the inputs and outputs of a model file, its framework, domain and shape.',
  read: (parameters) => ({ requestId: parameters.requestId(), path: parameters.text('model_path') }),
  run: (bench, { requestId, path }) =>
    Promise.resolve().then(() => {
      const real = bench.access.realPath(path);
      bench.later(() => {
        tellBoundary(bench, requestId, real);
      });
    }),
};

export const modelBoundaryOperations = [answeringLater(modelBoundary)];

function tellBoundary(bench: Bench, requestId: string, path: string): void {
  // Clients of different versions look for either.
  const ids = { id: requestId, request_id: requestId };
  bench.tell({ subject: 'boundary_nodes_start', status: 'success', data: { message: 'started', ...ids } });
  const subject = 'boundary_nodes_finish';
  try {
    const data = { ...ids, ...boundaryOf(path) };
    bench.tell({ subject, status: 'success', data });
  } catch (thrown) {
    const { code, message, nextStep } = failureRecordOf(thrown);
    const reason = nextStep === undefined ? {} : { next_step: nextStep };
    bench.tell({ subject, status: 'error', data: { message, ...reason, code, ...ids } });
  }
}

function boundaryOf(path: string): object {
  const { framework, inputs, outputs, domain, flavour } = describeModel(path);
  const shape = sampleShapesText(inputs);
  return {
    framework,
    inputs: inputs.map(({ name }) => name),
    outputs: [...outputs.map(({ name }) => name), otherChoice],
    domain,
    domain_flavour: flavour,
    shape,
    // What the file declares holds; what it leaves open was not guessed.
    trusted: shape !== '',
  };
}
