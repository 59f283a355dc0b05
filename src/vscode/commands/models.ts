// Quantize, benchmark and analyse from a model, wherever it was clicked: a file gets a project of its own where it has none.
import { basename } from 'node:path';
import { Uri, window } from 'vscode';
import { isQuantizedPrecision } from '../../dictionary/benchTerms';
import { partsMethod, precisionMethod, projectsMethod, unprunableMethod } from '../../protocol/facts';
import type { ModelFacts, ProjectFacts } from '../../protocol/facts';
import type { BenchConnection } from '../bench/benchConnection';
import type { Services } from '../services';
import type { ModelNode } from '../tree/nodes';
import { newBenchmark } from './benchmarks';
import { explain } from './explaining';
import { givenFile, givenNode, projectOf } from './given';
import type { Given } from './given';
import type { Handlers } from './handler';
import { newOptimization } from './optimizations';
import type { PickOptions } from './pickBench';
import { pickPart } from './pickParts';
import { benchOfFile, newProject } from './projects';
import { choose } from './quickInputs';
import { newSensitivity } from './sensitivities';
import { back } from './steps';

/** A model of a project: the clicked one, that of a file, or a chosen one; undefined where the person gave up. */
async function modelOf(
  services: Services,
  given: Given,
  options: PickOptions<ModelFacts>,
): Promise<ModelNode | undefined> {
  const node = givenNode(given, 'model');
  if (node !== undefined) return node;
  const file = fileOf(given);
  return file === undefined ? pickPart(services, 'model', options) : modelOfFile(services, file, options.title);
}

/** The model file that was clicked, or is in the active editor. */
function fileOf(given: Given): Uri | undefined {
  return givenFile(given) ?? activeModel();
}

/** The model in the active editor. */
function activeModel(): Uri | undefined {
  const input: unknown = window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = typeof input === 'object' && input !== null && 'uri' in input ? input.uri : undefined;
  return uri instanceof Uri && uri.path.toLowerCase().endsWith('.onnx') ? uri : undefined;
}

async function modelOfFile(services: Services, file: Uri, title: string): Promise<ModelNode | undefined> {
  const bench = benchOfFile(services, file);
  if (bench === undefined) return undefined;
  const known = await modelsAt(bench, file);
  const [only] = known;
  if (only === undefined) {
    const id = await newProject(services, bench, file);
    const [made] = id === undefined ? [] : (await bench.ask(partsMethod, { id })).models;
    return made && { kind: 'model', bench, facts: made };
  }
  if (known.length === 1) return { kind: 'model', bench, facts: only.model };
  const chosen = await choose(
    { title },
    {
      placeholder: 'Project of the model',
      choices: known.map(({ model, project }) => ({ label: project.name, icon: 'project', value: model })),
    },
  );
  return chosen === undefined || chosen === back ? undefined : { kind: 'model', bench, facts: chosen };
}

interface KnownModel {
  readonly model: ModelFacts;
  readonly project: ProjectFacts;
}

/** The models of projects that are the file. */
async function modelsAt(bench: BenchConnection, file: Uri): Promise<readonly KnownModel[]> {
  const { projects } = await bench.ask(projectsMethod, null);
  const lists = await Promise.all(
    projects.map(async (project) => {
      const { models } = await bench.ask(partsMethod, { id: project.id });
      return models.filter(({ path }) => Uri.file(path).fsPath === file.fsPath).map((model) => ({ model, project }));
    }),
  );
  return lists.flat();
}

/** What was clicked, before anything is asked or made: of a file the editor knows but the name. */
async function clickedModel(
  services: Services,
  given: Given,
): Promise<{ name: string; precision: string } | undefined> {
  const node = givenNode(given, 'model');
  if (node !== undefined) return node.facts;
  const file = fileOf(given);
  const precision = file && (await services.benches.for(file)?.ask(precisionMethod, { path: file.fsPath }));
  return file && { name: basename(file.fsPath), precision: precision ?? '' };
}

/** Whether a clicked model is not quantized yet; says what to do with one that is. */
async function isFloat(services: Services, given: Given): Promise<boolean> {
  const model = await clickedModel(services, given);
  if (model === undefined || !isQuantizedPrecision(model.precision)) return true;
  explain(`"${model.name}" is quantized already: quantize the float model it was made from, or benchmark this one.`, {
    title: 'Benchmark Model…',
    command: 'compressorBench.model.benchmark',
    arguments: [given.first ?? fileOf(given)],
  });
  return false;
}

/** Whether something of a clicked model can be pruned; says why not before anything is asked or made. */
async function isPrunableFile({ benches }: Services, given: Given): Promise<boolean> {
  const node = givenNode(given, 'model');
  const path = node?.facts.path ?? fileOf(given)?.fsPath;
  if (path === undefined) return true;
  const bench = node?.bench ?? benches.for(Uri.file(path));
  const reason = (await bench?.ask(unprunableMethod, { path })) ?? null;
  if (reason !== null) explain(`${basename(path)}: ${reason}`);
  return reason === null;
}

export const modelHandlers: Handlers = {
  'model.quantize': async (services, given) => {
    if (!(await isFloat(services, given))) return undefined;
    const node = await modelOf(services, given, {
      title: 'Quantize Model',
      filter: ({ precision }) => !isQuantizedPrecision(precision),
      none: 'There is no float model to quantize: a project begins with one.',
    });
    return node && newOptimization(await projectOf(node), node.facts);
  },
  'model.benchmark': async (services, given) => {
    const node = await modelOf(services, given, { title: 'Benchmark Model' });
    return node && newBenchmark(await projectOf(node), node.facts.id);
  },
  'model.sensitivity': async (services, given) => {
    if (!(await isPrunableFile(services, given))) return undefined;
    const node = await modelOf(services, given, { title: 'Analyse Sensitivity of Model' });
    return node && newSensitivity(await projectOf(node), { modelId: node.facts.id });
  },
};
