// The tree *Jobs*: what runs and what waits, in order, then what ended lately.
import { EventEmitter, TreeItem, commands } from 'vscode';
import type { TreeDataProvider } from 'vscode';
import type { BenchConnection } from '../bench/benchConnection';
import type { Benches } from '../bench/benches';
import type { Disposes } from '../disposing';
import { jobDescription } from './jobText';
import type { JobsChange, LiveJobs } from './liveJobs';
import type { JobNode, ProblemNode } from './nodes';
import { openJobRow } from './openRow';
import { contextOf } from './rowContext';
import { joined, lineText } from './rowFormat';
import { runIcon } from './rowIcons';
import { benchProblem, problemItem, themeIcon, tooltipMarkdown } from './rowItem';
import { jobTooltip } from './rowTooltip';
import { isActive, stateText } from './runText';

/** A row: a job, or a bench that cannot be read. */
export type JobRow = JobNode | ProblemNode;

export class JobsTree implements TreeDataProvider<JobRow>, Disposes {
  private readonly changes = new EventEmitter<JobRow[] | undefined>();
  /** By folder of the run. */
  private nodes = new Map<string, JobNode>();
  private isRead = false;

  private readonly rests = new EventEmitter<string>();

  readonly onDidChangeTreeData = this.changes.event;
  /** Somebody rests on a row, by the folder of its run. */
  readonly onDidRest = this.rests.event;

  constructor(
    private readonly benches: Pick<Benches, 'all'>,
    private readonly live: Pick<LiveJobs, 'ask' | 'jobsOf'>,
  ) {}

  async getChildren(row?: JobRow): Promise<JobRow[]> {
    if (row !== undefined) return [];
    const lists = await Promise.all(this.benches.all.map((bench) => this.rowsOf(bench)));
    const rows = lists.flat();
    // Only now it is known whether there is nothing.
    if (!this.isRead) void commands.executeCommand('setContext', 'compressorBench.jobsAreRead', true);
    this.isRead = true;
    this.nodes = new Map(rows.flatMap((node) => (node.kind === 'job' ? [[node.facts.run.folder, node]] : [])));
    const isLive = (one: JobRow): boolean => one.kind === 'problem' || isActive(one.facts.run);
    return [...rows.filter(isLive), ...rows.filter((one) => !isLive(one))];
  }

  getTreeItem(row: JobRow): TreeItem {
    if (row.kind === 'problem') return problemItem(row);
    const { facts } = row;
    const item = new TreeItem(lineText(facts.title));
    item.id = facts.run.folder;
    item.description = jobDescription(facts);
    item.iconPath = themeIcon(runIcon(facts.run));
    item.contextValue = contextOf('job', {
      canCancel: isActive(facts.run),
      hasLog: facts.run.startedAt !== null,
      isRecord: facts.id > 0,
    });
    const state = stateText(facts.run);
    const spoken = joined(lineText(facts.title), !item.description.startsWith(state) && state, item.description);
    item.accessibilityInformation = { label: spoken.replaceAll(' · ', ', ') };
    if (facts.run.startedAt !== null) item.command = openJobRow;
    return item;
  }

  resolveTreeItem(item: TreeItem, row: JobRow): TreeItem {
    if (row.kind === 'job') {
      item.tooltip = tooltipMarkdown(jobTooltip(row.facts));
      this.rests.fire(row.facts.run.folder);
    }
    return item;
  }

  /** Shows what changed: the list, or how far some jobs are. */
  show({ isList, jobs }: JobsChange): void {
    if (isList) {
      this.changes.fire(undefined);
      return;
    }
    const changed = jobs.flatMap((facts) => {
      const node = this.nodes.get(facts.run.folder);
      return node === undefined ? [] : Object.assign(node, { facts });
    });
    if (changed.length > 0) this.changes.fire(changed);
  }

  /** Begins anew. */
  reset(): void {
    this.nodes.clear();
    this.changes.fire(undefined);
  }

  dispose(): void {
    this.changes.dispose();
    this.rests.dispose();
  }

  private async rowsOf(bench: BenchConnection): Promise<readonly JobRow[]> {
    try {
      const jobs = this.live.jobsOf(bench) ?? (await this.live.ask(bench));
      return jobs.map((facts) => ({ ...this.nodes.get(facts.run.folder), kind: 'job', bench, facts }));
    } catch (thrown) {
      return [benchProblem(bench, thrown)];
    }
  }
}
