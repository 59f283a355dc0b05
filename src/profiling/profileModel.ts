// Times the nodes of models inside this process: the engine's own record of each, and whole inferences beside it.
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FileSource } from '../onnx/byteSource';
import { decodeModel } from '../onnx/decode';
import type { GraphProto } from '../onnx/messages';
import { emptyGraph } from '../onnx/modelWalk';
import type { Tensor } from '../onnx/tensor';
import type { EngineSession, PortInfo, SessionOptions } from '../runtime/session';
import { readTrace, traceFileOf } from '../runtime/trace';
import type { Trace } from '../runtime/trace';
import { profilingErrors } from './profilingErrors';

/** Inputs of one run, by graph input name. */
export type Feeds = Readonly<Record<string, Tensor>>;

/** A model that can be opened more than once, with the settings given here besides its own. */
export interface ProfileSubject {
  /** For people: the file's name. */
  readonly name: string;
  readonly open: (settings: SessionOptions) => Promise<EngineSession>;
  /** At least one; they take turns. */
  readonly feedsFor: (inputs: readonly PortInfo[]) => readonly Feeds[];
}

export interface ProfileOptions {
  /** Inferences of each model that are timed, at most. */
  readonly runs: number;
  /** No further round is begun after this long; two inferences are timed in any case. */
  readonly maxMs: number;
  /** Where the engine's record and the optimized graph lie until they are read. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Inferences before the timed ones. */
  readonly warmupRuns?: number;
  /** Fewer inferences are recorded where the record would have more events: 700 bytes for every node of every inference. */
  readonly mostEvents?: number;
  /** Is given the engine's record of each model before it is removed. */
  readonly onRecord?: (path: string) => Promise<void>;
  readonly onRound?: (done: number, total: number) => void;
}

/** What the engine recorded of a model; `runs` are the inferences behind the times. */
export interface Recording extends Trace {
  /** The graph as the engine runs it; without the elements of its tensors. */
  readonly graph: GraphProto;
  /** Sum of the nodes' times, microseconds of one inference. */
  readonly kernelUs: number;
}

/** What a model's time goes into. */
export interface ModelProfile extends Recording {
  /** Median of inferences without the record, microseconds. */
  readonly wallUs: number;
  /** Each of these inferences, in their order. */
  readonly inferencesUs: readonly number[];
}

export const defaultProfile = { runs: 30, maxMs: 2000 } as const;

const shortWarmup = 3;
/** Runs of a model in a row: were there one, every run would find the other model's weights in the caches. */
const burstRuns = 5;
const fewestRuns = 2;
const fewEvents = 60_000;

/** Profiles one model. Throws what opening and running it throw, and `profiling-no-record`. */
export async function profileModel(subject: ProfileSubject, options: ProfileOptions): Promise<ModelProfile> {
  const [profile] = await profileTogether([subject], options);
  if (profile === undefined) throw new RangeError('one subject gives one profile');
  return profile;
}

/**
 * Profiles models that are to be compared: their inferences take turns, so that what disturbs the machine disturbs all
 * of them. First with the engine's record of each node, then without it, since recording itself takes time.
 */
export async function profileTogether(
  subjects: readonly ProfileSubject[],
  options: ProfileOptions,
): Promise<ModelProfile[]> {
  const recordings = await recordNodes(subjects, options);
  const inferences = await timedInferences(subjects, options);
  return recordings.map((recording, index) => {
    const inferencesUs = inferences[index] ?? [];
    return { ...recording, wallUs: medianOf(inferencesUs), inferencesUs };
  });
}

/** The engine's record of every node of every model. Throws as `profileModel` does. */
export async function recordNodes(subjects: readonly ProfileSubject[], options: ProfileOptions): Promise<Recording[]> {
  const { warmupRuns = shortWarmup, mostEvents = fewEvents } = options;
  const files = subjects.map(() => join(options.folder, `profile-${randomUUID()}`));
  const graphFile = (prefix: string): string => `${prefix}.onnx`;
  try {
    const settings = files.map((prefix) => ({ profilePrefix: prefix, optimizedModelPath: graphFile(prefix) }));
    const graphs: GraphProto[] = [];
    await withSessions(subjects, settings, options, async (runners) => {
      for (const prefix of files) graphs.push(graphOf(graphFile(prefix)));
      const largest = Math.max(1, ...graphs.map((graph) => graph.node.length));
      const affordable = Math.max(fewestRuns, Math.floor(mostEvents / largest) - warmupRuns);
      await takeTurns(runners, { ...options, runs: Math.min(options.runs, affordable) });
    });
    const recordings: Recording[] = [];
    for (const [index, subject] of subjects.entries()) {
      recordings.push(await readRecording(subject, files[index] ?? '', graphs[index], options));
    }
    return recordings;
  } finally {
    for (const prefix of files) {
      await rm(graphFile(prefix), { force: true });
      const trace = traceFileOf(prefix);
      if (trace !== undefined) await rm(trace, { force: true });
    }
  }
}

async function readRecording(
  { name }: ProfileSubject,
  prefix: string,
  graph: GraphProto | undefined,
  { warmupRuns = shortWarmup, onRecord }: ProfileOptions,
): Promise<Recording> {
  const file = traceFileOf(prefix);
  const trace = file === undefined ? undefined : await readTrace(file, warmupRuns);
  if (graph === undefined || file === undefined || trace === undefined || trace.runs === 0) {
    throw profilingErrors.noRecord(name);
  }
  await onRecord?.(file);
  const kernelUs = trace.nodes.reduce((sum, node) => sum + (node.timeUs * node.runs) / trace.runs, 0);
  return { graph, ...trace, kernelUs };
}

/** The structure of a graph the engine saved. Its external data is still where the model is and cannot be checked. */
function graphOf(path: string): GraphProto {
  const source = FileSource.open(path);
  try {
    return decodeModel(source).graph ?? emptyGraph;
  } finally {
    source.close();
  }
}

/** For each model the median of inferences without the record, microseconds. */
export async function medianInferences(
  subjects: readonly ProfileSubject[],
  options: ProfileOptions,
): Promise<number[]> {
  return (await timedInferences(subjects, options)).map(medianOf);
}

/** For each model its inferences without the record, microseconds. */
async function timedInferences(
  subjects: readonly ProfileSubject[],
  options: ProfileOptions,
): Promise<(readonly number[])[]> {
  const settings = subjects.map(() => ({}));
  return withSessions(subjects, settings, options, async (runners) => {
    await takeTurns(runners, options);
    return runners.map(({ timesUs }) => timesUs);
  });
}

/** A loaded model, its inputs, and how long its inferences took. */
class Runner {
  readonly timesUs: number[] = [];
  private next = 0;

  constructor(
    private readonly session: EngineSession,
    private readonly feeds: readonly Feeds[],
  ) {}

  async run(): Promise<number> {
    const feed = this.feeds[this.next] ?? {};
    this.next = (this.next + 1) % this.feeds.length;
    const began = performance.now();
    await this.session.run(feed);
    return (performance.now() - began) * 1000;
  }
}

/** Opens all models, lets `work` use them, and closes them. */
async function withSessions<Result>(
  subjects: readonly ProfileSubject[],
  settings: readonly SessionOptions[],
  { signal }: ProfileOptions,
  work: (runners: readonly Runner[]) => Promise<Result>,
): Promise<Result> {
  const sessions: EngineSession[] = [];
  try {
    const runners: Runner[] = [];
    for (const [index, { open, feedsFor }] of subjects.entries()) {
      signal.throwIfAborted();
      const session = await open(settings[index] ?? {});
      sessions.push(session);
      runners.push(new Runner(session, feedsFor(session.inputs)));
    }
    return await work(runners);
  } finally {
    for (const session of sessions) await session.close();
  }
}

async function takeTurns(
  runners: readonly Runner[],
  { runs, maxMs, signal, warmupRuns = shortWarmup, onRound }: ProfileOptions,
): Promise<void> {
  for (const runner of runners) {
    for (let run = 0; run < warmupRuns; run++) {
      signal.throwIfAborted();
      await runner.run();
    }
  }
  const began = performance.now();
  let slowestUs = 0;
  for (let done = 0; done < runs && (done < fewestRuns || performance.now() - began < maxMs);) {
    // A slow model is not run five times before the clock is looked at again.
    const wanted = done === 0 ? fewestRuns : Math.max(1, Math.min(burstRuns, Math.floor((maxMs * 100) / slowestUs)));
    const burst = Math.min(wanted, runs - done);
    for (const runner of runners) {
      for (let run = 0; run < burst; run++) {
        signal.throwIfAborted();
        runner.timesUs.push(await runner.run());
        slowestUs = Math.max(slowestUs, runner.timesUs.at(-1) ?? 0);
      }
    }
    done += burst;
    onRound?.(done, runs);
  }
}

function medianOf(values: readonly number[]): number {
  const ascending = [...values].sort((one, other) => one - other);
  const middle = (ascending.length - 1) / 2;
  return ((ascending[Math.floor(middle)] ?? NaN) + (ascending[Math.ceil(middle)] ?? NaN)) / 2;
}
