// The page of a diagnosis: how things stand with it, what it found, and what may be asked to be different.
import type {
  DiagnosedOp,
  DiagnosisFigures,
  DiagnosisReport,
  DiagnosisStatus,
  OpHistograms,
} from '../../protocol/panels/diagnosis';
import type { DiagnoseResult, OpDiagnosis } from '../../protocol/diagnosis';
import type { ModelRecord, OptimizationRecord } from '../../store/records';
import type { Bench } from '../bench';
import { isQuantizable } from '../diagnosis/diagnosis';
import { modelWiseParams } from '../diagnosis/diagnosisParams';
import { diagnosisStateOf, diagnosisSubject, startDiagnosis } from '../diagnosis/diagnosisRun';
import type { DiagnosisSubject } from '../diagnosis/diagnosisRun';
import { unrecordedFailure } from '../runs/runViews';
import { requestErrors } from '../requestErrors';
import { isPlainObject } from '../requestReader';
import { jobProgressOf } from './jobProgress';

interface ById {
  readonly id: number;
}

/** Everything the page shows but histograms. Begins nothing. */
export async function diagnosisReport(bench: Bench, { id }: ById): Promise<DiagnosisReport> {
  const record = await bench.get('optimization', id);
  const project = await bench.get('project', record.projectId);
  const { optimizedModelId, modelId, projectId } = record;
  const int8 = optimizedModelId === null ? undefined : await bench.store.find('model', optimizedModelId);
  const optimizations = await bench.store.list('optimization', { projectId });
  return {
    id,
    name: record.name,
    projectId,
    projectName: project.name,
    floatModel: named(bench, await bench.store.find('model', modelId)),
    int8Model: named(bench, int8),
    status: await statusOf(bench, record),
    // The operation's answer is what it says: choices by setting.
    settings: (await modelWiseParams.run(bench, { id })) as DiagnosisReport['settings'],
    keptFloat: keptFloatOf(record),
    takenNames: optimizations.map(({ name }) => name),
  };
}

function named(bench: Bench, model: ModelRecord | undefined): DiagnosisReport['floatModel'] {
  return model === undefined ? null : { id: model.id, name: model.name, path: bench.absolutePath(model.path) };
}

/** Ops of an earlier diagnosis' choice. */
function keptFloatOf({ diagnosisConfig }: OptimizationRecord): readonly string[] {
  return Object.entries(diagnosisConfig?.opWise ?? {})
    .filter(([, options]) => {
      const pattern: unknown = isPlainObject(options) ? options['pattern'] : undefined;
      return isPlainObject(pattern) && ['float32', 'fp32'].includes(String(pattern['precision']));
    })
    .map(([name]) => name);
}

async function statusOf(bench: Bench, record: OptimizationRecord): Promise<DiagnosisStatus> {
  if (record.optimizedModelId === null) {
    const [newest] = await bench.store.runs('optimization', record.id);
    const reason = newest === undefined ? 'It was not run yet.' : 'Its runs have left no optimized model.';
    return { state: 'impossible', reason };
  }
  const subject = await subjectOf(bench, record);
  if (subject === undefined) {
    const reason =
      'A diagnosis compares a model in 8 bits with the float model it was made from; this is no such model.';
    return { state: 'impossible', reason };
  }
  const known = await diagnosisStateOf(bench, subject);
  switch (known.state) {
    case 'none':
      return known;
    case 'ready':
      return { state: 'ready', figures: figuresOf(known.result) };
    case 'working':
      return { state: 'working', job: await jobProgressOf(bench, known.run) };
    case 'failed': {
      const { failure } = known.run;
      return {
        state: 'failed',
        message: failure?.message ?? unrecordedFailure,
        nextStep: failure?.nextStep ?? null,
      };
    }
  }
}

function figuresOf({
  findings,
  times,
  samples,
  warnings,
  environment,
  machine,
  ops,
}: DiagnoseResult): DiagnosisFigures {
  return { findings, times, samples, warnings, environment, machine, ops: ops.map(opRow) };
}

/** An operator as the page has it. */
export function opRow({ activations, weights, ...op }: OpDiagnosis): DiagnosedOp {
  const { precision, isRescaled, floatUs, int8Us } = op;
  // Of an error that says nothing no choice follows; of its time, one may.
  const isSlower = floatUs !== null && int8Us !== null && int8Us > floatUs;
  const isCandidate = precision !== 'float' && isQuantizable({ ...op, activations, weights });
  return { ...op, canBeKept: isCandidate && (!isRescaled || isSlower) };
}

/** Values of one op, float and in 8 bits. */
export async function diagnosisHistograms(
  bench: Bench,
  { id, node }: ById & { readonly node: string },
): Promise<OpHistograms> {
  const subject = await subjectOf(bench, await bench.get('optimization', id));
  const known = subject === undefined ? undefined : await diagnosisStateOf(bench, subject);
  const op = known?.state === 'ready' ? known.result.ops.find((one) => one.node === node) : undefined;
  return { activations: op?.activations ?? null, weights: op?.weights ?? null };
}

/** Puts the diagnosis into the queue where there is none. */
export async function diagnosisStart(bench: Bench, { id }: ById): Promise<null> {
  const subject = await subjectOf(bench, await bench.get('optimization', id));
  if (subject === undefined) {
    throw requestErrors.refused(
      'nothing-to-diagnose',
      `The optimization ${id} has no quantized model.`,
      'Run it first.',
    );
  }
  await startDiagnosis(bench, subject);
  return null;
}

/** Stops the diagnosis that is under way. */
export async function diagnosisCancel(bench: Bench, { id }: ById): Promise<null> {
  const subject = await subjectOf(bench, await bench.get('optimization', id));
  const known = subject === undefined ? undefined : await diagnosisStateOf(bench, subject);
  if (known?.state === 'working') await bench.queue.cancel(known.run.folder);
  return null;
}

async function subjectOf(bench: Bench, record: OptimizationRecord): Promise<DiagnosisSubject | undefined> {
  const { optimizedModelId, projectId } = record;
  if (optimizedModelId === null) return undefined;
  // The model may be gone between two questions.
  if ((await bench.store.find('model', optimizedModelId)) === undefined) return undefined;
  return diagnosisSubject(bench, projectId, optimizedModelId);
}
