// The words of a job: in its row, and in the status bar.
import type { JobFacts, RunFacts } from '../../protocol/facts';
import { joined, lineText, momentText } from './rowFormat';
import { isActive, progressText, stateText, tookText } from './runText';

/** What a job does, as the subject of a sentence; by the kind of what it is for. */
const verbs: ReadonlyMap<string, string> = new Map([
  ['optimization', 'Tuning'],
  ['benchmark', 'Benchmarking'],
  ['pair_benchmark', 'Benchmarking'],
  ['profiling', 'Profiling'],
  ['diagnosis', 'Diagnosing'],
  ['sensitivity', 'Analysing'],
  // Of files, which belong to no record.
  ['tuning', 'Tuning'],
  ['quantization', 'Quantizing'],
  ['evaluation', 'Evaluating'],
  ['benchmark of files', 'Benchmarking'],
  ['profiling of a file', 'Profiling'],
]);

/** `measuring 34 % · 2 min left · optimization in digits`: what moves first, since rows are narrow. */
export function jobDescription(facts: JobFacts): string {
  const { run, kind, projectName } = facts;
  const of = [kind.replaceAll('_', ' '), projectName === null ? '' : `in ${lineText(projectName)}`].join(' ').trim();
  if (run.state === 'queued') return joined('waiting', of);
  if (!isActive(run)) {
    const end = run.state === 'success' ? '' : stateText(run);
    return joined(end, tookText(run), momentText(run.endedAt ?? run.queuedAt), of);
  }
  return joined(doneNow(facts) ?? 'running', of);
}

/** A script tells of itself in its terminal: undefined, and not that it starts, while it runs without a word here. */
function doneNow(facts: JobFacts): string | undefined {
  return facts.kind === 'script' && facts.progress === null ? undefined : progressText(facts);
}

/** `Tuning mnist: measuring 34 % · 2 min left`. */
export function statusText(facts: JobFacts, others: number): string {
  const verb = verbs.get(facts.kind) ?? 'Running';
  const title = shortened(lineText(facts.title));
  if (facts.run.state === 'queued') return joined(`${title} waits`, others > 0 && `${others} more`);
  const done = doneNow(facts);
  return joined(`${verb} ${title}${done === undefined ? '' : `: ${done}`}`, others > 0 && `${others} more`);
}

/** How many of some runs are under way, and how many wait. */
export function jobCounts(runs: readonly Pick<RunFacts, 'state'>[]): {
  readonly running: number;
  readonly waiting: number;
} {
  const count = (state: RunFacts['state']): number => runs.filter((run) => run.state === state).length;
  return { running: count('running'), waiting: count('queued') };
}

/** The figure on the icon of the sidebar, how many jobs run, and what it says besides: `1 job is running, 3 are waiting`. */
export function jobsBadge(active: readonly Pick<RunFacts, 'state'>[]): {
  readonly running: number;
  readonly tooltip: string;
} {
  const { running, waiting } = jobCounts(active);
  const said = running === 1 ? '1 job is running' : `${running} jobs are running`;
  return { running, tooltip: waiting === 0 ? said : `${said}, ${waiting === 1 ? '1 is' : `${waiting} are`} waiting` };
}

const longestTitle = 24;

function shortened(title: string): string {
  if (title.length <= longestTitle) return title;
  // Half of a pair of code units is no letter.
  const cut = title.slice(0, longestTitle - 1).replace(/[\uD800-\uDBFF]$/, '');
  return `${cut.trimEnd()}…`;
}
