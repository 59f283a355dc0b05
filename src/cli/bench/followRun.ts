// Runs a thing of the bench and follows it to its end: place in the queue, progress, trials; Ctrl-C stops the run.
import type { RunNews } from '../../jobs/runQueue';
import type { FailureRecord } from '../../protocol/benchError';
import type { RunSummary } from '../../protocol/runs';
import type { TrialRow } from '../../protocol/tuning';
import type { RunnableKind } from '../../store/records';
import type { Command } from '../command';
import { exitCodes } from '../command';
import { JobCancelled } from '../job';
import { printFailure, printJson, printLine, printNote, ProgressLine } from '../terminal';
import type { Answer } from './answer';
import { benchCommand, word } from './benchCommand';
import type { BenchDoor } from './benchDoor';
import { idOf } from './identify';

/** What differs between the kinds of things that run. */
export interface RunKind {
  readonly kind: RunnableKind;
  readonly summary: string;
  /** Shows what came of it. */
  readonly show: (details: Answer, door: BenchDoor) => void;
  /** Asked once before the run begins; shows each trial as it ends. Absent: the kind has no trials. */
  readonly trials?: (door: BenchDoor, details: Answer) => Promise<(row: TrialRow) => void>;
}

/** The verb `run` of a noun. */
export function runCommand(of: RunKind): Command {
  const { kind } = of;
  const positional = kind.toUpperCase();
  return benchCommand(
    {
      name: `${kind}s run`,
      positionals: positional,
      minPositionals: 1,
      summary: of.summary,
      details: [
        'One run at a time works in a bench; others wait their turn. Ctrl-C stops the run that is followed here.',
        'With --json the details as they are at the end; "error" among them says why it failed.',
      ].join('\n'),
      options: [
        { name: 'detach', type: 'flag', help: 'put it into the queue and return at once; it runs in the background' },
      ],
    },
    async (door, parsed, signal) => {
      const id = await idOf(door, kind, word(parsed, 0));
      return parsed.flag('detach') ? detach(door, kind, id) : follow(door, of, id, signal);
    },
  );
}

async function detach(door: BenchDoor, kind: RunnableKind, id: number): Promise<undefined> {
  await door.start(`${kind}/execute`, { [`${kind}_id`]: id });
  door.print(await door.call(kind, { id }), (details) => {
    printLine(`The ${kind} ${id} is ${details.at('state').text('queued')}.`);
    door.next('queue', 'list');
  });
}

async function follow(door: BenchDoor, of: RunKind, id: number, signal: AbortSignal): Promise<number> {
  const { kind } = of;
  const { queue } = door.bench;
  const isJson = door.parsed.flag('json');
  const onTrial = isJson ? undefined : await of.trials?.(door, await door.call(kind, { id }));
  const progress = new ProgressLine(isJson || onTrial !== undefined);
  const isMeant = ({ subject }: RunNews): boolean => subject.kind === kind && subject.id === id;
  const watching = queue.watch((news) => {
    if (!isMeant(news)) return;
    if (news.type === 'progress') progress.show(news.progress);
    if (news.type !== 'trial') return;
    progress.clear();
    onTrial?.(news.trial);
  });
  try {
    const run = await started(door, kind, id);
    const ended = await endOf(door, run, signal);
    progress.clear();
    return await conclude(door, of, id, ended, signal.aborted);
  } finally {
    watching[Symbol.dispose]();
    progress.clear();
  }
}

/** Asks for the run and finds it. */
async function started(door: BenchDoor, kind: RunnableKind, id: number): Promise<RunSummary> {
  const { queue, store } = door.bench;
  const requestId = await door.start(`${kind}/execute`, { [`${kind}_id`]: id });
  const run = (await store.runs(kind, id)).find((one) => one.requestId === requestId);
  if (run === undefined) throw new Error(`The run of ${kind} ${id} was accepted and is not there.`);
  const before = (await queue.list()).find(({ folder }) => folder === run.folder)?.position ?? 0;
  if (before > 0) printNote(`waiting: ${before === 1 ? 'one run was' : `${before} runs were`} asked for before`);
  return run;
}

/** The run when it has ended; Ctrl-C ends it. */
async function endOf(
  { bench: { queue } }: BenchDoor,
  { folder }: RunSummary,
  signal: AbortSignal,
): Promise<RunSummary> {
  try {
    return await queue.ended(folder, signal);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    await queue.cancel(folder);
    return await queue.ended(folder);
  }
}

async function conclude(
  door: BenchDoor,
  { kind, show }: RunKind,
  id: number,
  { state, failure }: RunSummary,
  isInterrupted: boolean,
): Promise<number> {
  const details = await door.call(kind, { id });
  if (state === 'cancelled') {
    // A search that was stopped may leave the best it had found.
    if (!door.parsed.flag('json') && details.at('optimized_model').isThere) show(details, door);
    throw new JobCancelled();
  }
  if (state === 'error') {
    reportFailure(door, details, failure);
    return exitCodes.failed;
  }
  door.print(details, show);
  return isInterrupted ? exitCodes.interrupted : exitCodes.done;
}

function reportFailure(door: BenchDoor, details: Answer, failure: FailureRecord | null): void {
  if (door.parsed.flag('json'))
    printJson({ ...Object.fromEntries(details.entries.map(([name, { value }]) => [name, value])), error: failure });
  if (failure !== null) printFailure(failure);
  const log = details.at('log_path').text('');
  if (log !== '') printNote(`log: ${log}`);
}
