// The tree *Bench*: folders (where there are several), projects, their five groups, and what is in them.
import { commands, EventEmitter, TreeItemCollapsibleState } from 'vscode';
import type { TreeDataProvider, TreeItem } from 'vscode';
import type { BenchConnection } from '../bench/benchConnection';
import type { Benches } from '../bench/benches';
import type { Disposes } from '../disposing';
import { AskAgain } from './askAgain';
import { BenchRows } from './benchRows';
import type { JobsChange, LiveJobs } from './liveJobs';
import type { BenchNode, FolderNode } from './nodes';
import { isPart } from './openRow';
import { benchProblem, rowItem, tooltipMarkdown } from './rowItem';
import { partTooltip, projectTooltip } from './rowTooltip';

export class BenchTree implements TreeDataProvider<BenchNode>, Disposes {
  private readonly benches = new Map<BenchConnection, { readonly rows: BenchRows; readonly folder: FolderNode }>();
  private readonly changes = new EventEmitter<BenchNode[] | undefined>();
  private readonly refreshing = new AskAgain(() => this.refreshNow());
  private isVisible = true;
  /** Something changed while nobody could see it. */
  private isStale = false;
  private hasProject: boolean | undefined;

  private readonly rests = new EventEmitter<string>();

  readonly onDidChangeTreeData = this.changes.event;
  /** Somebody rests on a row that has a run, by the folder of that. */
  readonly onDidRest = this.rests.event;

  constructor(
    private readonly all: Pick<Benches, 'all'>,
    private readonly live: Pick<LiveJobs, 'find' | 'ask'>,
  ) {}

  async getChildren(node?: BenchNode): Promise<BenchNode[]> {
    const answer = await this.childrenOf(node);
    return [...answer];
  }

  getParent(node: BenchNode): BenchNode | undefined {
    const { rows, folder } = this.of(node.bench);
    if (isPart(node)) return rows.find(`project/${node.facts.projectId}`, node.kind);
    if (node.kind === 'group') return rows.find('project', node.project.id);
    return node.kind === 'folder' || this.all.all.length === 1 ? undefined : folder;
  }

  /** The row of a project that is there. */
  async projectRow(bench: BenchConnection, id: number): Promise<BenchNode | undefined> {
    await this.refreshing.request();
    const rows = await this.of(bench).rows.projects();
    return rows.find((node) => node.kind === 'project' && node.facts.id === id);
  }

  getTreeItem(node: BenchNode): TreeItem {
    const { rows } = this.of(node.bench);
    const parts = rows.partsNow(projectIdOf(node) ?? 0);
    const item = rowItem(node, { parts, live: this.liveOf(node), isOnly: rows.projectCount === 1 });
    item.id = `${node.bench.folder.uri.toString()}#${keyOf(node)}`;
    // The editor keeps whether a row is open by its id.
    if (node.kind === 'group' && item.collapsibleState === TreeItemCollapsibleState.None) item.id += '/empty';
    return item;
  }

  async resolveTreeItem(item: TreeItem, node: BenchNode): Promise<TreeItem> {
    const { rows } = this.of(node.bench);
    if (node.kind === 'project') item.tooltip = tooltipMarkdown(projectTooltip(node.facts, await rows.partsOnce(node)));
    const parts = rows.partsNow(projectIdOf(node) ?? 0);
    if (isPart(node) && parts !== undefined)
      item.tooltip = tooltipMarkdown(partTooltip(node, parts, this.liveOf(node)));
    if ('facts' in node && 'run' in node.facts && node.facts.run !== null) this.rests.fire(node.facts.run.folder);
    return item;
  }

  /** Asks again for what is shown, now or when it can be seen again. */
  refresh(): void {
    if (this.isVisible) void this.refreshing.request();
    else this.isStale = true;
  }

  /** Begins anew: folders came or went. */
  reset(): void {
    this.benches.clear();
    this.changes.fire(undefined);
  }

  /** Whether the tree can be seen. */
  show(isVisible: boolean): void {
    this.isVisible = isVisible;
    if (!isVisible || !this.isStale) return;
    this.isStale = false;
    this.refresh();
  }

  /** What was closed is not asked for again before it is opened. */
  close(node: BenchNode): void {
    if (node.kind === 'project') this.of(node.bench).rows.close(node.facts.id);
  }

  /** Shows how far runs are. */
  showProgress({ bench, jobs }: JobsChange): void {
    const rows = this.benches.get(bench)?.rows;
    const nodes = jobs.flatMap(({ kind, id }) => rows?.find(kind, id) ?? []);
    if (nodes.length > 0 && this.isVisible) this.changes.fire(nodes);
  }

  dispose(): void {
    this.changes.dispose();
    this.rests.dispose();
  }

  private async childrenOf(node: BenchNode | undefined): Promise<readonly BenchNode[]> {
    switch (node?.kind) {
      case undefined:
        return this.roots();
      case 'folder':
        return this.guarded(node.bench, () => this.of(node.bench).rows.projects());
      case 'project':
        return this.guarded(node.bench, async () => {
          const groups = await this.of(node.bench).rows.groups(node);
          // Their progress is known when the rows are drawn.
          await this.live.ask(node.bench);
          return groups;
        });
      case 'group':
        return this.guarded(node.bench, () => this.of(node.bench).rows.things(node));
      default:
        return [];
    }
  }

  private async roots(): Promise<readonly BenchNode[]> {
    const benches = this.all.all;
    const lists = await Promise.all(benches.map((bench) => this.guarded(bench, () => this.of(bench).rows.projects())));
    this.tellContext(lists.flat());
    if (benches.length === 1) return lists[0] ?? [];
    return lists.every((list) => list.length === 0) ? [] : benches.map((bench) => this.of(bench).folder);
  }

  /** A failure is a row: the rest of the tree stays. */
  private async guarded(
    bench: BenchConnection,
    ask: () => Promise<readonly BenchNode[]>,
  ): Promise<readonly BenchNode[]> {
    try {
      return await ask();
    } catch (thrown) {
      return [benchProblem(bench, thrown)];
    }
  }

  private of(bench: BenchConnection): { readonly rows: BenchRows; readonly folder: FolderNode } {
    const known = this.benches.get(bench);
    if (known !== undefined) return known;
    const made = { rows: new BenchRows(bench), folder: { kind: 'folder' as const, bench } };
    this.benches.set(bench, made);
    return made;
  }

  private async refreshNow(): Promise<void> {
    for (const { rows } of [...this.benches.values()]) {
      if (!rows.isLoaded) continue;
      const changed = await rows.refresh().catch(() => 'all' as const);
      if (changed === 'all') this.changes.fire(undefined);
      else if (changed.length > 0) this.changes.fire([...changed]);
    }
  }

  private liveOf(node: BenchNode) {
    const run = isPart(node) && 'run' in node.facts ? node.facts.run : null;
    return run === null ? undefined : this.live.find(node.bench, run.folder);
  }

  private tellContext(roots: readonly BenchNode[]): void {
    const hasProject = roots.some(({ kind }) => kind === 'project');
    if (hasProject === this.hasProject) return;
    // How to begin is said when it is known that there is nothing, not while it is still asked for.
    if (this.hasProject === undefined) void commands.executeCommand('setContext', 'compressorBench.benchIsRead', true);
    this.hasProject = hasProject;
    void commands.executeCommand('setContext', 'compressorBench.hasProject', hasProject);
  }
}

function projectIdOf(node: BenchNode): number | undefined {
  if (node.kind === 'project') return node.facts.id;
  if (node.kind === 'group') return node.project.id;
  return isPart(node) ? node.facts.projectId : undefined;
}

/** Unique in its bench. */
function keyOf(node: BenchNode): string {
  switch (node.kind) {
    case 'folder':
      return 'folder';
    case 'group':
      return `project/${node.project.id}/${node.part}`;
    case 'problem':
      return `problem/${node.facts.path}`;
    default:
      return `${node.kind}/${node.facts.id}`;
  }
}
