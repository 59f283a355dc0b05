// Makes a project from an example, telling each step (SYSTEMS §1.4): all of it, or nothing.
import { join } from 'node:path';
import { failureRecordOf } from '../../protocol/benchError';
import type { ExampleIds } from '../../protocol/examples';
import type { Bench } from '../bench';
import { addBenchmark } from '../benchmark/benchmarkAdd';
import { addDataset } from '../dataset/datasetAdd';
import { exampleDataset } from './exampleDataset';
import { placeExample } from './exampleFiles';
import type { ExampleModel } from './exampleModel';
import { describeModel } from '../model/modelDetection';
import type { BenchMessage } from '../operation';
import { addOptimization } from '../optimization/optimizationAdd';
import { createProject } from '../project/projectCreate';

export interface ExampleRequest {
  readonly requestId: string;
  /** Of the project. */
  readonly name: string;
  readonly example: ExampleModel;
  /** Messages about the progress of the download. */
  readonly progressSteps: number;
}

/** Tells of a step, by a subject of SYSTEMS §1.4. */
type Tell = (subject: string, data: object) => void;

/** The second subject is what older clients wait for. */
const finishes = ['create_example_project_finish', 'example_finish'];

/** Does all of it, and tells how it ended. */
export async function makeExampleProject(bench: Bench, request: ExampleRequest, signal: AbortSignal): Promise<void> {
  const tell = (subject: string, data: object, status: BenchMessage['status'] = 'success'): void => {
    bench.tell({ subject, status, data: { request_id: request.requestId, ...data } });
  };
  try {
    tell('create_example_project_start', { message: 'Creating project from examples.' });
    const ids = await addExampleProject(bench, request, signal, tell);
    for (const subject of finishes) tell(subject, { message: 'Example project has been added.', ...ids });
  } catch (thrown) {
    const { code, message, nextStep } = failureRecordOf(thrown);
    const data = { message, ...(nextStep === undefined ? {} : { next_step: nextStep }), failure_code: code };
    for (const subject of finishes) tell(subject, data, 'error');
  }
}

/** The same for whoever waits: gives what was made, throws why nothing was. */
export async function addExampleProject(
  bench: Bench,
  request: ExampleRequest,
  signal: AbortSignal,
  tell: Tell,
): Promise<ExampleIds> {
  const step = (message: string): void => {
    signal.throwIfAborted();
    tell('create_example_project_progress', { message });
  };
  step('Downloading example model.');
  const folder = await fetchExample(bench, request, signal, tell);
  return addParts(bench, request, folder, step);
}

/** The folder with the files of the example. */
async function fetchExample(
  bench: Bench,
  { example, progressSteps }: ExampleRequest,
  signal: AbortSignal,
  tell: Tell,
): Promise<string> {
  const { source, sizeBytes, fileName } = example;
  const url = source.kind === 'download' ? source.urls[0] : `bundled:${source.folder}/${fileName}`;
  tell('download_start', { message: 'started', url });
  let told = 0;
  const onBytes = (bytes: number): void => {
    const reached = Math.floor((bytes / sizeBytes) * progressSteps);
    while (told < reached) tell('download_progress', { progress: Math.round((++told * 100) / progressSteps) });
  };
  const folder = await placeExample(bench.store.folder, example, { signal, onBytes });
  tell('download_finish', { path: join(folder, fileName) });
  return folder;
}

/** How the originals' own configs tune (SYSTEMS §1.6): no more than 1 % is lost. */
const exampleTuning = {
  strategy: 'auto',
  accuracyCriterionType: 'relative',
  accuracyCriterionThreshold: 0.01,
} as const;

async function addParts(
  bench: Bench,
  { name, example }: ExampleRequest,
  folder: string,
  step: (message: string) => void,
): Promise<ExampleIds> {
  const { model, domain, fileName } = example;
  const path = join(folder, fileName);
  const described = describeModel(path);
  const inputNodes = described.inputs.map((input) => input.name);
  const outputNodes = described.outputs.map((output) => output.name);
  step('Adding project for example model.');
  const made = await createProject(bench, {
    name,
    model: { path, inputNodes, outputNodes, domain, precision: 'fp32' },
  });
  const { project_id: projectId, model_id: modelId } = made;
  try {
    step('Adding example model to project.');
    await noteFlavour(bench, modelId, example);
    step('Adding dummy dataset to project.');
    const dataset = await addDataset(bench, { projectId, ...exampleDataset(example, described, folder) });
    step('Adding optimization to project.');
    const optimization = await addOptimization(bench, {
      ...{ projectId, modelId, datasetId: dataset.id, name: `${model} quantization` },
      ...{ precision: 'int8', optimizationType: 'Quantization', batchSize: 1, tuning: exampleTuning },
    });
    step('Adding benchmark to project.');
    const benchmark = await addBenchmark(bench, {
      ...{ projectId, modelId, datasetId: dataset.id, name: `${model} benchmark` },
      ...{ mode: 'performance', batchSize: 1, iterations: -1, warmupIterations: 5 },
    });
    return {
      ...{ project_id: projectId, model_id: modelId, dataset_id: dataset.id },
      ...{ optimization_id: optimization.id, benchmark_id: benchmark.id },
    };
  } catch (thrown) {
    await bench.store.remove('project', projectId);
    throw thrown;
  }
}

/** Some detectors do not tell their family by names. */
async function noteFlavour(bench: Bench, modelId: number, { domainFlavour }: ExampleModel): Promise<void> {
  await bench.store.edit('model', modelId, (record) =>
    record.domainFlavour === domainFlavour ? null : { domainFlavour },
  );
}
