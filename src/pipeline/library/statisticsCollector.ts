// Collects the statistics of several algorithms: those over the same samples in one pass (SYSTEMS §7.3).
import type { Engine, Statistics, StatisticFunction, StatisticsLayout } from './engine';
import { BatchSampler } from './samplers';
import type { Sampler } from './samplers';

interface Request {
  readonly owner: object;
  readonly layout: StatisticsLayout;
  readonly sampler: Sampler | undefined;
}

/** Owner, in a name of a statistic: two algorithms may call different things the same. */
const separator = ' · ';

export class StatisticsCollector {
  private readonly requests: Request[] = [];
  private readonly collected = new Map<object, Statistics>();

  /**
   * Asks for statistics on behalf of an algorithm.
   *
   * @param sampler which samples; absent: all
   */
  register(owner: object, layout: StatisticsLayout, sampler?: Sampler): void {
    this.requests.push({ owner, layout, sampler });
  }

  get hasRequests(): boolean {
    return this.requests.length > 0;
  }

  /** What was collected for an algorithm: by node, then by statistic, a value for each batch. */
  statisticsOf(owner: object): Statistics {
    return this.collected.get(owner) ?? {};
  }

  /** Runs the engine's model once for all requests with equal samplers. @returns the number of passes */
  async collect(engine: Engine): Promise<number> {
    const passes = new Map<string, Request[]>();
    for (const request of this.requests) {
      const key = samplerKey(request.sampler);
      passes.set(key, [...(passes.get(key) ?? []), request]);
    }
    for (const requests of passes.values()) await this.pass(engine, requests);
    this.requests.length = 0;
    return passes.size;
  }

  private async pass(engine: Engine, requests: readonly Request[]): Promise<void> {
    const [first] = requests;
    const layout: Record<string, Record<string, StatisticFunction>> = {};
    requests.forEach(({ layout: own }, index) => {
      for (const [node, functions] of Object.entries(own)) {
        const merged = (layout[node] ??= {});
        for (const [name, compute] of Object.entries(functions)) merged[`${index}${separator}${name}`] = compute;
      }
    });
    const sampler = first?.sampler ?? new BatchSampler(engine.dataLoader);
    const { statistics } = await engine.predict({ statisticsLayout: layout, sampler });
    requests.forEach(({ owner }, index) => {
      this.collected.set(owner, { ...this.statisticsOf(owner), ...ownStatistics(statistics, `${index}${separator}`) });
    });
  }
}

function ownStatistics(statistics: Statistics, prefix: string): Statistics {
  const nodes = Object.entries(statistics).map(([node, values]) => {
    const own = Object.entries(values).filter(([name]) => name.startsWith(prefix));
    return [node, Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]))] as const;
  });
  return Object.fromEntries(nodes.filter(([, values]) => Object.keys(values).length > 0));
}

/** Samplers are equal that give the same samples in batches of the same size. */
function samplerKey(sampler: Sampler | undefined): string {
  return sampler === undefined ? 'all' : `${sampler.batchSize}: ${sampler.indexes.join(' ')}`;
}
