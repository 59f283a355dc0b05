// Operation project/create (SYSTEMS §1.3): a project with its input model and, when its shape is given, random data.
import { randomUUID } from 'node:crypto';
import { nearestName } from '../../config/nearestName';
import { domains, precisions } from '../../dictionary/benchTerms';
import type { PortFacts } from '../../onnx/modelFacts';
import type { Draft } from '../../store/records';
import type { Bench } from '../bench';
import { dummyDraft } from '../dataset/dummyDataset';
import { readShapes } from '../dataset/inputShapes';
import type { SampleShape } from '../dataset/inputShapes';
import { detectModel } from '../model/modelDetection';
import type { DetectedModel } from '../model/modelDetection';
import { termNamed } from '../dictionary/namedTerm';
import type { Operation } from '../operation';
import { answeringNow } from '../operation';
import { inputModelName, longestName } from './project';
import { requestErrors } from '../requestErrors';
import type { PlainObject, RequestReader } from '../requestReader';

/** What a project is made of. */
export interface ProjectRequest {
  readonly name: string;
  /** What a client of Studio's kind keeps with it. */
  readonly studioConfig?: PlainObject;
  readonly model: {
    /** As the client names it; `Bench.access` decides about it. */
    readonly path: string;
    readonly inputNodes: readonly string[];
    readonly outputNodes: readonly string[];
    /** A name of the dictionary. */
    readonly domain: string;
    /** Of one sample for each of `inputNodes`; absent: no data set is made. */
    readonly shapes?: readonly SampleShape[];
    /** What the client believes; counts only where the file does not tell. */
    readonly precision: string;
  };
}

/** The ids of what was made. */
export interface ProjectAnswer {
  readonly project_id: number;
  readonly model_id: number;
  /** -1: there is none. */
  readonly dataset_id: number;
}

export const projectCreate: Operation<ProjectRequest, ProjectAnswer> = {
  path: 'project/create',
  summary: 'Make a project from a model file, with random data when the shape of its inputs is given.',
  read: (parameters) => ({ name: parameters.text('name', longestName), model: readModelRequest(parameters) }),
  run: createProject,
};

export const projectCreateOperations = [answeringNow(projectCreate)];

function readModelRequest(parameters: RequestReader): ProjectRequest['model'] {
  const model = parameters.object('model');
  const shapes = readShapes(model.value('shape'), 'model.shape');
  return {
    path: model.text('path'),
    inputNodes: nodeNames(model, 'input_nodes'),
    outputNodes: nodeNames(model, 'output_nodes'),
    domain: termNamed(model, 'domain', domains),
    precision: model.has('precision') ? termNamed(model, 'precision', precisions) : 'fp32',
    ...(shapes === undefined ? {} : { shapes }),
  };
}

function nodeNames(model: RequestReader, name: string): readonly string[] {
  const names = model.optionalNames(name) ?? [];
  return names.length === 0 ? missing(`model.${name}`) : [...new Set(names)];
}

function missing(name: string): never {
  throw requestErrors.parameterMissing(name);
}

/**
 * Makes project, model and data set; all three, or nothing.
 *
 * @throws RequestError when the model cannot be read or is not as described
 */
export async function createProject(
  bench: Bench,
  { name, studioConfig, model }: ProjectRequest,
): Promise<ProjectAnswer> {
  const path = bench.access.realPath(model.path);
  const detected = await detectModel(path);
  checkNodes('input', model.inputNodes, detected.inputs);
  checkNodes('output', model.outputNodes, detected.outputs);
  const dataset = model.shapes && dummyDraft(detected, model.inputNodes, model.shapes);
  const modelDraft = draftOf(bench.storedPath(path), model, detected);
  const project = await bench.store.create('project', {
    ...{ name, uuid: randomUUID(), notes: null },
    ...(studioConfig === undefined ? {} : { studioConfig }),
  });
  try {
    const { id } = await bench.store.create('model', { ...modelDraft, projectId: project.id });
    const data = dataset && (await bench.store.create('dataset', { ...dataset, projectId: project.id }));
    return { project_id: project.id, model_id: id, dataset_id: data?.id ?? -1 };
  } catch (thrown) {
    await bench.store.remove('project', project.id);
    throw thrown;
  }
}

function draftOf(
  path: string,
  model: ProjectRequest['model'],
  detected: DetectedModel,
): Omit<Draft<'model'>, 'projectId'> {
  const { inputNodes, outputNodes, domain } = model;
  return {
    name: inputModelName,
    path,
    sha256: detected.sha256,
    sizeBytes: detected.sizeBytes,
    framework: detected.framework,
    precision: detected.precision ?? model.precision,
    domain,
    domainFlavour: domain === 'Object Detection' ? detected.flavour : '',
    inputNodes,
    outputNodes,
    supportsProfiling: detected.runs,
    supportsGraph: true,
    supportsPruning: false,
    madeBy: null,
  };
}

/** Names are how data and results find their way: one the model does not have is a mistake. */
function checkNodes(noun: 'input' | 'output', names: readonly string[], ports: readonly PortFacts[]): void {
  const known = ports.map((port) => port.name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = nearestName(unknown, known.slice(0, 10_000));
  const listed = known.slice(0, 8).map((name) => JSON.stringify(name.slice(0, 100)));
  const hint =
    near === undefined
      ? `Its ${noun}s are ${listed.join(', ')}${known.length > 8 ? ', …' : ''}.`
      : `Did you mean ${JSON.stringify(near)}?`;
  throw requestErrors.refused(
    `${noun}-node`,
    `The model has no ${noun} ${JSON.stringify(unknown.slice(0, 100))}. ${hint}`,
  );
}
