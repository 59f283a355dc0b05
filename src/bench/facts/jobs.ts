// The jobs of a bench for the editor: those that wait or run, and the latest that ended.
import { basename } from 'node:path';
import type { RunSubject } from '../../jobs/runQueue';
import { recentRuns } from '../../jobs/recentRuns';
import type { JobFacts, JobListFacts } from '../../protocol/facts';
import type { JobSpec } from '../../protocol/jobs';
import type { RunSummary } from '../../protocol/runs';
import type { RunnableKind } from '../../store/records';
import { runnableKinds } from '../../store/records';
import { toldTrials } from '../optimization/toldTrials';
import { pairSubjectKind } from '../benchmark/pairSubject';
import type { Bench } from '../bench';
import { jobSpecOf } from '../runs/runViews';
import { runFacts } from './runFacts';

const mostEnded = 20;

const notActive = { position: null, progress: null, timeLeftMs: null, trial: null } as const;

/** Records that jobs of other kinds are for. */
const recordKindOf: ReadonlyMap<string, RunnableKind | 'model'> = new Map([
  ...runnableKinds.map((kind) => [kind, kind] as const),
  ['diagnosis', 'model'],
]);

/** All jobs that go on, and the latest of the others. */
export async function jobsOf(bench: Bench): Promise<JobListFacts> {
  const queued = await bench.queue.list();
  const active = new Set(queued.map(({ folder }) => folder));
  const ended = recentRuns(bench.store.folder, mostEnded).filter(({ run }) => !active.has(run.folder));
  return {
    jobs: await Promise.all([
      ...queued.map(({ subject, position, progress, timeLeftMs, ...run }) =>
        jobFacts(bench, run, subject, { position, progress, timeLeftMs, trial: latestTrial(run, subject) }),
      ),
      ...ended.map(({ run, subject }) => jobFacts(bench, run, subject, notActive)),
    ]),
  };
}

async function jobFacts(
  bench: Bench,
  run: RunSummary,
  subject: RunSubject,
  progress: Pick<JobFacts, 'position' | 'progress' | 'timeLeftMs' | 'trial'>,
): Promise<JobFacts> {
  const facts = await runFacts(bench, run);
  return { run: facts, kind: subject.kind, id: subject.id, ...(await namesOf(bench, run, subject)), ...progress };
}

function latestTrial({ state, folder }: RunSummary, { kind }: RunSubject): number | null {
  if (state !== 'running' || kind !== 'optimization') return null;
  return Math.max(0, ...toldTrials(folder).map(({ id }) => id));
}

async function namesOf(
  { store }: Bench,
  run: RunSummary,
  { kind, id }: RunSubject,
): Promise<Pick<JobFacts, 'title' | 'projectId' | 'projectName' | 'configPath'>> {
  const recordKind = recordKindOf.get(kind);
  const record = recordKind === undefined ? undefined : await store.find(recordKind, id);
  if (record === undefined) return { ...(await namesWithoutRecord(kind, run)), projectId: null, projectName: null };
  const project = await store.find('project', record.projectId);
  return { title: record.name, projectId: record.projectId, projectName: project?.name ?? null, configPath: null };
}

async function namesWithoutRecord(kind: string, run: RunSummary): Promise<Pick<JobFacts, 'title' | 'configPath'>> {
  const spec = await jobSpecOf(run);
  return { title: titleOf(kind, run, spec), configPath: spec?.verb === 'tune' ? spec.configPath : null };
}

/** The file it is about; a config names its model. */
function titleOf(kind: string, run: RunSummary, spec: JobSpec | undefined): string {
  if (kind === pairSubjectKind) return 'Benchmark of two models';
  if (spec === undefined) return run.name;
  if ('configPath' in spec) return basename(spec.configPath);
  if ('modelPath' in spec) return basename(spec.modelPath);
  if ('scriptPath' in spec) return basename(spec.scriptPath);
  return 'modelPaths' in spec ? spec.modelPaths.map((path) => basename(path)).join(', ') : run.name;
}
