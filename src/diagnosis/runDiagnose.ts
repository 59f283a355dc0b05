// The job `diagnose`: operator by operator, what a quantized model lost of the float model's accuracy and won of its time.
import { beginActivity } from '../processes/activity';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { disturbances, processorTime } from '../benchmark/disturbance';
import { machineFacts } from '../benchmark/machineFacts';
import { batches } from '../data/batches';
import type { Batch } from '../data/contracts';
import { loadingActivity, openDataset } from '../data/openDataset';
import { sha256OfFile } from '../files/fileHash';
import type { ModelProto } from '../onnx/messages';
import { quantizationFormOf } from '../onnx/quantizationForm';
import { readModel } from '../onnx/readModel';
import type { OnnxModel } from '../onnx/readModel';
import type { DiagnoseResult, DiagnoseSpec } from '../protocol/diagnosis';
import type { JobContext } from '../protocol/jobContext';
import { fixedBatchSize } from '../quantization/calibration/fixedBatchSize';
import { openGraph } from '../quantization/calibration/openGraph';
import { environmentOf } from '../runtime/environment';
import { bindInputs } from '../runtime/feeds';
import type { EngineSession, SessionOptions } from '../runtime/session';
import { describeOps } from './describeOps';
import { diagnosisErrors } from './diagnosisErrors';
import { explainSpeed } from './explainSpeed';
import { rescalingNotes } from './rescaledOps';
import { matchOps } from '../onnx/matching/matchOps';
import { inputsOf } from '../profiling/inputsOf';
import { withNamedNodes } from '../profiling/namedNodes';
import { defaultProfile, profileTogether } from '../profiling/profileModel';
import type { Feeds, ModelProfile, ProfileSubject } from '../profiling/profileModel';

/**
 * Times both models and compares the values inside them on samples of the data set.
 *
 * @throws `diagnosis-…` when the models are not a float one and a quantized form of it; what data, model and engine throw
 */
export async function runDiagnose(spec: DiagnoseSpec, context: JobContext): Promise<DiagnoseResult> {
  const opened: OnnxModel[] = [];
  const open = (path: string): OnnxModel => {
    const model = readModel(path);
    opened.push(model);
    return withNamedNodes(model);
  };
  // What the engine records and the graphs made on the way are of no use afterwards.
  const folder = join(context.folder, 'intermediates');
  try {
    await mkdir(folder, { recursive: true });
    const float = open(spec.floatPath);
    const int8 = open(spec.int8Path);
    checkForms(float, int8, spec);
    return await diagnose(float, int8, spec, { ...context, folder });
  } finally {
    for (const model of opened) model.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function checkForms(float: OnnxModel, int8: OnnxModel, { floatPath, int8Path }: DiagnoseSpec): void {
  if (quantizationFormOf(float.proto).form !== 'none') throw diagnosisErrors.isQuantized(floatPath);
  if (quantizationFormOf(int8.proto).form === 'none') throw diagnosisErrors.notQuantized(int8Path);
}

async function diagnose(
  float: OnnxModel,
  int8: OnnxModel,
  spec: DiagnoseSpec,
  context: JobContext,
): Promise<DiagnoseResult> {
  const began = performance.now();
  const matched = matchOps(float.graph, int8.graph);
  if (matched.ops.length === 0) throw diagnosisErrors.nothingInCommon(spec.int8Path, spec.floatPath);
  const settings: SessionOptions = { threads: spec.threads, dimensions: spec.dimensions };
  const opener =
    (model: OnnxModel) =>
    (proto: ModelProto, more: SessionOptions = {}): Promise<EngineSession> =>
      openGraph(proto, model, context, { ...settings, ...more });
  const [openFloat, openInt8] = [opener(float), opener(int8)];
  const { loaded, notes } = await loadSamples(spec, openFloat.bind(undefined, float.proto), context);
  const subject = (path: string, { proto }: OnnxModel, openModel: typeof openFloat): ProfileSubject => ({
    name: basename(path),
    open: (more) => openModel(proto, more),
    feedsFor: (ports) => loaded.map((batch) => bindInputs(batch.inputs, ports)),
  });
  const machine = machineFacts();
  const before = processorTime();
  const [floatProfile, int8Profile] = await profileTogether(
    [subject(spec.floatPath, float, openFloat), subject(spec.int8Path, int8, openInt8)],
    {
      ...defaultProfile,
      folder: context.folder,
      signal: context.signal,
      onRound: (done, total) => context.onProgress({ phase: 'timing', done, total, unit: 'runs' }),
    },
  );
  if (floatProfile === undefined || int8Profile === undefined) throw new RangeError('two subjects give two profiles');
  const warnings = [...notes, ...disturbances(before, processorTime(), { isAlone: true })];
  const { findings, times } = explainSpeed({
    matched,
    float: { graph: float.graph, profile: floatProfile },
    int8: { graph: int8.graph, profile: int8Profile },
    cpuFlags: machine.cpuFlags,
    architecture: process.arch,
  });
  const feedsOf = async (openModel: typeof openFloat, { proto }: OnnxModel): Promise<Feeds[]> => {
    const inputs = await inputsOf(() => openModel(proto));
    return loaded.map((batch) => bindInputs(batch.inputs, inputs));
  };
  const ops = await describeOps({ float, int8, openFloat, openInt8 }, matched, times, {
    feeds: await feedsOf(openFloat, float),
    int8Feeds: await feedsOf(openInt8, int8),
    signal: context.signal,
    onProgress: (done, total) => context.onProgress({ phase: 'comparing', done, total, unit: 'tensors' }),
  });
  return {
    float: spec.floatPath,
    int8: spec.int8Path,
    ops,
    findings,
    times: { float: timesOf(floatProfile), int8: timesOf(int8Profile), runs: int8Profile.runs },
    samples: loaded.reduce((sum, { ids }) => sum + ids.length, 0),
    warnings: [...warnings, ...rescalingNotes(ops)],
    environment: environmentOf(spec.threads),
    machine,
    floatSha256: await sha256OfFile(spec.floatPath),
    int8Sha256: await sha256OfFile(spec.int8Path),
    ms: performance.now() - began,
  };
}

function timesOf({ wallUs, kernelUs }: ModelProfile): { wallUs: number; kernelUs: number } {
  return { wallUs, kernelUs };
}

/** Beyond these many bytes of inputs no further batch is loaded. */
const mostBytes = 256 * 2 ** 20;

/** Batches of the size the model insists on, or of one sample. */
async function loadSamples(
  { datasetPath, samples }: DiagnoseSpec,
  open: () => Promise<EngineSession>,
  { signal, onProgress }: JobContext,
): Promise<{ loaded: Batch[]; notes: readonly string[] }> {
  const dataset = await openDataset(datasetPath);
  try {
    const batchSize = fixedBatchSize(await inputsOf(open)) ?? 1;
    const limit = Math.ceil(samples / batchSize) * batchSize;
    const loaded: Batch[] = [];
    beginActivity(loadingActivity(dataset, datasetPath));
    let bytes = 0;
    for await (const batch of batches(dataset.loader, { batchSize, limit, lastBatch: 'discard', signal })) {
      loaded.push(batch);
      onProgress({ phase: 'loading inputs', done: loaded.length, unit: 'batches' });
      for (const { data } of Object.values(batch.inputs)) bytes += ArrayBuffer.isView(data) ? data.byteLength : 0;
      if (bytes >= mostBytes) break;
    }
    if (loaded.length === 0) throw diagnosisErrors.noSamples(datasetPath);
    return { loaded, notes: dataset.notes };
  } finally {
    await dataset.close();
  }
}
