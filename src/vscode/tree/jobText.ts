// The words of a job: in its row, and in the status bar.
import type { JobFacts } from '../../protocol/facts';
import { joined, lineText, momentText } from './rowFormat';
import { isActive, progressText, stateText, timeLeftText, tookText } from './runText';

/** What a job does, as the subject of a sentence; by the kind of what it is for. */
const verbs: ReadonlyMap<string, string> = new Map([
  ['optimization', 'Tuning'],
  ['benchmark', 'Benchmarking'],
  ['pair_benchmark', 'Benchmarking'],
  ['profiling', 'Profiling'],
  ['diagnosis', 'Diagnosing'],
]);

/** `optimization · digits · measuring 34 % · 2 min left`. */
export function jobDescription(facts: JobFacts): string {
  const { run, kind, projectName } = facts;
  const of = joined(kind.replaceAll('_', ' '), projectName !== null && lineText(projectName));
  if (run.state === 'queued') return joined(of, 'waiting');
  if (!isActive(run)) {
    return joined(
      of,
      run.state === 'success' ? '' : stateText(run),
      tookText(run),
      momentText(run.endedAt ?? run.queuedAt),
    );
  }
  const phase = facts.progress === null ? 'starting' : `${lineText(facts.progress.phase)} ${progressText(facts)}`;
  return joined(of, phase, timeLeftText(facts));
}

/** `Tuning mnist 34 % · 2 min left`. */
export function statusText(facts: JobFacts, others: number): string {
  const verb = verbs.get(facts.kind) ?? 'Running';
  const title = shortened(lineText(facts.title));
  if (facts.run.state === 'queued') return joined(`${title} waits`, others > 0 && `${others} more`);
  const done = [`${verb} ${title}`, progressText(facts)].filter((part) => part !== '').join(' ');
  return joined(done, timeLeftText(facts), others > 0 && `${others} more`);
}

const longestTitle = 24;

function shortened(title: string): string {
  if (title.length <= longestTitle) return title;
  // Half of a pair of code units is no letter.
  const cut = title.slice(0, longestTitle - 1).replace(/[\uD800-\uDBFF]$/, '');
  return `${cut.trimEnd()}…`;
}
