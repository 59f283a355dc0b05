// What a config may name of a model: op types, nodes, inputs and outputs; read once for each state of the file.
import { statSync } from 'node:fs';

/** Names in a model, each once, in the order of the graph. */
export interface ModelNames {
  readonly opTypes: readonly NamedOp[];
  readonly nodes: readonly NamedNode[];
  readonly inputs: readonly NamedInput[];
  readonly outputs: readonly string[];
  /** What can be pruned. */
  readonly layers: readonly NamedLayer[];
}

/** A layer that can be pruned, by the name of its weight. */
export interface NamedLayer {
  readonly name: string;
  /** Nodes that compute with it; a recipe may name one of them instead. */
  readonly nodes: readonly string[];
  readonly opType: string;
  readonly weights: number;
}

/** A type of operators, and how many there are. */
export interface NamedOp {
  readonly name: string;
  readonly count: number;
}

/** An operator with a name. */
export interface NamedNode {
  readonly name: string;
  readonly opType: string;
}

/** What has to be given to the model. */
export interface NamedInput {
  readonly name: string;
  /** Undefined for an axis of any length; absent for an unknown shape. */
  readonly shape?: readonly (number | undefined)[];
}

/** Reads the names of a model; undefined for a file that is no model, or takes too long. Never rejects. */
export type NamesReader = (path: string) => Promise<ModelNames | undefined>;

interface KnownModel {
  readonly state: string;
  readonly names: Promise<ModelNames | undefined>;
}

/** Models of the open files that are remembered. */
const mostModels = 8;

/** Reads each model when somebody asks for it, and again when its file has changed. */
export class ModelNamesCache {
  private readonly known = new Map<string, KnownModel>();

  constructor(private readonly read: NamesReader) {}

  /** The names in the model at a path; undefined where there is no model. */
  async at(path: string | undefined): Promise<ModelNames | undefined> {
    const state = path === undefined ? undefined : stateOf(path);
    if (path === undefined || state === undefined) return undefined;
    const known = this.known.get(path);
    if (known?.state === state) return known.names;
    const names = this.read(path);
    this.known.delete(path);
    this.known.set(path, { state, names });
    for (const oldest of this.known.keys()) {
      if (this.known.size <= mostModels) break;
      this.known.delete(oldest);
    }
    return names;
  }
}

function stateOf(path: string): string | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() ? `${stats.size} ${stats.mtimeMs}` : undefined;
  } catch {
    return undefined;
  }
}
