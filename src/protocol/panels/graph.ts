// What the graph page of a model and the process that reads the model say to each other. The page sees what is visible, not the file.
import { event, method, textIn } from '../methods';
import type { Validator } from '../rpcMessages';
import { recordOf } from '../rpcMessages';

/** What the page of a model is about. */
export interface GraphSubject {
  /** Absolute path of the model. */
  readonly path: string;
  /** Absolute path of a model to compare it with from the start; absent: none. */
  readonly compareWith?: string;
  /** Colours to begin with; absent: none. */
  readonly overlay?: OverlayKey;
}

/** A choice of colours by what it shows and whose it is. */
export type OverlayKey = Pick<OverlayChoice, 'kind' | 'id'>;

/** Something visible: an operator, an input or output of the model, or a closed group of operators. */
export interface SceneNode {
  /** Unique in the model; of a group its key, which opens it. */
  readonly id: string;
  readonly kind: 'op' | 'input' | 'output' | 'group';
  /** Op type, name of the input or output, last part of the group's name. */
  readonly label: string;
  /** Name in the file. */
  readonly name: string;
  /** Operators in it; 1 for an operator. */
  readonly size: number;
  /** Key of the innermost open group around it; '' for none. */
  readonly parent: string;
  /** What a card says under the label: shapes of weights, attributes that matter, each short (`W 64×3×7×7`, `stride 2`); at most three. */
  readonly details?: readonly string[];
}

/** A line between two nodes of a scene, by their places in its list. */
export interface SceneEdge {
  /** Index into `nodes`. */
  readonly source: number;
  readonly target: number;
  /** Type and shape of the tensor, such as `float32 [1, 64, 56, 56]`, else its name; of several tensors, the first. */
  readonly tensor: string;
}

/** An open group, for the box around its nodes. */
export interface SceneGroup {
  readonly key: string;
  readonly label: string;
  /** Key of the open group around it; '' for none. */
  readonly parent: string;
  readonly size: number;
}

/** What is visible of a model with some of its groups open. */
export interface GraphScene {
  readonly nodes: readonly SceneNode[];
  readonly edges: readonly SceneEdge[];
  readonly openGroups: readonly SceneGroup[];
  /** What is not shown because it would be too much, in a sentence; absent where everything asked for is. */
  readonly leftOut?: string;
}

/** One row of the properties of a node. */
export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/** A tensor a node reads or makes. */
export interface TensorUse {
  /** Name of the parameter in the operator's definition, else its place: `X`, `W`, `input 3`. */
  readonly role: string;
  readonly tensor: string;
  /** `float32`; '' where it is not known. */
  readonly type: string;
  /** `[1, 3, 224, 224]`, with names for open dimensions; '' where it is not known. */
  readonly shape: string;
  /** Constant data: `tensorMethod` and `valuesMethod` answer about it. */
  readonly isConstant: boolean;
  /** Ids of the nodes at the other end. */
  readonly others: readonly string[];
}

/** Everything about a node, an input, an output or a group. */
export interface NodeProperties {
  readonly id: string;
  readonly kind: SceneNode['kind'];
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  /** Keys of the groups around it, outermost first. */
  readonly groups: readonly string[];
  readonly attributes: readonly NamedValue[];
  readonly inputs: readonly TensorUse[];
  readonly outputs: readonly TensorUse[];
  readonly doc: string;
}

/** Figures of the constant data of a tensor. */
export interface TensorFacts {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly elements: number;
  readonly sizeBytes: number;
  /** Null for types that are no numbers, and for data that cannot be read. */
  readonly statistics: {
    readonly min: number;
    readonly max: number;
    readonly mean: number;
    readonly std: number;
    readonly zeros: number;
    readonly notFinite: number;
  } | null;
  /** Counts of bins of equal width from min to max; empty without statistics. */
  readonly histogram: readonly number[];
  /** Why there are no figures; null where there are. */
  readonly problem: string | null;
}

/** Some values of a constant, as texts. */
export interface ValueWindow {
  /** Index of the first element, in row-major order. */
  readonly offset: number;
  readonly values: readonly string[];
  readonly elements: number;
}

/** Facts of a whole model. */
export interface GraphFacts {
  readonly path: string;
  readonly fileName: string;
  readonly format: string;
  readonly facts: readonly NamedValue[];
  readonly inputs: readonly TensorUse[];
  readonly outputs: readonly TensorUse[];
  readonly opTypes: readonly { readonly opType: string; readonly count: number }[];
  readonly nodes: number;
  /** Whether quantizing can begin with it: ONNX, and not quantized yet. */
  readonly canBeQuantized: boolean;
  /** Real absolute paths of files with weights of it. */
  readonly dataFiles: readonly string[];
  /** What is wrong or unusual about the file, a sentence each. */
  readonly warnings: readonly string[];
}

/** A row of the table that stands for the picture. */
export interface NodeRow {
  readonly id: string;
  readonly name: string;
  readonly opType: string;
  readonly groups: readonly string[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Some rows of the table of nodes. */
export interface NodePage {
  /** Rows there are. */
  readonly total: number;
  /** Those of them that are no nodes, but inputs and outputs of the model. */
  readonly ports: number;
  readonly rows: readonly NodeRow[];
}

/** A colouring of the graph. */
export interface OverlayChoice {
  readonly kind: 'time' | 'error' | 'type' | 'sparsity';
  /** Of the profiling or the optimization it comes from; 0 for those that come from the model alone. */
  readonly id: number;
  readonly label: string;
}

/** A colouring of a model. */
export interface Overlay {
  readonly choice: OverlayChoice;
  /** `µs`, `dB`, … ; '' for categories. */
  readonly unit: string;
  /**
   * By node id and by group key: a share of the largest value from 0 (harmless) to 1 (worst), and what to say about it.
   * Categories have `category` instead of a share.
   */
  readonly values: Readonly<
    Record<string, { readonly share: number | null; readonly category: string | null; readonly text: string }>
  >;
  readonly categories: readonly string[];
}

/** What became of a node in the other model. */
export type NodeChange = 'same' | 'changed' | 'added' | 'removed';

/** What differs between two models. */
export interface GraphComparison {
  /** Absolute path of the other model. */
  readonly otherPath: string;
  /** By node id and group key; nodes that are not named are the same. `changed` says what in `text`. */
  readonly here: Readonly<Record<string, { readonly change: NodeChange; readonly text: string }>>;
  readonly there: Readonly<Record<string, { readonly change: NodeChange; readonly text: string }>>;
  /** Whether the other model is the earlier one, from which the summary goes: it stands left. */
  readonly isOtherFirst: boolean;
  readonly summary: string;
}

/** Another model of the bench that this one can be compared with. */
export interface ComparableModel {
  readonly path: string;
  readonly label: string;
}

/** Every question names the model, so that one page can show two. */
interface AboutModel {
  readonly path: string;
}

/** The scene with the named groups open. */
export const sceneMethod = method<AboutModel & { readonly expanded: readonly string[] }, GraphScene>(
  'graph/scene',
  about((fields) => ({ expanded: textsIn(fields, 'expanded') })),
);
/** Opens everything: for pages that were asked to expand all. */
export const allGroupsMethod = method<AboutModel, readonly string[]>(
  'graph/allGroups',
  about(() => ({})),
);
/** Facts of the whole model. */
export const graphFactsMethod = method<AboutModel, GraphFacts>(
  'graph/facts',
  about(() => ({})),
);
/** Properties by an id of the scene. */
export const nodeMethod = method<AboutModel & { readonly id: string }, NodeProperties>(
  'graph/node',
  about((fields) => ({ id: textIn(fields, 'id') })),
);
/** Figures of a constant; they take as long as reading it. */
export const tensorMethod = method<AboutModel & { readonly tensor: string }, TensorFacts>(
  'graph/tensor',
  about((fields) => ({ tensor: textIn(fields, 'tensor') })),
);
/** At most 1,000 values at a time. */
export const valuesMethod = method<
  AboutModel & { readonly tensor: string; readonly offset: number; readonly count: number },
  ValueWindow
>(
  'graph/values',
  about((fields) => ({
    tensor: textIn(fields, 'tensor'),
    offset: countIn(fields, 'offset', Number.MAX_SAFE_INTEGER),
    count: countIn(fields, 'count', 1000),
  })),
);
/** Nodes whose name, op type, groups or tensors contain a text ('' for all), in order; at most 1,000 at a time. */
export const nodesMethod = method<
  AboutModel & { readonly text: string; readonly offset: number; readonly count: number },
  NodePage
>(
  'graph/nodes',
  about((fields) => ({
    text: textIn(fields, 'text', 1000),
    offset: countIn(fields, 'offset', Number.MAX_SAFE_INTEGER),
    count: countIn(fields, 'count', 1000),
  })),
);
/** The colourings that the model can have. */
export const overlayChoicesMethod = method<AboutModel, readonly OverlayChoice[]>(
  'graph/overlays',
  about(() => ({})),
);
/** One of the colourings. */
export const overlayMethod = method<
  AboutModel & { readonly kind: OverlayChoice['kind']; readonly id: number },
  Overlay
>(
  'graph/overlay',
  about((fields) => ({ kind: overlayKind(fields['kind']), id: countIn(fields, 'id', Number.MAX_SAFE_INTEGER) })),
);
/** The models of the bench that it can be compared with. */
export const comparableMethod = method<AboutModel, readonly ComparableModel[]>(
  'graph/comparable',
  about(() => ({})),
);
/** What differs from another model; takes as long as reading the weights of both. */
export const compareMethod = method<AboutModel & { readonly otherPath: string }, GraphComparison>(
  'graph/compare',
  about((fields) => ({ otherPath: textIn(fields, 'otherPath') })),
);

/** What the page asks of the editor around it: to begin something with its model. */
export const beginMethod = method<{ readonly what: 'project' | 'quantize' | 'benchmark' }, null>(
  'graph/begin',
  (value) => {
    const what = recordOf(value, 'the parameters')['what'];
    if (what === 'project' || what === 'quantize' || what === 'benchmark') return { what };
    throw new Error('"what" is project, quantize or benchmark');
  },
);
/** Somebody asked to see the model compared with another one. Sent by the editor to a page that is open. */
export const compareWithEvent = event<{ readonly otherPath: string }>('graph/compareWith');
/** Somebody asked to see the model in certain colours. Sent by the editor to a page that is open. */
export const overlayEvent = event<OverlayKey>('graph/showOverlay');
/** A model has changed on the disk, that of the page or the one it is compared with: ask again. Sent by the editor. */
export const modelChangedEvent = event<{ readonly path: string }>('graph/changed');

function about<More extends object>(
  read: (fields: Readonly<Record<string, unknown>>) => More,
): Validator<AboutModel & More> {
  return (value) => {
    const fields = recordOf(value, 'the parameters');
    return { path: textIn(fields, 'path'), ...read(fields) };
  };
}

function textsIn(fields: Readonly<Record<string, unknown>>, key: string): readonly string[] {
  const value = fields[key];
  if (!Array.isArray(value) || !value.every((one): one is string => typeof one === 'string')) {
    throw new Error(`"${key}" is a list of texts`);
  }
  return value;
}

function countIn(fields: Readonly<Record<string, unknown>>, key: string, most: number): number {
  const value = fields[key];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > most) {
    throw new Error(`"${key}" is a whole number from 0 to ${most}`);
  }
  return value;
}

/** A choice of colours as a command or a subject names it; throws Error for anything else. */
export function overlayKeyIn(value: unknown): OverlayKey {
  const fields = recordOf(value, 'the colours');
  return { kind: overlayKind(fields['kind']), id: countIn(fields, 'id', Number.MAX_SAFE_INTEGER) };
}

function overlayKind(value: unknown): OverlayChoice['kind'] {
  if (value === 'time' || value === 'error' || value === 'type' || value === 'sparsity') return value;
  throw new Error('"kind" is time, error, type or sparsity');
}
