// The commands that open graphs: of one model, and of an optimized model beside the one it was made from.
import { Uri, window } from 'vscode';
import { partsMethod } from '../../protocol/facts';
import type { ModelFacts } from '../../protocol/facts';
import type { OverlayKey } from '../../protocol/panels/graph';
import { explain } from '../commands/explaining';
import { pickPart } from '../commands/pickParts';
import { choose } from '../commands/quickInputs';
import { back } from '../commands/steps';
import type { Services } from '../services';
import type { ModelNode, PartNode } from '../tree/nodes';
import type { GraphEditors } from './graphEditor';

/** Shows the graph of what a command was handed: a file, a model or optimization of the tree, or what the person picks. */
export async function openGraph(
  services: Services,
  editors: GraphEditors,
  given: unknown,
  overlay?: OverlayKey,
): Promise<void> {
  const uri = given instanceof Uri ? given : await pathOfPart(partIn(given));
  if (uri !== undefined) {
    await editors.show(uri, overlay === undefined ? {} : { overlay });
    return;
  }
  const model = await pickPart(services, 'model', {
    title: 'Open Graph',
    filter: ({ supportsGraph, isPresent }) => supportsGraph && isPresent,
  });
  if (model !== undefined) await editors.show(Uri.file(model.facts.path));
}

/** Compares two files, two models, or a model with the one it was made from (or what was made from it). */
export async function compareGraphs(
  services: Services,
  editors: GraphEditors,
  given: unknown,
  several: unknown,
): Promise<void> {
  const selected: readonly unknown[] = Array.isArray(several) ? several : [];
  const files = selected.filter((one) => one instanceof Uri);
  const models = selected.map(partIn).filter((one): one is ModelNode => one?.kind === 'model');
  const pair = files.length === 2 ? files : models.map(({ facts }) => Uri.file(facts.path));
  const [before, after] = pair;
  if (pair.length === 2 && before !== undefined && after !== undefined)
    await editors.show(before, { compareWith: after });
  else if (given instanceof Uri) await compareFile(editors, given);
  else await comparePart(services, editors, partIn(given));
}

async function comparePart(services: Services, editors: GraphEditors, given: PartNode | undefined): Promise<void> {
  const part = given ?? (await pickPart(services, 'model', { title: 'Compare Graphs' }));
  if (part?.kind !== 'model' && part?.kind !== 'optimization') return;
  const { models, optimizations } = await part.bench.ask(partsMethod, { id: part.facts.projectId });
  const byId = (id: number | null | undefined): ModelFacts | undefined => models.find((one) => one.id === id);
  const own = part.kind === 'model' ? part.facts : byId(part.facts.optimizedModelId);
  if (own === undefined) {
    explain('The optimization has made no model yet: run it first.');
    return;
  }
  const maker = optimizations.find(({ id }) => id === own.madeByOptimizationId);
  const other = byId(maker?.modelId) ?? (await pickOther(models, own));
  if (other !== undefined) await editors.show(Uri.file(own.path), { compareWith: Uri.file(other.path) });
}

async function pickOther(models: readonly ModelFacts[], own: ModelFacts): Promise<ModelFacts | undefined> {
  const others = models.filter(({ id, isPresent }) => id !== own.id && isPresent);
  if (others.length === 0) {
    explain('There is no other model in the project to compare it with.');
    return undefined;
  }
  const choices = others.map((facts) => ({ label: facts.name, description: facts.precision, value: facts }));
  const chosen = await choose({ title: 'Compare Graphs' }, { placeholder: 'Model to compare with', choices });
  return chosen === back ? undefined : chosen;
}

async function compareFile(editors: GraphEditors, uri: Uri): Promise<void> {
  const [other] =
    (await window.showOpenDialog({
      title: 'Model to compare with',
      openLabel: 'Compare',
      filters: { Models: ['onnx'] },
    })) ?? [];
  if (other !== undefined) await editors.show(uri, { compareWith: other });
}

/** The part of a project that a command was handed from the tree. */
function partIn(given: unknown): PartNode | undefined {
  if (typeof given !== 'object' || given === null || !('bench' in given) || !('kind' in given)) return undefined;
  return given as PartNode;
}

/** File of a model; of an optimization that of the model it made. */
async function pathOfPart(part: PartNode | undefined): Promise<Uri | undefined> {
  if (part?.kind === 'model') return Uri.file(part.facts.path);
  if (part?.kind !== 'optimization') return undefined;
  const { models } = await part.bench.ask(partsMethod, { id: part.facts.projectId });
  const made = models.find(({ id }) => id === part.facts.optimizedModelId);
  return made === undefined ? undefined : Uri.file(made.path);
}
