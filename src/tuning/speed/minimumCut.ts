// The cheapest way to part the nodes of a graph in two, by maximum flow (Dinic, 1970).

/** A network between a source and a sink; capacities are not negative. */
export class FlowNetwork {
  private readonly heads: number[][];
  private readonly targets: number[] = [];
  private readonly capacities: number[] = [];

  /** Vertices are 0 … count − 1. */
  constructor(private readonly count: number) {
    this.heads = Array.from({ length: count }, () => []);
  }

  /** Adds an arc with a capacity each way. */
  connect(from: number, to: number, forward: number, backward = 0): void {
    this.heads[from]?.push(this.targets.length);
    this.targets.push(to);
    this.capacities.push(forward);
    this.heads[to]?.push(this.targets.length);
    this.targets.push(from);
    this.capacities.push(backward);
  }

  /** Saturates the network and gives the vertices on the source's side of a minimum cut. Uses the network up. */
  sourceSide(source: number, sink: number): ReadonlySet<number> {
    for (let levels = this.levels(source); levels[sink] !== -1; levels = this.levels(source)) {
      const next = new Int32Array(this.count);
      while (this.augment(source, sink, levels, next) > 0);
    }
    const levels = this.levels(source);
    const side = new Set<number>();
    levels.forEach((level, vertex) => {
      if (level !== -1) side.add(vertex);
    });
    return side;
  }

  /** Distance of each vertex from the source over arcs with capacity left; −1 where there is no way. */
  private levels(source: number): Int32Array {
    const levels = new Int32Array(this.count).fill(-1);
    levels[source] = 0;
    const queue = [source];
    for (const vertex of queue) {
      for (const arc of this.heads[vertex] ?? []) {
        const target = this.targets[arc] ?? 0;
        if ((this.capacities[arc] ?? 0) <= smallestFlow || levels[target] !== -1) continue;
        levels[target] = (levels[vertex] ?? 0) + 1;
        queue.push(target);
      }
    }
    return levels;
  }

  /** Sends flow along one shortest way and gives its amount; 0 when there is none left. Iterative: ways may be long. */
  private augment(source: number, sink: number, levels: Int32Array, next: Int32Array): number {
    const way: number[] = [];
    let vertex = source;
    while (vertex !== sink) {
      const arc = this.usableArc(vertex, levels, next);
      if (arc !== undefined) {
        way.push(arc);
        vertex = this.targets[arc] ?? sink;
        continue;
      }
      const back = way.pop();
      if (back === undefined) return 0;
      vertex = this.targets[back ^ 1] ?? source;
      next[vertex] = (next[vertex] ?? 0) + 1;
    }
    const amount = Math.min(...way.map((arc) => this.capacities[arc] ?? 0));
    for (const arc of way) {
      this.capacities[arc] = (this.capacities[arc] ?? 0) - amount;
      this.capacities[arc ^ 1] = (this.capacities[arc ^ 1] ?? 0) + amount;
    }
    return amount;
  }

  private usableArc(vertex: number, levels: Int32Array, next: Int32Array): number | undefined {
    const arcs = this.heads[vertex] ?? [];
    for (; (next[vertex] ?? 0) < arcs.length; next[vertex] = (next[vertex] ?? 0) + 1) {
      const arc = arcs[next[vertex] ?? 0] ?? 0;
      const isOnward = levels[this.targets[arc] ?? 0] === (levels[vertex] ?? 0) + 1;
      if (isOnward && (this.capacities[arc] ?? 0) > smallestFlow) return arc;
    }
    return undefined;
  }
}

/** Capacities are times in microseconds: less than this is rounding. */
const smallestFlow = 1e-9;
