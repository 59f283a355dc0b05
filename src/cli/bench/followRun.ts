// Runs a thing of the bench and follows it to its end: place in the queue, progress, trials; Ctrl-C stops the run.
import { endOfRun } from '../../jobs/runQueued';
import type { RunNews } from '../../jobs/runQueue';
import type { FailureRecord } from '../../protocol/benchError';
import type { RunSummary } from '../../protocol/runs';
import type { TrialRow } from '../../protocol/tuning';
import type { RunnableKind } from '../../store/records';
import type { Command } from '../command';
import type { OptionSpec, ParsedCommand } from '../options';
import { exitCodes } from '../command';
import { JobCancelled, printWaiting } from '../job';
import { printFailure, printJson, printLine, printNote, ProgressLine } from '../terminal';
import type { Answer } from './answer';
import { benchCommand, word } from './benchCommand';
import type { BenchDoor } from './benchDoor';
import { groupOf, words } from './doorErrors';
import { idOf } from './identify';

/** Parameters of the operation that runs something. */
type Request = Readonly<Record<string, unknown>>;

/** What differs between the kinds of things that run. */
export interface RunKind {
  readonly kind: RunnableKind;
  readonly summary: string;
  /** Shows what came of it. */
  readonly show: (details: Answer, door: BenchDoor) => void;
  /** Asked once before the run begins; shows each trial as it ends. Absent: the kind has no trials. */
  readonly trials?: (door: BenchDoor, details: Answer) => Promise<(row: TrialRow) => void>;
  readonly options?: readonly OptionSpec[];
  /** What the options add to the request. */
  readonly request?: (parsed: ParsedCommand) => Request;
  /** What a person should know before it runs; undefined for nothing. */
  readonly note?: (door: BenchDoor, id: number) => Promise<string | undefined>;
}

/** A run that was asked for. */
interface AskedRun extends Omit<RunKind, 'request'> {
  readonly id: number;
  readonly request: Request;
}

/** The verb `run` of a noun. */
export function runCommand(of: RunKind): Command {
  const { kind } = of;
  const positional = kind.toUpperCase();
  return benchCommand(
    {
      name: `${groupOf(kind)} run`,
      positionals: positional,
      minPositionals: 1,
      summary: of.summary,
      details: [
        'One run at a time works in a bench; others wait their turn. Ctrl-C stops the run that is followed here.',
        'With --json the details as they are at the end; "error" among them says why it failed.',
      ].join('\n'),
      options: [
        ...(of.options ?? []),
        { name: 'detach', type: 'flag', help: 'put it into the queue and return at once; it runs in the background' },
      ],
    },
    async (door, parsed, signal) => {
      const more = of.request?.(parsed) ?? {};
      const id = await idOf(door, kind, word(parsed, 0));
      const note = await of.note?.(door, id);
      if (note !== undefined) printNote(note);
      const asked: AskedRun = { ...of, id, request: { [`${kind}_id`]: id, ...more } };
      return parsed.flag('detach') ? detach(door, asked) : follow(door, asked, signal);
    },
  );
}

async function detach(door: BenchDoor, { kind, id, request }: AskedRun): Promise<undefined> {
  await door.start(`${kind}/execute`, request);
  door.print(await door.call(kind, { id }), (details) => {
    printLine(`The ${words(kind)} ${id} is ${details.at('state').text('queued')}.`);
    door.next('queue', 'list');
  });
}

async function follow(door: BenchDoor, asked: AskedRun, signal: AbortSignal): Promise<number> {
  const { kind, id } = asked;
  const { queue } = door.bench;
  const isJson = door.parsed.flag('json');
  const onTrial = isJson ? undefined : await asked.trials?.(door, await door.call(kind, { id }));
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
    const run = await started(door, asked);
    const ended = await endOfRun(queue, run.folder, signal);
    progress.clear();
    return await conclude(door, asked, ended, signal.aborted);
  } finally {
    watching[Symbol.dispose]();
    progress.clear();
  }
}

/** Asks for the run and finds it. */
async function started(door: BenchDoor, { kind, id, request }: AskedRun): Promise<RunSummary> {
  const { queue, store } = door.bench;
  const requestId = await door.start(`${kind}/execute`, request);
  const run = (await store.runs(kind, id)).find((one) => one.requestId === requestId);
  if (run === undefined) throw new Error(`The run of ${kind} ${id} was accepted and is not there.`);
  const before = (await queue.list()).find(({ folder }) => folder === run.folder)?.position ?? 0;
  if (before > 0) printWaiting(before);
  return run;
}

async function conclude(
  door: BenchDoor,
  { kind, show, id }: AskedRun,
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
