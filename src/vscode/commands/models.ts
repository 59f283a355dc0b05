// Quantize and benchmark from a model, wherever it was clicked: a file gets a project of its own where it has none.
import { Uri, window } from 'vscode';
import { partsMethod, projectsMethod } from '../../protocol/facts';
import type { ModelFacts, ProjectFacts } from '../../protocol/facts';
import type { BenchConnection } from '../bench/benchConnection';
import type { Services } from '../services';
import type { ModelNode } from '../tree/nodes';
import { newBenchmark } from './benchmarks';
import { givenFile, givenNode, projectOf } from './given';
import type { Given } from './given';
import type { Handlers } from './handler';
import { newOptimization } from './optimizations';
import { pickPart } from './pickParts';
import { benchOfFile, newProject } from './projects';
import { choose } from './quickInputs';
import { back } from './steps';

/** A model of a project: the clicked one, that of a file, or a chosen one; undefined where the person gave up. */
async function modelOf(services: Services, given: Given, title: string): Promise<ModelNode | undefined> {
  const node = givenNode(given, 'model');
  if (node !== undefined) return node;
  const file = givenFile(given) ?? activeModel();
  return file === undefined ? pickPart(services, 'model', { title }) : modelOfFile(services, file, title);
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

export const modelHandlers: Handlers = {
  'model.quantize': async (services, given) => {
    const node = await modelOf(services, given, 'Quantize Model');
    return node && newOptimization(await projectOf(node), node.facts);
  },
  'model.benchmark': async (services, given) => {
    const node = await modelOf(services, given, 'Benchmark Model');
    return node && newBenchmark(await projectOf(node), node.facts.id);
  },
};
