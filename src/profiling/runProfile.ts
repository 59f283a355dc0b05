// The job `profile`: what the time of one model goes into, by op type and by node, from the engine's own record.
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { disturbances, processorTime } from '../benchmark/disturbance';
import { feedsThatFit } from '../benchmark/declaredInputs';
import { loadInputs } from '../benchmark/inputs';
import { machineFacts } from '../benchmark/machineFacts';
import { AtomicFile } from '../files/atomicWrite';
import { fileErrorOf } from '../files/fileErrors';
import { sha256OfFile } from '../files/fileHash';
import { readModel } from '../onnx/readModel';
import type { OnnxModel } from '../onnx/readModel';
import type { ModelTimes } from '../protocol/diagnosis';
import type { JobContext } from '../protocol/jobContext';
import type { ProfileResult, ProfileSpec } from '../protocol/profiling';
import { fixedBatchSize } from '../quantization/calibration/fixedBatchSize';
import { openGraph } from '../quantization/calibration/openGraph';
import { environmentOf } from '../runtime/environment';
import { openSession } from '../runtime/onnxRuntimeNode';
import type { EngineSession, PortInfo, SessionOptions } from '../runtime/session';
import { makeUpInputs } from './madeUpInputs';
import { withNamedNodes } from './namedNodes';
import { nodeProfiles } from './nodeProfiles';
import { opTypeTimes } from './opTypeTimes';
import { defaultProfile, medianInferences, recordNodes } from './profileModel';
import type { Feeds, ProfileSubject, Recording } from './profileModel';

/**
 * Runs the model on one item at a time (or on the batch it insists on), first with the engine's record, then without it,
 * since recording itself takes time. On failure and on cancel the file at `tracePath` is as it was before.
 *
 * @throws `profiling-…`, and what reading the model, its data and running it throw
 */
export async function runProfile(spec: ProfileSpec, context: JobContext): Promise<ProfileResult> {
  const began = performance.now();
  const folder = join(context.folder, 'intermediates');
  const model = readModel(spec.modelPath);
  try {
    await mkdir(folder, { recursive: true });
    const figures = await profile(model, spec, { ...context, folder });
    return {
      model: spec.modelPath,
      modelSha256: await sha256OfFile(spec.modelPath),
      ...figures,
      warmupRuns: spec.warmupRuns,
      data: spec.datasetPath === undefined ? 'random' : 'dataset',
      trace: spec.tracePath ?? null,
      environment: environmentOf(spec.threads),
      ms: performance.now() - began,
    };
  } finally {
    model.close();
    await rm(folder, { recursive: true, force: true });
  }
}

type Figures = Pick<ProfileResult, 'ops' | 'nodes' | 'times' | 'runs' | 'inputShapes' | 'warnings' | 'machine'>;

async function profile(model: OnnxModel, spec: ProfileSpec, context: JobContext): Promise<Figures> {
  const named = withNamedNodes(model);
  const open = opener(model, named, spec, context);
  const { feedsFor, notes } = await inputsFor(open, spec, context);
  let inputShapes: ProfileResult['inputShapes'] = {};
  const subject: ProfileSubject = {
    name: basename(spec.modelPath),
    open,
    feedsFor: (ports) => {
      const feeds = feedsFor(ports);
      inputShapes = Object.fromEntries(Object.entries(feeds[0] ?? {}).map(([name, { dims }]) => [name, dims]));
      return feeds;
    },
  };
  const machine = machineFacts();
  const before = processorTime();
  const recording = await record(subject, spec, context);
  const [wallUs = NaN] = await medianInferences([subject], {
    ...defaultProfile,
    ...context,
    onRound: (done, total) => context.onProgress({ phase: 'timing whole inferences', done, total, unit: 'runs' }),
  });
  const disturbed = disturbances(before, processorTime(), { isAlone: true });
  const nodes = nodeProfiles(named.graph, recording);
  const times = { wallUs, kernelUs: nodes.reduce((sum, { timeUs }) => sum + timeUs, 0) };
  return {
    ops: opTypeTimes(model.proto, recording),
    nodes,
    times,
    runs: recording.runs,
    inputShapes,
    warnings: [...notes, ...shortRecord(recording, spec), ...costOfRecording(times), ...disturbed],
    machine,
  };
}

type Open = (more: SessionOptions) => Promise<EngineSession>;

/** The file itself, unless some of its nodes had to be named. */
function opener(model: OnnxModel, named: OnnxModel, spec: ProfileSpec, context: JobContext): Open {
  const settings: SessionOptions = { threads: spec.threads, dimensions: spec.dimensions };
  return named === model
    ? (more) => openSession(spec.modelPath, { ...settings, ...more })
    : (more) => openGraph(named.proto, model, context, { ...settings, ...more });
}

interface Inputs {
  readonly feedsFor: (ports: readonly PortInfo[]) => readonly Feeds[];
  readonly notes: readonly string[];
}

async function inputsFor(open: Open, spec: ProfileSpec, context: JobContext): Promise<Inputs> {
  const { datasetPath, dimensions } = spec;
  if (datasetPath !== undefined) {
    const session = await open({});
    try {
      const batchSize = fixedBatchSize(session.inputs) ?? 1;
      const source = await loadInputs({ datasetPath, batchSize, dimensions }, context);
      const { feeds, notes } = await feedsThatFit(source, session, { datasetPath, batchSize }, context);
      return { feedsFor: () => feeds, notes };
    } finally {
      await session.close();
    }
  }
  const name = basename(spec.modelPath);
  const { feeds, assumed } = await makeUpInputs(name, () => open({}), dimensions, context.signal);
  const note = `Sizes were assumed for open dimensions: ${assumed.join(', ')}. Times depend on them: give yours with --dim NAME=N, or real inputs with --data.`;
  return { feedsFor: () => [feeds], notes: assumed.length === 0 ? [] : [note] };
}

async function record(subject: ProfileSubject, spec: ProfileSpec, context: JobContext): Promise<Recording> {
  const { runs, warmupRuns, tracePath } = spec;
  const [recording] = await recordNodes([subject], {
    ...context,
    runs,
    warmupRuns,
    maxMs: Infinity,
    mostEvents: Infinity,
    onRound: (done, total) => context.onProgress({ phase: 'recording', done, total, unit: 'runs' }),
    ...(tracePath === undefined ? {} : { onRecord: (file) => keepRecord(file, tracePath, context.signal) }),
  });
  if (recording === undefined) throw new RangeError('one subject gives one recording');
  return recording;
}

async function keepRecord(file: string, path: string, signal: AbortSignal): Promise<void> {
  const kept = await AtomicFile.create(path);
  try {
    for await (const chunk of createReadStream(file, { signal })) await kept.write(chunk as Uint8Array);
    await kept.commit();
  } catch (thrown) {
    signal.throwIfAborted();
    throw fileErrorOf(thrown, path);
  } finally {
    await kept.discard();
  }
}

/** The engine stops recording at a million events. */
function shortRecord({ runs }: Recording, spec: ProfileSpec): string[] {
  return runs >= spec.runs
    ? []
    : [`The engine's record was full after ${runs} of ${spec.runs} runs: the figures are of those.`];
}

/** Above this, the sum of the recorded times is more than noise can make of that of whole inferences. */
const costlyRecord = 1.2;

function costOfRecording({ wallUs, kernelUs }: ModelTimes): string[] {
  const ratio = kernelUs / wallUs;
  return ratio <= costlyRecord
    ? []
    : [
        `Recording takes time itself: the nodes together took ${ratio.toFixed(1)} times a whole inference without it. Those of a few microseconds look longer than they are.`,
      ];
}
