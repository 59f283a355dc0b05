// Models whose graph was looked at a moment ago, with their groups: opening a group asks for the same graph again.
import { statSync } from 'node:fs';
import { hierarchyOf, openModel } from '../../formats/openModel';
import type { Grouping, OpenedModel } from '../../formats/openModel';
import type { ModelHierarchy } from '../../onnx/hierarchy/modelHierarchy';
import type { Bench } from '../bench';
import { releaseMemory } from './memoryRelease';

/** A second one for going back and forth between input and optimized model. */
const mostModels = 2;
/** A large graph takes tens of megabytes: nobody pays for it while nobody looks. */
const idleMs = 60_000;

interface CachedGraph {
  /** The model, and files with weights of it. */
  readonly files: readonly string[];
  /** Of the files, as they were when it was read. */
  readonly signature: string;
  readonly opened: OpenedModel;
  readonly hierarchy: ModelHierarchy;
}

/** Whoever makes it disposes of it. */
export class GraphCache implements Disposable {
  /** The one used last at the end. */
  private readonly graphs = new Map<string, CachedGraph>();
  private idle: NodeJS.Timeout | undefined;

  /** @param idleAfterMs after that long without a question everything is let go */
  constructor(private readonly idleAfterMs = idleMs) {}

  /**
   * What `look` makes of the groups of a model, at once: the model may be closed after that.
   *
   * @throws ModelError naming the file when it is no model that can be shown
   */
  with<Result>(
    path: string,
    grouping: Grouping,
    look: (hierarchy: ModelHierarchy, opened: OpenedModel) => Result,
  ): Result {
    const key = `${JSON.stringify(grouping)} ${path}`;
    let cached = this.graphs.get(key);
    this.graphs.delete(key);
    if (cached !== undefined && cached.signature !== signatureOf(cached.files)) {
      cached.opened.model.close();
      cached = undefined;
    }
    cached ??= opened(path, grouping);
    this.graphs.set(key, cached);
    this.letGoOf(this.graphs.size - mostModels);
    clearTimeout(this.idle);
    this.idle = setTimeout(() => {
      this.letGoOf(mostModels);
      releaseMemory();
    }, this.idleAfterMs).unref();
    return look(cached.hierarchy, cached.opened);
  }

  /** How many models are held open. */
  get size(): number {
    return this.graphs.size;
  }

  /** The `count` that were used least recently. */
  private letGoOf(count: number): void {
    for (const [key, { opened: model }] of [...this.graphs].slice(0, Math.max(0, count))) {
      model.model.close();
      this.graphs.delete(key);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.idle);
    this.letGoOf(this.graphs.size);
  }
}

/** The models of a bench that were looked at a moment ago. */
export function graphsOf(bench: Bench): GraphCache {
  return bench.keptGraphs(() => new GraphCache());
}

function opened(path: string, grouping: Grouping): CachedGraph {
  // Before it is read: what is written meanwhile is seen by the next question.
  const own = signatureOf([path]);
  const model = openModel(path);
  try {
    const data = model.kind === 'onnx' ? model.model.externalFiles : [];
    const signature = [own, ...data.map((file) => signatureOf([file]))].join(' ');
    return { files: [path, ...data], signature, opened: model, hierarchy: hierarchyOf(model, grouping) };
  } catch (thrown) {
    model.model.close();
    throw thrown;
  }
}

/** Changes whenever other files are there, or the same with another content. */
function signatureOf(paths: readonly string[]): string {
  const each = paths.map((path) => {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? 'none' : [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(':');
  });
  return each.join(' ');
}
