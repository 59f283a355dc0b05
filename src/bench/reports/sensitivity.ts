// The page of a sensitivity analysis: its settings, its newest run, and the curves of the layers.
import { existsSync } from 'node:fs';
import type {
  SensitivityFindings,
  SensitivityLayer,
  SensitivityQuestion,
  SensitivityReport,
} from '../../protocol/panels/sensitivity';
import type { SensitivityResult } from '../../protocol/pruning';
import { noSparseKernels } from '../../sparsity/noSparseKernels';
import type { Bench } from '../bench';
import { newestRunFacts } from '../facts/runFacts';
import { namedParts } from '../runs/namedParts';
import { newestResult } from '../runs/runViews';
import { jobProgressOf } from './jobProgress';
import { analysedModel, otherAnalyses } from './sensitivityLayers';
import type { AnalysedLayer, AnalysedModel } from './sensitivityLayers';

/** Everything the page shows. */
export async function sensitivityReport(bench: Bench, question: SensitivityQuestion): Promise<SensitivityReport> {
  const record = await bench.get('sensitivity', question.id);
  const { id, name, projectId, kind, method } = record;
  const [newest] = await bench.store.runs('sensitivity', id);
  const { model, dataset } = await namedParts(bench, record);
  const path = model === undefined ? '' : bench.absolutePath(model.path);
  const analysed = await analysedModel(bench, question);
  const others = await otherAnalyses(bench, record);
  const found = await newestResult(bench, 'sensitivity', id, newest);
  return {
    ...{ id, name, projectId, kind, method },
    projectName: (await bench.get('project', projectId)).name,
    model: model === undefined ? null : { id: model.id, name: model.name, path, isPresent: existsSync(path) },
    dataset: dataset === undefined ? null : { id: dataset.id, name: dataset.name },
    run: await newestRunFacts(bench, newest),
    job: await jobProgressOf(bench, newest),
    findings: analysed === undefined ? null : findingsOf(analysed, found?.run.endedAt ?? null),
    others: others.map((other) => ({ id: other.record.id, name: other.record.name, method: other.record.method })),
  };
}

function findingsOf(
  { found, layers, loss, perf, operationNotes, isModelChanged }: AnalysedModel,
  foundAt: string | null,
): SensitivityFindings {
  const { result, isEdited } = found;
  const measured = isEdited ? undefined : result;
  return {
    foundAt: measured === undefined ? null : foundAt,
    layers: layers.map(shownLayer),
    loss,
    perf,
    data: measured !== undefined && 'data' in measured ? measured.data : null,
    isModelChanged,
    // What is true of every pruned model the page says in any case.
    notes: [...new Set([...found.notes, ...operationNotes])].filter((note) => note !== noSparseKernels),
    engineNote: noSparseKernels,
    facts: measured === undefined ? [] : factsOf(measured),
  };
}

function shownLayer({
  name,
  label,
  node,
  opType,
  weights,
  denseReason,
  flops,
  loss,
  perf,
}: AnalysedLayer): SensitivityLayer {
  return {
    ...{ name, label, node, opType, weights, denseReason, flops },
    loss: loss.points,
    perf: perf.points,
  };
}

function factsOf(result: SensitivityResult): SensitivityFindings['facts'] {
  const { environment, modelSha256 } = result;
  const samples = result.method === 'one-shot' ? [['Samples', String(result.samples)] as const] : [];
  const runs = result.method === 'approx' ? [] : [['Samples in one run', String(result.batchSize)] as const];
  const timed =
    result.method === 'measured'
      ? ([
          ['Timed runs of each level', `${result.iterations} after ${result.warmupRuns} to warm up`],
          ['Processor', `${result.machine.cpuModel}, ${result.machine.logicalCores} logical cores`],
        ] as const)
      : [];
  return [
    ...samples,
    ...runs,
    ...timed,
    ...(result.method === 'approx' ? [] : [['Threads', String(environment.threads)] as const]),
    ['Engine', `onnxruntime ${environment.engineVersion}`],
    ['Model (SHA-256)', modelSha256],
  ];
}
