// `compressor-bench queue …`: what waits and runs in a bench, and stopping it.
import { runnableKinds } from '../../store/records';
import type { RunnableKind } from '../../store/records';
import type { QueuedRun } from '../../jobs/runQueue';
import type { CommandGroup } from '../command';
import { exitCodes } from '../command';
import { runWords } from '../../protocol/runWords';
import { formatDuration } from '../formats';
import { printFailure, printJson, printLine, progressText } from '../terminal';
import { usageError } from '../usageError';
import { benchCommand } from './benchCommand';
import type { BenchDoor } from './benchDoor';
import { doorErrors } from './doorErrors';
import { idOf } from './identify';
import { printList } from './show';

const listQueue = benchCommand(
  { name: 'queue list', positionals: '', minPositionals: 0, summary: 'List what runs and what waits, in order.' },
  async (door, parsed) => {
    const runs = await door.bench.queue.list();
    const named = await Promise.all(runs.map(async (run) => ({ run, name: await nameOf(door, run) })));
    if (parsed.flag('json')) {
      printJson({ queue: named.map(({ run, name }) => queuedJson(run, name)) });
      return;
    }
    printList(
      ['', 'kind', 'id', 'name', 'state', 'progress', 'left'],
      named.map(({ run, name }) => [
        String(run.position),
        run.subject.kind,
        String(run.subject.id),
        name ?? '–',
        { text: runWords[run.state], style: 'yellow' },
        run.progress === null ? '–' : progressText(run.progress, 0),
        run.timeLeftMs === null ? '–' : formatDuration(run.timeLeftMs),
      ]),
      'Nothing runs, nothing waits.',
    );
  },
);

async function nameOf(door: BenchDoor, { subject }: QueuedRun): Promise<string | undefined> {
  const kind = runnableKinds.find((one) => one === subject.kind);
  return kind === undefined ? undefined : (await door.bench.store.find(kind, subject.id))?.name;
}

function queuedJson(run: QueuedRun, name: string | undefined): object {
  const { subject, state, position, progress, timeLeftMs, requestId, folder, queuedAt, startedAt } = run;
  return {
    kind: subject.kind,
    id: subject.id,
    name: name ?? null,
    state,
    position,
    progress,
    time_left: timeLeftMs === null ? null : timeLeftMs / 1000,
    request_id: requestId,
    folder,
    queued_at: queuedAt,
    started_at: startedAt,
  };
}

const cancelRun = benchCommand(
  {
    name: 'queue cancel',
    positionals: 'KIND ID',
    minPositionals: 0,
    maxPositionals: 2,
    summary: 'Stop a run, or take it out of the queue.',
    details: [
      'KIND and ID are those of "queue list"; of an optimization, benchmark, profiling or sensitivity analysis a name that no',
      'other has does as well.',
      '',
      'Examples:\n  compressor-bench queue cancel optimization 3\n  compressor-bench queue cancel --all',
    ].join('\n'),
    options: [{ name: 'all', type: 'flag', help: 'everything that runs or waits' }],
  },
  async (door, parsed) => {
    const isMeant = parsed.flag('all') ? () => true : await meantRun(door);
    const runs = (await door.bench.queue.list()).filter(isMeant);
    const cancelled = [];
    // Those that wait first: none of them begins when the one that runs is stopped.
    for (const run of runs.toReversed()) {
      if (await door.bench.queue.cancel(run.folder)) cancelled.unshift({ kind: run.subject.kind, id: run.subject.id });
    }
    if (parsed.flag('json')) printJson({ cancelled });
    else for (const { kind, id } of cancelled) printLine(`Cancelled the run of ${kind} ${id}.`);
    if (cancelled.length > 0 || parsed.flag('all')) return exitCodes.done;
    printFailure(doorErrors.nothingRuns(parsed.positionals.join(' ')).toRecord());
    return exitCodes.failed;
  },
);

/** Whether a run is of the thing that the words name. */
async function meantRun(door: BenchDoor): Promise<(run: QueuedRun) => boolean> {
  const { parsed } = door;
  const [given, id] = parsed.positionals;
  if (given === undefined || id === undefined) {
    throw usageError(`Name what is to stop: KIND (${runnableKinds.join(', ')}) and ID, or --all.`, parsed.spec.name);
  }
  const kind = given.replace(/s$/, '');
  const record: RunnableKind | undefined = runnableKinds.find((one) => one === kind);
  const wanted = record === undefined ? Number(id) : await idOf(door, record, id);
  return ({ subject }) => subject.id === wanted && [given, kind].includes(subject.kind);
}

export const queueGroup: CommandGroup = {
  name: 'queue',
  summary: 'What runs and what waits in the bench: list, cancel.',
  verbs: [listQueue, cancelRun],
};
