// The colourings that a model can have, and one of them.
import { describeNode } from '../../onnx/describeNode';
import { ModelError } from '../../onnx/modelErrors';
import { isConversion } from '../../onnx/quantizationForm';
import type { Overlay, OverlayChoice } from '../../protocol/panels/graph';
import type { WorkContext } from '../../protocol/progress';
import type { OptimizationRecord } from '../../store/records';
import type { Bench } from '../bench';
import { diagnosisSubject, keptDiagnosisOf } from '../diagnosis/diagnosisRun';
import type { DiagnosisSubject } from '../diagnosis/diagnosisRun';
import { profileOf } from '../profiling/profilingView';
import { requestErrors } from '../requestErrors';
import { recordsOf } from './benchModels';
import { errorOverlayOf } from './errorOverlay';
import { matchedOpsOf } from './floatCounterparts';
import { lookAt } from './modelLook';
import { hasPrunableLayers, sparsityChoice, sparsityOverlayOf } from './sparsityOverlay';
import { timeOverlayOf } from './timeOverlay';
import { typeChoice, typeOverlayOf } from './typeOverlay';

/** Newest first of each kind. Nothing is measured for it: only what there is can be chosen. */
export async function overlayChoicesOf(bench: Bench, path: string): Promise<readonly OverlayChoice[]> {
  const models = await recordsOf(bench, path);
  const ids = new Set(models.map(({ id }) => id));
  const projects = [...new Set(models.map(({ projectId }) => projectId))];
  const lists = await Promise.all(
    projects.map(async (projectId) => [
      ...(await times(bench, projectId, ids)),
      ...(await errors(bench, projectId, ids)),
    ]),
  );
  return [typeChoice, ...(isPrunable(bench, path) ? [sparsityChoice] : []), ...lists.flat()];
}

/** What is wrong with a broken file the page is told when it asks for the graph. */
function isPrunable(bench: Bench, path: string): boolean {
  try {
    return lookAt(bench, path, hasPrunableLayers);
  } catch (thrown) {
    if (thrown instanceof ModelError) return false;
    throw thrown;
  }
}

async function times(bench: Bench, projectId: number, ids: ReadonlySet<number>): Promise<readonly OverlayChoice[]> {
  const [profilings, runs] = await Promise.all([
    bench.store.list('profiling', { projectId }),
    bench.store.newestRuns('profiling', { projectId }),
  ]);
  const choices: OverlayChoice[] = [];
  for (const { id, name, modelId } of [...profilings].reverse()) {
    if (!ids.has(modelId)) continue;
    const found = await profileOf(bench, id, runs.get(id));
    if (found === undefined) continue;
    const ms = (found.result.times.wallUs / 1000).toPrecision(3);
    choices.push({ kind: 'time', id, label: `Time: ${name}, ${ms} ms` });
  }
  return choices;
}

async function errors(bench: Bench, projectId: number, ids: ReadonlySet<number>): Promise<readonly OverlayChoice[]> {
  const optimizations = await bench.store.list('optimization', { projectId });
  const choices: OverlayChoice[] = [];
  for (const optimization of [...optimizations].reverse()) {
    const { id, name, modelId, optimizedModelId } = optimization;
    if (!ids.has(modelId) && !ids.has(optimizedModelId ?? -1)) continue;
    const subject = await subjectOf(bench, optimization);
    if (subject === undefined || (await keptDiagnosisOf(bench, subject)) === undefined) continue;
    choices.push({ kind: 'error', id, label: `Error: ${name}` });
  }
  return choices;
}

async function subjectOf(bench: Bench, optimization: OptimizationRecord): Promise<DiagnosisSubject | undefined> {
  const { projectId, optimizedModelId } = optimization;
  return optimizedModelId === null ? undefined : diagnosisSubject(bench, projectId, optimizedModelId);
}

/** Throws `request-not-found` where what it comes from is gone. */
export async function overlayOf(
  bench: Bench,
  { path, kind, id }: { readonly path: string; readonly kind: OverlayChoice['kind']; readonly id: number },
  context: WorkContext,
): Promise<Overlay> {
  if (kind === 'type') return lookAt(bench, path, typeOverlayOf);
  if (kind === 'sparsity') return sparsityOverlayOf(bench, path, context);
  const choice = (await overlayChoicesOf(bench, path)).find((one) => one.kind === kind && one.id === id);
  if (choice === undefined) throw requestErrors.notFound('the colouring', id, 'Choose another one.');
  return kind === 'time' ? await timeOverlay(bench, path, choice) : await errorOverlay(bench, path, choice);
}

async function timeOverlay(bench: Bench, path: string, choice: OverlayChoice): Promise<Overlay> {
  const { projectId } = await bench.get('profiling', choice.id);
  const runs = await bench.store.newestRuns('profiling', { projectId });
  const found = await profileOf(bench, choice.id, runs.get(choice.id));
  if (found === undefined) throw requestErrors.notFound('the profiling', choice.id);
  return lookAt(bench, path, (model) => timeOverlayOf(model, choice, found.result));
}

async function errorOverlay(bench: Bench, path: string, choice: OverlayChoice): Promise<Overlay> {
  const subject = await subjectOf(bench, await bench.get('optimization', choice.id));
  const diagnosis = subject === undefined ? undefined : await keptDiagnosisOf(bench, subject);
  if (subject === undefined || diagnosis === undefined) throw requestErrors.notFound('the diagnosis', choice.id);
  const isQuantized = (await recordsOf(bench, path)).some(({ id }) => id === subject.int8.id);
  const names = isQuantized ? quantizedNames(bench, subject) : undefined;
  return lookAt(bench, path, (model) => errorOverlayOf(model, choice, diagnosis, names));
}

/** What the operators of the float model are called in the quantized one; empty where one of them cannot be read. */
function quantizedNames(bench: Bench, { float, int8 }: DiagnosisSubject): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { node, int8Nodes } of matchedOpsOf(bench, float, int8)) {
    const computing = int8Nodes.filter(({ opType }) => !isConversion(opType));
    const [main] = computing;
    if (main !== undefined && !computing.some((one) => describeNode(one) === node)) names.set(node, describeNode(main));
  }
  return names;
}
