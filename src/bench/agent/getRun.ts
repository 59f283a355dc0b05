// Tool get_run: what there is to ask for, or how one run stands and what came of it.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readRunSummary } from '../../files/runLog';
import { readOutcome } from '../../processes/jobOutcome';
import type { TrialRow } from '../../protocol/tuning';
import type { RunSummary } from '../../protocol/runs';
import { runWords } from '../../protocol/runWords';
import { jobFiles } from '../../protocol/jobChannel';
import { isPruneResult } from '../../protocol/pruning';
import { runnableKinds } from '../../store/records';
import type { Bench } from '../bench';
import { toldTrials, trialsSoFar } from '../optimization/toldTrials';
import { pruningReasons } from '../optimization/pruningView';
import { jobSpecOf, readResult, secondsOf } from '../runs/runViews';
import { cellText, markdownTable } from './agentWork';
import type { AgentTool } from './agentWork';
import { figuresOf } from './runFigures';
import { runIdOf, runOfId } from './runIds';

/** Lists are for reading. */
const mostListed = 30;

export const getRun: AgentTool = async ({ bench, input }) => {
  const id = input.value('run_id');
  return id === undefined ? listText(bench) : runText(bench, runOfId(bench, input.text('run_id')));
};

async function listText(bench: Bench): Promise<string> {
  const optimizations = await bench.store.list('optimization');
  const newest = await Promise.all(runnableKinds.map((kind) => bench.store.newestRuns(kind)));
  const active = (await bench.queue.list()).map((run): RunSummary => run);
  const ended = [...newest.flatMap((runs) => [...runs.values()]), ...(await looseRuns(bench))]
    .filter(({ folder }) => !active.some((run) => run.folder === folder))
    .sort((a, b) => b.queuedAt.localeCompare(a.queuedAt));
  const runs = [...active, ...ended].slice(0, mostListed);
  const rows = await Promise.all(
    runs.map(async (run) => [runIdOf(bench, run.folder), runWords[await bench.queue.stateOf(run)]]),
  );
  return [
    optimizations.length === 0 ? 'The bench has no optimizations.' : 'Optimizations (start_tuning takes the id):',
    ...optimizations.slice(0, mostListed).map(({ id, name }) => `- ${id}: ${cellText(name)}`),
    '',
    rows.length === 0 ? 'There are no runs yet.' : markdownTable(['run_id', 'state'], rows),
  ].join('\n');
}

/** Runs that belong to no record of the bench: those of start_tuning with a config. */
async function looseRuns(bench: Bench): Promise<RunSummary[]> {
  const folder = join(bench.store.folder, 'runs');
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  const latest = names.sort().reverse().slice(0, mostListed);
  return latest.flatMap((name) => readRunSummary(join(folder, name)) ?? []);
}

async function runText(bench: Bench, run: RunSummary): Promise<string> {
  const state = await bench.queue.stateOf(run);
  const spec = await jobSpecOf(run);
  const seconds = secondsOf(run);
  return [
    `Run \`${runIdOf(bench, run.folder)}\`${spec === undefined ? '' : ` (${spec.verb})`}: **${runWords[state]}**${seconds === null ? '' : ` after ${seconds} s`}`,
    ...(await progressLines(bench, run)),
    ...(run.failure === null
      ? []
      : [
          `Failed: ${cellText(run.failure.message)}`,
          ...(run.failure.nextStep === undefined ? [] : [`Next: ${run.failure.nextStep}`]),
        ]),
    ...trialLines(run),
    ...resultLines(run),
    `Log: ${join(run.folder, jobFiles.output)}`,
  ].join('\n\n');
}

async function progressLines(bench: Bench, run: RunSummary): Promise<string[]> {
  const queued = (await bench.queue.list()).find(({ folder }) => folder === run.folder);
  if (queued === undefined) return [];
  if (queued.position > 0) return [`It waits; ${queued.position} before it.`];
  const { progress, timeLeftMs } = queued;
  if (progress === null) return ['It is being started.'];
  const total = progress.total === undefined ? '' : ` of ${progress.total}`;
  const left = timeLeftMs === null ? '' : `, about ${Math.ceil(timeLeftMs / 1000)} s left in this phase`;
  return [`Now: ${cellText(progress.phase)}, ${progress.done}${total} ${progress.unit}${left}`];
}

function trialLines({ folder }: RunSummary): string[] {
  const trials = trialsSoFar(toldTrials(folder));
  if (trials.length === 0) return [];
  return [markdownTable(['trial', 'accuracy', 'latency ms', 'speedup', 'change', 'verdict'], trials.map(trialCells))];
}

function trialCells({ id, accuracy, latencyMs, speedup, change, verdict, isKept }: TrialRow): string[] {
  const figure = (value: number | null, digits: number): string => (value === null ? '' : value.toFixed(digits));
  return [`${id}${isKept ? ' *' : ''}`, figure(accuracy, 4), figure(latencyMs, 3), figure(speedup, 2), change, verdict];
}

function resultLines({ folder }: RunSummary): string[] {
  const outcome = readOutcome(folder);
  if (outcome?.state !== 'success') return [];
  const figures = figuresOf(folder);
  const result = readResult(folder);
  const reasons = result !== undefined && isPruneResult(result) ? pruningReasons(result) : result?.['reasons'];
  return [
    ...(Array.isArray(reasons) ? reasons.filter((one) => typeof one === 'string').map(cellText) : []),
    ...(figures === undefined
      ? []
      : [
          markdownTable(
            figures.header,
            figures.rows.map(({ cells }) => cells),
          ),
          ...figures.paths.map((path) => `Model: ${path}`),
        ]),
  ];
}
