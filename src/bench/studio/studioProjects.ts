// Projects as clients of Neural Magic's Studio know them (SYSTEMS §6.1): every project of the bench, by a UUID, with
// settings that mean nothing here but for the name.
import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { plainAttributes, prunableLayers } from '../../onnx/prunableLayers';
import { readModel } from '../../onnx/readModel';
import { BenchError } from '../../protocol/benchError';
import type { ProjectRecord } from '../../store/records';
import type { Bench } from '../bench';
import { describeModel } from '../model/modelDetection';
import { longestName } from '../project/project';
import { projectCreate } from '../project/projectCreate';
import { RequestError, requestErrors } from '../requestErrors';
import { RequestReader } from '../requestReader';
import type { PlainObject } from '../requestReader';
import { modelOf } from '../runs/namedParts';

/** All projects, each as its settings. */
export async function studioProjects(bench: Bench): Promise<object> {
  if (!existsSync(bench.workspace)) throw requestErrors.missing(`Path ${bench.workspace} does not exist`);
  const projects = await projectsWithUuids(bench);
  return bench.withProblems({ projects: projects.map(settingsOf) }, 'project');
}

export async function studioProject(bench: Bench, uuid: string): Promise<object> {
  return { project: settingsOf(await projectOf(bench, uuid)) };
}

/** Answers in both forms clients know: the settings themselves, and under `project`. */
export async function createStudioProject(bench: Bench, parameters: RequestReader): Promise<object> {
  const named = parameters.text('modelPath');
  const studioConfig = configIn(parameters);
  const path = modelFileOf(bench, named);
  const { inputs, outputs, domain } = describedModel(path, named);
  const { project_id: id } = await projectCreate.run(bench, {
    name: nameIn(studioConfig) ?? basename(path, extname(path)).slice(0, longestName),
    studioConfig,
    model: {
      path: named,
      inputNodes: inputs.map(({ name }) => name),
      outputNodes: outputs.map(({ name }) => name),
      domain,
      precision: 'fp32',
    },
  });
  const settings = settingsOf(await bench.get('project', id));
  return { ...settings, project: settings };
}

/** Keys that were not sent stay. */
export async function editStudioProject(bench: Bench, uuid: string, parameters: RequestReader): Promise<object> {
  const { id } = await projectOf(bench, uuid);
  const sent = configIn(parameters);
  const name = nameIn(sent);
  const project = await bench.store.edit('project', id, ({ studioConfig }) => ({
    studioConfig: fitting({ ...studioConfig, ...sent }),
    ...(name === undefined ? {} : { name }),
  }));
  return { project: settingsOf(project) };
}

/** The layers of the model a project began with, without any other sort. */
export async function studioPrunableLayers(bench: Bench, uuid: string): Promise<object> {
  const project = await projectOf(bench, uuid);
  const model = readModel(await studioModelPath(bench, project));
  try {
    return {
      prunableLayers: prunableLayers(model.graph).layers.map(({ id, name, node }) => ({
        attributes: plainAttributes(node),
        id,
        inputs: node.input,
        name,
        op_type: node.opType,
        output: node.output,
      })),
    };
  } finally {
    model.close();
  }
}

/**
 * The file of the model that a project began with.
 *
 * @throws RequestError where it is gone, or may not be named through this door
 */
export async function studioModelPath(bench: Bench, { id: projectId }: ProjectRecord): Promise<string> {
  const model = await modelOf(bench, projectId, undefined);
  const path = bench.absolutePath(model.path);
  if (existsSync(path)) return bench.access.realPath(path);
  throw requestErrors.missing(
    `The model of the project, ${model.path}, is gone`,
    'Put the file back, or make a project of another one.',
  );
}

/** The project with a UUID. */
export async function projectOf(bench: Bench, uuid: string): Promise<ProjectRecord> {
  const project = (await projectsWithUuids(bench)).find((one) => one.uuid === uuid);
  if (project === undefined) throw requestErrors.missing(`Project ${uuid.slice(0, 200)} does not exist`);
  return project;
}

/** Of any version. A record may have been written by hand. */
const uuidForm = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** One without a UUID gets one; so does the younger of two with the same, as when a folder was copied. */
async function projectsWithUuids(bench: Bench): Promise<readonly ProjectRecord[]> {
  const taken = new Set<string>();
  const projects: ProjectRecord[] = [];
  for (const project of await bench.store.list('project')) {
    const { id, uuid } = project;
    const isFit = uuid !== undefined && uuidForm.test(uuid) && !taken.has(uuid);
    // Another process may have given it one meanwhile.
    const give = (newest: ProjectRecord): { readonly uuid: string } | null =>
      newest.uuid === uuid ? { uuid: randomUUID() } : null;
    const fit = isFit ? project : await bench.store.edit('project', id, give);
    taken.add(fit.uuid ?? '');
    projects.push(fit);
  }
  return projects;
}

function settingsOf({ name, uuid, studioConfig }: ProjectRecord): PlainObject {
  return { projectName: name, ...studioConfig, projectId: uuid };
}

function configIn(parameters: RequestReader): PlainObject {
  return fitting(parameters.object('projectConfig').all());
}

const mostConfigBytes = 256 * 1024;

function fitting(config: PlainObject): PlainObject {
  const kept = Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'projectId'));
  if (Buffer.byteLength(JSON.stringify(kept)) <= mostConfigBytes) return kept;
  throw requestErrors.refused(
    'project-config',
    `The settings of a project are at most ${mostConfigBytes} bytes of JSON.`,
    'Keep what is larger elsewhere.',
  );
}

/** A name that the bench can show; another stays in the settings alone. */
function nameIn({ projectName }: PlainObject): string | undefined {
  try {
    return new RequestReader({ projectName }).text('projectName', longestName);
  } catch (thrown) {
    if (!(thrown instanceof RequestError)) throw thrown;
    return undefined;
  }
}

/** The real path of the .onnx file a client named. */
function modelFileOf(bench: Bench, named: string): string {
  const path = realPathOf(bench, named);
  if (statSync(path).isFile() && extname(path).toLowerCase() === '.onnx') return path;
  throw notAFile(named, 'Name a file that ends in .onnx.');
}

function realPathOf(bench: Bench, named: string): string {
  try {
    return bench.access.realPath(named);
  } catch (thrown) {
    if (!(thrown instanceof RequestError)) throw thrown;
    if (thrown.refusal === 'not-found') throw requestErrors.missing(`Path ${named} does not exist`);
    if (thrown.refusal === 'client-error') throw notAFile(named, thrown.message);
    throw thrown;
  }
}

function describedModel(path: string, named: string): ReturnType<typeof describeModel> {
  try {
    return describeModel(path);
  } catch (thrown) {
    if (!(thrown instanceof BenchError)) throw thrown;
    throw notAFile(named, `It is no ONNX model: ${thrown.message} Name a file that is one.`);
  }
}

function notAFile(named: string, nextStep: string): RequestError {
  return requestErrors.refused('not-a-file', `Path ${named} is not a valid file`, nextStep);
}
