// Reads what the engine records while it profiles: how long each node of the optimized graph took in each run.
import { createReadStream, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** Times of one node of the graph as the engine runs it; those of a Loop include what its body took. */
export interface NodeTime {
  readonly node: string;
  readonly opType: string;
  /** The part of the engine that ran it, such as `CPUExecutionProvider`. */
  readonly provider: string;
  /** How often it was timed. */
  readonly runs: number;
  readonly totalUs: number;
  /**
   * Microseconds of one run: the mean of the middle half of the runs. The engine counts whole microseconds, so a median
   * would be coarse for small nodes, and a plain mean follows every disturbance.
   */
  readonly timeUs: number;
  /**
   * Microseconds of one inference without what ran in its bodies: the mean of the middle half of the inferences in which
   * it ran, times the fraction of inferences in which it did.
   */
  readonly ownUs: number;
  /** The same of each inference in their order, 0 where it did not run. The engine cuts microseconds off. */
  readonly inferencesUs: readonly number[];
  /** Element types of its inputs and outputs as the engine names them: `float`, `uint8`, `int64`, … */
  readonly inputTypes: readonly string[];
  readonly outputTypes: readonly string[];
  /** Shapes of its outputs in the first run that was timed. */
  readonly outputShapes: readonly (readonly number[])[];
}

/** A node in the body of another (a branch of If, the body of Loop or Scan); it may run more often than once an inference. */
export interface InnerNodeTime extends NodeTime {
  /** The node in whose body it runs. */
  readonly within: string;
}

/** All that was timed after the warm-up. */
export interface Trace {
  /** Those of the main graph, in the order in which they ran. */
  readonly nodes: readonly NodeTime[];
  /** Those in bodies, at any depth. */
  readonly inner: readonly InnerNodeTime[];
  /** Whole inferences behind the times. */
  readonly runs: number;
}

/** The newest file the engine wrote for a prefix: it adds the time of day and `.json`. Undefined for none. */
export function traceFileOf(prefix: string): string | undefined {
  const folder = dirname(prefix);
  const start = `${basename(prefix)}_`;
  const names = readdirSync(folder).filter((name) => name.startsWith(start) && name.endsWith('.json'));
  const newest = names.sort().at(-1);
  return newest === undefined ? undefined : join(folder, newest);
}

/**
 * Reads a trace line by line, an event each, so that its size does not matter. An inference counts when the engine wrote
 * its end: it stops writing at its limit of events, in the middle of one.
 *
 * @param warmupRuns inferences at the beginning that do not count
 */
export async function readTrace(path: string, warmupRuns: number): Promise<Trace> {
  const records = new Map<string, NodeRecord>();
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
  let run: NodeEvent[] = [];
  let finished = 0;
  for await (const line of lines) {
    const event = parseEvent(line);
    if (event === 'run-end') {
      if (finished++ >= warmupRuns) addRun(records, run, finished);
      run = [];
    } else if (event !== undefined) run.push(event);
  }
  const nodes: NodeTime[] = [];
  const inner: InnerNodeTime[] = [];
  const runs = Math.max(0, finished - warmupRuns);
  for (const record of records.values()) {
    const time = timeOf(record, runs, warmupRuns);
    if (record.within === undefined) nodes.push(time);
    else inner.push({ ...time, within: record.within.node });
  }
  return { nodes, inner, runs };
}

interface NodeEvent {
  readonly key: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly node: string;
  readonly opType: string;
  readonly provider: string;
  readonly inputTypes: readonly string[];
  readonly outputTypes: readonly string[];
  readonly outputShapes: readonly (readonly number[])[];
}

interface NodeRecord extends NodeEvent {
  readonly durationsUs: number[];
  /** By inference in which it ran, without what ran in its bodies. */
  readonly ownUsByRun: Map<number, number>;
  readonly within: NodeRecord | undefined;
}

/** Adds one inference. What ran while a node ran is in a body of it. */
function addRun(records: Map<string, NodeRecord>, events: NodeEvent[], run: number): void {
  events.sort((one, other) => one.startUs - other.startUs || other.durationUs - one.durationUs);
  const running: { readonly record: NodeRecord; readonly endUs: number }[] = [];
  for (const event of events) {
    let outer = running.at(-1);
    while (outer !== undefined && event.startUs >= outer.endUs) {
      running.pop();
      outer = running.at(-1);
    }
    const within = outer?.record;
    // Bodies number their nodes each for itself.
    const place = within === undefined ? event.key : `${within.key} > ${event.key}`;
    const record: NodeRecord = records.get(place) ?? {
      ...event,
      key: place,
      durationsUs: [],
      ownUsByRun: new Map(),
      within,
    };
    records.set(place, record);
    record.durationsUs.push(event.durationUs);
    addTo(record.ownUsByRun, run, event.durationUs);
    if (within !== undefined) addTo(within.ownUsByRun, run, -event.durationUs);
    running.push({ record, endUs: event.startUs + event.durationUs });
  }
}

function addTo(sums: Map<number, number>, key: number, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + amount);
}

function timeOf({ durationsUs, ownUsByRun, ...record }: NodeRecord, runs: number, warmupRuns: number): NodeTime {
  const { node, opType, provider, inputTypes, outputTypes, outputShapes } = record;
  // The engine cuts microseconds off, so that bodies may seem to take more than the node they are in.
  const ownUs = Math.max(0, middleMean([...ownUsByRun.values()]) * (ownUsByRun.size / runs));
  const totalUs = durationsUs.reduce((sum, one) => sum + one, 0);
  const times = { runs: durationsUs.length, totalUs, timeUs: middleMean(durationsUs), ownUs };
  // The first inference has the number 1.
  const inferencesUs = Array.from({ length: runs }, (_, run) => ownUsByRun.get(warmupRuns + run + 1) ?? 0);
  return { node, opType, provider, ...times, inferencesUs, inputTypes, outputTypes, outputShapes };
}

/** The mean of the values without the lowest and the highest quarter. */
function middleMean(values: readonly number[]): number {
  const ascending = [...values].sort((one, other) => one - other);
  const cut = Math.floor(ascending.length / 4);
  const middle = ascending.slice(cut, ascending.length - cut);
  return middle.reduce((sum, one) => sum + one, 0) / middle.length;
}

const kernelSuffix = '_kernel_time';

/** A node's event, the end of an inference, or undefined for everything else, a line cut off included. */
function parseEvent(line: string): NodeEvent | 'run-end' | undefined {
  const event = objectOf(line);
  const name = textOf(event?.['name']);
  if (event === undefined || name === '') return undefined;
  if (event['cat'] === 'Session') return name === 'model_run' ? 'run-end' : undefined;
  const { args, dur, ts } = event;
  if (event['cat'] !== 'Node' || !name.endsWith(kernelSuffix)) return undefined;
  if (typeof dur !== 'number' || typeof ts !== 'number' || typeof args !== 'object' || args === null) return undefined;
  const details = args as Readonly<Record<string, unknown>>;
  return {
    key: `${textOf(details['node_index'])} ${name}`,
    startUs: ts,
    durationUs: dur,
    node: name.slice(0, -kernelSuffix.length),
    opType: textOf(details['op_name']),
    provider: textOf(details['provider']),
    inputTypes: typesOf(details['input_type_shape']),
    outputTypes: typesOf(details['output_type_shape']),
    outputShapes: shapesOf(details['output_type_shape']),
  };
}

function objectOf(line: string): Readonly<Record<string, unknown>> | undefined {
  const text = line.trim().replace(/,$/, '');
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** `[{"uint8":[1,3]},{"float":[]}]` as `uint8`, `float`. */
function typesOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.map((one: unknown) =>
    typeof one === 'object' && one !== null ? (Object.keys(one)[0] ?? 'unknown') : 'unknown',
  );
}

/** `[{"uint8":[1,3]},{"float":[]}]` as `[1, 3]`, `[]`. */
function shapesOf(value: unknown): number[][] {
  if (!Array.isArray(value)) return [];
  return value.map((one: unknown) => {
    const [dims] = typeof one === 'object' && one !== null ? (Object.values(one) as unknown[]) : [];
    return Array.isArray(dims) ? dims.filter((dim) => typeof dim === 'number') : [];
  });
}
