// The nodes of one bench in the tree. A node stays the same object while its facts change, so that the editor can be told
// of exactly the rows that changed.
import { partsMethod, projectsMethod } from '../../protocol/facts';
import type { PartKind, ProblemFacts, ProjectFacts, ProjectListFacts, ProjectParts } from '../../protocol/facts';
import type { BenchConnection } from '../bench/benchConnection';
import type { BenchNode, GroupNode, PartNode, ProblemNode, ProjectNode } from './nodes';
import { partKinds, partNodes, partsOfKind } from './partNodes';
import { groupDescription } from './rowText';

/** What has to be shown again: all, or these rows. */
export type RowChanges = 'all' | readonly BenchNode[];

/** Where facts of nodes are replaced. */
type Changing<Node> = { -readonly [Key in keyof Node]: Node[Key] };

/** Nodes by what they are about. */
export class BenchRows {
  private readonly nodes = new Map<string, BenchNode>();
  private list: ProjectListFacts | undefined;
  /** Of projects that are open. */
  private readonly parts = new Map<number, ProjectParts>();
  /** Projects that were open: the editor may still hold their rows. */
  private readonly closed = new Set<number>();

  constructor(readonly bench: BenchConnection) {}

  /** Whether something was shown. */
  get isLoaded(): boolean {
    return this.list !== undefined;
  }

  /** How many projects there are, as far as they were asked for. */
  get projectCount(): number {
    return this.list?.projects.length ?? 0;
  }

  /** Projects, and what cannot be read. */
  async projects(): Promise<readonly (ProjectNode | ProblemNode)[]> {
    this.list ??= await this.bench.ask(projectsMethod, null);
    const { projects, problems } = this.list;
    return [...projects.map((facts) => this.project(facts)), ...problems.map((facts) => this.problem(facts))];
  }

  /** The groups of a project. */
  async groups({ facts: project }: ProjectNode): Promise<readonly (GroupNode | ProblemNode)[]> {
    const { problems } = await this.partsOf(project.id);
    const groups = partKinds.map((part) => this.group(project, part));
    return [...groups, ...problems.map((facts) => this.problem(facts))];
  }

  /** The things of a group. */
  async things({ project, part }: GroupNode): Promise<readonly PartNode[]> {
    return this.partNodes(part, await this.partsOf(project.id));
  }

  /** What is known of an open project. */
  partsNow(projectId: number): ProjectParts | undefined {
    return this.parts.get(projectId);
  }

  /** What is in a project, open or not; what is closed is asked for and not kept. Undefined: it cannot be told. */
  partsOnce({ facts: { id } }: ProjectNode): Promise<ProjectParts | undefined> {
    const known = this.parts.get(id);
    return known === undefined ? this.bench.ask(partsMethod, { id }).catch(() => undefined) : Promise.resolve(known);
  }

  /** The row of a thing, if it was shown. */
  find(kind: string, id: number | string): BenchNode | undefined {
    return this.nodes.get(`${kind}/${id}`);
  }

  /** Forgets what is in a project that was closed: it is asked for when it is opened again. */
  close(projectId: number): void {
    if (this.parts.delete(projectId)) this.closed.add(projectId);
  }

  /** Asks again for all that is open. */
  async refresh(): Promise<RowChanges> {
    if (this.list === undefined) return [];
    const before = this.list;
    this.list = await this.bench.ask(projectsMethod, null);
    const ids = new Set(this.list.projects.map(({ id }) => id));
    for (const id of this.parts.keys()) if (!ids.has(id)) this.parts.delete(id);
    const changed: BenchNode[] = this.list.projects.flatMap((facts) => {
      const known = before.projects.find(({ id }) => id === facts.id);
      return same(known, facts) ? [] : this.project(facts);
    });
    for (const id of this.closed) changed.push(...[this.find('project', id) ?? []].flat());
    this.closed.clear();
    for (const id of [...this.parts.keys()]) changed.push(...(await this.refreshParts(id)));
    return same(shapeOf(before), shapeOf(this.list)) ? changed : 'all';
  }

  private async refreshParts(id: number): Promise<readonly BenchNode[]> {
    const before = this.parts.get(id);
    const now = await this.bench.ask(partsMethod, { id }).catch(() => undefined);
    const project = this.find('project', id);
    if (now === undefined || before === undefined) {
      // Deleted in this moment, or closed.
      this.parts.delete(id);
      return [];
    }
    this.parts.set(id, now);
    if (!same(before.problems, now.problems)) {
      for (const kind of partKinds) this.partNodes(kind, now);
      return project === undefined ? [] : [project];
    }
    return partKinds.flatMap((kind) => this.changesOf(kind, before, now));
  }

  private changesOf(kind: PartKind, before: ProjectParts, now: ProjectParts): readonly BenchNode[] {
    const nodes = this.partNodes(kind, now);
    const known = new Map(partsOfKind(before, kind).map((facts) => [facts.id, facts]));
    const isSameGroup =
      groupDescription(before, kind) === groupDescription(now, kind) &&
      known.size === nodes.length &&
      nodes.every(({ facts }) => known.has(facts.id));
    // One that was empty could not be opened: it is another row now, which its project has to show.
    if ((known.size === 0) !== (nodes.length === 0)) return [this.project(now.project)];
    if (!isSameGroup) return [this.group(now.project, kind)];
    // Whether a benchmark is pinned is said by its optimization.
    const isAllNew = kind === 'benchmark' && !same(before.optimizations, now.optimizations);
    return nodes.filter(({ facts }) => isAllNew || !same(known.get(facts.id), facts));
  }

  private async partsOf(id: number): Promise<ProjectParts> {
    const known = this.parts.get(id);
    if (known !== undefined) return known;
    const parts = await this.bench.ask(partsMethod, { id });
    this.parts.set(id, parts);
    this.closed.delete(id);
    return parts;
  }

  private project(facts: ProjectFacts): ProjectNode {
    return this.keep(`project/${facts.id}`, { kind: 'project', bench: this.bench, facts });
  }

  private group(project: ProjectFacts, part: PartKind): GroupNode {
    return this.keep(`project/${project.id}/${part}`, { kind: 'group', bench: this.bench, project, part });
  }

  private problem(facts: ProblemFacts): ProblemNode {
    return this.keep(`problem/${facts.path}`, { kind: 'problem', bench: this.bench, facts });
  }

  private partNodes(kind: PartKind, parts: ProjectParts): readonly PartNode[] {
    return partNodes(this.bench, parts, kind).map((node) => this.keep(`${kind}/${node.facts.id}`, node));
  }

  private keep<Node extends BenchNode>(key: string, node: Node): Node {
    const known = this.nodes.get(key) as Changing<Node> | undefined;
    if (known !== undefined) return Object.assign(known, node);
    this.nodes.set(key, node);
    return node;
  }
}

function shapeOf({ projects, problems }: ProjectListFacts): unknown {
  return [projects.map(({ id }) => id), problems];
}

/** Whether two values of the protocol say the same. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
