// Operations on diagnoses (SYSTEMS §1.3, §1.8): ops with their errors, one op, its histograms, findings of the whole.
import { dynamicOpTypes, staticOpTypes } from '../../dictionary/quantizableOps';
import { byError } from '../../protocol/diagnosis';
import type { DiagnoseResult, HistogramPair, OpDiagnosis } from '../../protocol/diagnosis';
import type { Bench } from '../bench';
import { diagnosisGenerate } from './diagnosisGenerate';
import { diagnosisOf, diagnosisSubject } from './diagnosisRun';
import type { DiagnosisSubject } from './diagnosisRun';
import { opTypesOf } from '../model/modelNodes';
import { modelWiseParams } from './diagnosisParams';
import { answeringNow } from '../operation';
import type { Operation } from '../operation';
import { requestErrors } from '../requestErrors';
import type { RequestReader } from '../requestReader';

interface ModelRequest {
  readonly projectId: number;
  readonly modelId: number;
}

function readModelRequest(parameters: RequestReader): ModelRequest {
  return { projectId: parameters.id('project_id', 'project'), modelId: parameters.id('model_id', 'model') };
}

interface OpRequest extends ModelRequest {
  readonly opName: string;
}

function readOpRequest(parameters: RequestReader): OpRequest {
  return { ...readModelRequest(parameters), opName: parameters.text('op_name') };
}

interface Diagnosis {
  readonly subject: DiagnosisSubject;
  readonly result: DiagnoseResult;
}

/** Undefined for a model that is not the quantized one of an optimization. */
async function diagnosisFor(bench: Bench, { projectId, modelId }: ModelRequest): Promise<Diagnosis | undefined> {
  const subject = await diagnosisSubject(bench, projectId, modelId);
  return subject === undefined ? undefined : { subject, result: await diagnosisOf(bench, subject) };
}

export const diagnosisSummary: Operation<ModelRequest, object> = {
  path: 'diagnosis',
  summary: 'Show how a quantized model compares with its float model, and what keeps it from being faster.',
  read: readModelRequest,
  run: async (bench, request) => {
    const diagnosis = await diagnosisFor(bench, request);
    if (diagnosis === undefined) return {};
    const { findings, times, samples, warnings, environment, machine } = diagnosis.result;
    return {
      findings: findings.map(({ code, message, ops, shareOfTime }) => ({
        code,
        message,
        ops,
        share_of_time: shareOfTime,
      })),
      // Microseconds of one inference.
      float_time: times.float.wallUs,
      int8_time: times.int8.wallUs,
      samples,
      warnings,
      environment,
      machine,
    };
  },
};

export const diagnosisOpList: Operation<ModelRequest, readonly object[]> = {
  path: 'diagnosis/op_list',
  summary:
    'List the ops of a quantized model with the errors of their outputs, the largest first; those that say nothing last.',
  read: readModelRequest,
  run: async (bench, request) => {
    const diagnosis = await diagnosisFor(bench, request);
    return (diagnosis?.result.ops ?? []).filter(isQuantizable).sort(byError).map(opRow);
  },
};

const quantizable: ReadonlySet<string> = new Set([...staticOpTypes, ...dynamicOpTypes]);

/** Ops about which something can be decided; those kept in float among them. */
export function isQuantizable({ opType, precision }: OpDiagnosis): boolean {
  return precision !== 'float' || quantizable.has(opType);
}

function opRow(op: OpDiagnosis): object {
  return {
    'OP name': op.node,
    MSE: op.mse,
    'Activation Min': op.activationMin,
    'Activation Max': op.activationMax,
    op_type: op.opType,
    precision: op.precision,
    sqnr_db: op.sqnrDb,
    // The two errors say nothing.
    is_rescaled: op.isRescaled,
    // Microseconds of one inference.
    float_time: op.floatUs,
    int8_time: op.int8Us,
  };
}

export const diagnosisOpDetails: Operation<OpRequest, object> = {
  path: 'diagnosis/op_details',
  summary: 'Show how one op of a quantized model computes.',
  read: readOpRequest,
  run: async (bench, request) => {
    const diagnosis = await diagnosisFor(bench, request);
    const op = diagnosis?.result.ops.find(({ node }) => node === request.opName);
    if (diagnosis === undefined || op === undefined) return {};
    const types = op.mergedNodes.length === 0 ? undefined : opTypesOf(bench.absolutePath(diagnosis.subject.float.path));
    return {
      'OP name': op.node,
      Pattern: {
        sequence: [op.opType, ...op.mergedNodes.flatMap((name) => types?.get(name) ?? [])],
        precision: op.precision === 'float' ? 'float32' : 'int8',
      },
      Weights: op.weight === null ? {} : { dtype: op.weight.type, granularity: op.weight.granularity },
      Activation: { dtype: op.activationType },
      merged_nodes: op.mergedNodes,
      computed_with: op.computedWith,
      ...withoutNames(opRow(op)),
    };
  },
};

/** The row of the list without the columns that have another form in the details. */
function withoutNames(row: object): object {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'OP name'));
}

const histogramTypes = ['weights', 'activation'] as const;
type HistogramType = (typeof histogramTypes)[number];

interface HistogramRequest extends OpRequest {
  readonly type: HistogramType;
}

export const diagnosisHistogram: Operation<HistogramRequest, readonly object[]> = {
  path: 'diagnosis/histogram',
  summary: 'Show how the weights or the activations of one op are distributed, in float and in 8 bits.',
  read: (parameters) => {
    const type = parameters.optionalChoice('type', histogramTypes);
    if (type === undefined) throw requestErrors.parameterMissing('type');
    return { ...readOpRequest(parameters), type };
  },
  run: async (bench, request) => {
    const { opName, type } = request;
    const op = (await diagnosisFor(bench, request))?.result.ops.find(({ node }) => node === opName);
    const pair = type === 'weights' ? op?.weights : op?.activations;
    return pair === undefined || pair === null ? [] : [histogramView(`${opName} ${type} histogram`, pair)];
  },
};

/** Float and dequantized values are laid over each other, as the channels of a tensor were in the originals. */
function histogramView(name: string, { min, max, float, int8 }: HistogramPair): object {
  const series = [...(float === null ? [] : [{ name: 'float', counts: float }]), { name: 'int8', counts: int8 }];
  return {
    name,
    histograms: series.map(({ name: series_name, counts }) => ({
      data: representatives(counts, min, max),
      series: series_name,
      counts,
      min,
      max,
    })),
  };
}

/** About so many numbers stand for a tensor. */
const mostRepresentatives = 2000;

/**
 * Values that have the histogram they are made from: clients of the originals count for themselves. The middle of each
 * bin, as often as its share; a bin that holds anything at least once.
 */
function representatives(counts: readonly number[], min: number, max: number): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const perValue = Math.max(1, total / mostRepresentatives);
  const width = (max - min) / counts.length;
  return counts.flatMap((count, bin) =>
    count === 0
      ? []
      : new Array<number>(Math.max(1, Math.round(count / perValue))).fill(min + (bin + (max > min ? 0.5 : 0)) * width),
  );
}

export const diagnosisOperations = [
  answeringNow(diagnosisSummary),
  answeringNow(diagnosisOpList),
  answeringNow(diagnosisOpDetails),
  answeringNow(diagnosisHistogram),
  answeringNow(diagnosisGenerate),
  answeringNow(modelWiseParams),
];
