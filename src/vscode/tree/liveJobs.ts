// The jobs of all benches as they are now: asked for once somebody wants them, kept up with what the benches tell.
import { commands, Disposable, EventEmitter } from 'vscode';
import type { LogOutputChannel } from 'vscode';
import type { RunChange } from '../../protocol/benchChannel';
import { jobsMethod } from '../../protocol/facts';
import type { JobFacts } from '../../protocol/facts';
import type { BenchConnection } from '../bench/benchConnection';
import type { Benches } from '../bench/benches';
import type { Disposes } from '../disposing';
import { AskAgain } from './askAgain';
import { isActive } from './runText';

/** What changed: the list of a bench, or only how far some of its jobs are. */
export interface JobsChange {
  readonly bench: BenchConnection;
  readonly isList: boolean;
  readonly jobs: readonly JobFacts[];
}

/** A job that waits or runs, and its bench. */
export interface ActiveJob {
  readonly bench: BenchConnection;
  readonly facts: JobFacts;
}

/** Rows need not move faster than people read. */
const progressMs = 400;

interface BenchJobs extends Disposes {
  /** Undefined before they were asked for. */
  jobs: readonly JobFacts[] | undefined;
  readonly asking: AskAgain;
  /** Folders of runs whose progress was not told yet. */
  readonly untold: Set<string>;
  timer: NodeJS.Timeout | undefined;
}

/** Starts no process: it asks when somebody wants to know, or when a bench tells something by itself. */
export class LiveJobs implements Disposes {
  private readonly of = new Map<BenchConnection, BenchJobs>();
  private readonly changes = new EventEmitter<JobsChange>();
  private readonly subscription: Disposable;
  readonly onDidChange = this.changes.event;

  constructor(
    private readonly benches: Benches,
    private readonly log: LogOutputChannel,
  ) {
    this.follow();
    this.subscription = benches.onDidChange(() => {
      this.forget();
      this.follow();
    });
  }

  /** Jobs of a bench, asked for now; rejects as the question does. */
  async ask(bench: BenchConnection): Promise<readonly JobFacts[]> {
    const known = this.of.get(bench);
    if (known === undefined) return [];
    await known.asking.request();
    return known.jobs ?? [];
  }

  /** Jobs of a bench as they are known; undefined before they were asked for. */
  jobsOf(bench: BenchConnection): readonly JobFacts[] | undefined {
    return this.of.get(bench)?.jobs;
  }

  /** The job of a run as it is known. */
  find(bench: BenchConnection, runFolder: string | undefined): JobFacts | undefined {
    return this.of.get(bench)?.jobs?.find(({ run }) => run.folder === runFolder);
  }

  /** All that wait or run; running ones first. */
  get active(): readonly ActiveJob[] {
    const all = [...this.of].flatMap(([bench, { jobs = [] }]) =>
      jobs.filter(({ run }) => isActive(run)).map((facts) => ({ bench, facts })),
    );
    const isRunning = ({ facts }: ActiveJob): boolean => facts.run.state === 'running';
    return [...all.filter(isRunning), ...all.filter((job) => !isRunning(job))];
  }

  dispose(): void {
    this.subscription.dispose();
    this.forget();
    this.changes.dispose();
  }

  private follow(): void {
    for (const bench of this.benches.all) {
      const asking = new AskAgain(async () => this.take(bench, (await bench.ask(jobsMethod, null)).jobs));
      const subscriptions = Disposable.from(
        bench.onDidChangeRun((change) => this.takeChange(bench, change)),
        bench.onDidChangeRecords(() => this.askAgain(bench)),
      );
      const followed: BenchJobs = {
        jobs: undefined,
        asking,
        untold: new Set(),
        timer: undefined,
        dispose: () => {
          clearTimeout(followed.timer);
          subscriptions.dispose();
        },
      };
      this.of.set(bench, followed);
    }
  }

  private forget(): void {
    for (const followed of this.of.values()) followed.dispose();
    this.of.clear();
    this.tellContext();
  }

  /** Records change also where nobody looks at jobs: that alone starts no process. */
  private askAgain(bench: BenchConnection): void {
    const followed = this.of.get(bench);
    if (followed === undefined || (followed.jobs === undefined && bench.pid === undefined)) return;
    followed.asking.request().catch((thrown: unknown) => {
      this.log.debug(`jobs: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    });
  }

  private take(bench: BenchConnection, jobs: readonly JobFacts[]): void {
    const followed = this.of.get(bench);
    if (followed === undefined) return;
    followed.jobs = jobs;
    this.tellContext();
    this.changes.fire({ bench, isList: true, jobs });
  }

  private takeChange(bench: BenchConnection, { run, progress, timeLeftMs = null, trial }: RunChange): void {
    const followed = this.of.get(bench);
    if (followed === undefined || (progress === undefined && trial === undefined)) return;
    if (followed.jobs?.some((job) => job.run.folder === run.folder) !== true) {
      this.askAgain(bench);
      return;
    }
    const withChange = (job: JobFacts): JobFacts => ({
      ...job,
      ...(progress === undefined ? {} : { progress, timeLeftMs }),
      ...(trial === undefined ? {} : { trial: Math.max(job.trial ?? 0, trial.id) }),
    });
    followed.jobs = followed.jobs.map((job) =>
      job.run.folder === run.folder && job.run.state === 'running' ? withChange(job) : job,
    );
    followed.untold.add(run.folder);
    followed.timer ??= setTimeout(() => this.tellProgress(bench, followed), progressMs);
  }

  private tellProgress(bench: BenchConnection, followed: BenchJobs): void {
    followed.timer = undefined;
    const jobs = (followed.jobs ?? []).filter(({ run }) => followed.untold.has(run.folder));
    followed.untold.clear();
    this.changes.fire({ bench, isList: false, jobs });
  }

  private isRunningTold = false;

  private tellContext(): void {
    const isRunning = this.active.length > 0;
    if (isRunning === this.isRunningTold) return;
    this.isRunningTold = isRunning;
    void commands.executeCommand('setContext', 'compressorBench.running', isRunning);
  }
}
