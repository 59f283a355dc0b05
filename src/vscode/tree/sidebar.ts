// The sidebar with all that shows the same: the trees Bench and Jobs, the status bar, the badges of files.
import { commands, Disposable, window } from 'vscode';
import type { TreeView } from 'vscode';
import { ModelBadges } from '../decorations/modelBadges';
import type { BenchConnection } from '../bench/benchConnection';
import { revealProject } from '../commands/projectReveal';
import type { Disposes } from '../disposing';
import type { Services } from '../services';
import { RunningItem } from '../status/runningItem';
import { BenchTree } from './benchTree';
import { jobsBadge } from './jobText';
import { JobsTree } from './jobsTree';
import type { JobRow } from './jobsTree';
import { LiveJobs } from './liveJobs';
import type { ActiveJob } from './liveJobs';
import { modelDrop } from './modelDrop';
import type { BenchNode } from './nodes';
import { RowProgress } from './rowProgress';
import { isPart, jobCommand, openBenchRow, openCommands, openJobRow, registerOpenRow } from './openRow';

/** Registers the views; what they show is asked for when they are seen. */
export function registerSidebar({ benches, log }: Services): Disposes {
  const live = new LiveJobs(benches, log);
  const tree = new BenchTree(benches, live);
  const jobs = new JobsTree(benches, live);
  const status = new RunningItem();
  const badges = new ModelBadges(benches);
  const benchView = window.createTreeView<BenchNode>('compressorBench.bench', {
    treeDataProvider: tree,
    canSelectMany: true,
    showCollapseAll: true,
    dragAndDropController: modelDrop,
  });
  const jobsView = window.createTreeView<JobRow>('compressorBench.jobs', { treeDataProvider: jobs });
  const rowProgress = new RowProgress((change) => {
    tree.showProgress(change);
    jobs.show(change);
  });
  const refreshing = new RefreshOnChange(benches, () => tree.refresh());
  return Disposable.from(
    live.onDidChange((change) => {
      if (change.isList) jobs.show(change);
      else rowProgress.take(change);
      status.show(live.active);
      showBadge(jobsView, live.active);
    }),
    benches.onDidChange(() => {
      tree.reset();
      jobs.reset();
      status.show(live.active);
      showBadge(jobsView, live.active);
    }),
    ...[tree, jobs].map((rows) => rows.onDidRest((folder) => rowProgress.rest(folder))),
    benchView.onDidChangeVisibility(({ visible }) => tree.show(visible)),
    benchView.onDidCollapseElement(({ element }) => tree.close(element)),
    registerOpenRow(openBenchRow, benchView, (node) => (isPart(node) ? openCommands[node.kind] : undefined)),
    registerOpenRow(openJobRow, jobsView, jobCommand),
    commands.registerCommand('compressorBench.bench.refresh', () => {
      for (const bench of benches.all) bench.tellRecordsChanged();
    }),
    commands.registerCommand(revealProject, async (bench: BenchConnection, id: number) => {
      await commands.executeCommand('compressorBench.bench.focus');
      const row = await tree.projectRow(bench, id);
      if (row !== undefined) await benchView.reveal(row, { select: true, focus: true, expand: true });
    }),
    ...[benchView, jobsView, refreshing, rowProgress, tree, jobs, status, badges, live],
  );
}

/** Calls back when records of any bench change, also of those that come later. */
class RefreshOnChange implements Disposes {
  private followed: Disposable;
  private readonly subscription: Disposable;

  constructor(
    private readonly benches: Services['benches'],
    private readonly refresh: () => void,
  ) {
    this.followed = this.follow();
    this.subscription = benches.onDidChange(() => {
      this.followed.dispose();
      this.followed = this.follow();
    });
  }

  dispose(): void {
    this.followed.dispose();
    this.subscription.dispose();
  }

  private follow(): Disposable {
    return Disposable.from(...this.benches.all.map((bench) => bench.onDidChangeRecords(() => this.refresh())));
  }
}

function showBadge(view: TreeView<JobRow>, active: readonly ActiveJob[]): void {
  const { running, tooltip } = jobsBadge(active.map(({ facts }) => facts.run));
  view.badge = running === 0 ? undefined : { value: running, tooltip };
}
