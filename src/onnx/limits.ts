// What a model may ask of us before native code sees it; beyond that it is refused with a sentence.

/** Upper bounds checked while reading. */
export interface ModelLimits {
  /** Bytes of the model file itself (protobuf's own limit); larger models keep tensors in external data. */
  readonly fileBytes: number;
  /** Nodes of all graphs, subgraphs and functions. */
  readonly nodes: number;
  /** Graphs within graphs. */
  readonly nestingLevels: number;
  /** Model-local functions calling each other; the engine dies of a stack overflow at about 3,000. */
  readonly functionDepth: number;
  /** Elements of one tensor. */
  readonly tensorElements: number;
  /** Protobuf messages of all kinds, so that a small file cannot become gigabytes of objects. */
  readonly messages: number;
  /** Entries of all lists of numbers and strings, for the same reason. */
  readonly listEntries: number;
}

/** The product's bounds; the largest model of the public zoos stays below a tenth of each count. */
export const defaultLimits: ModelLimits = {
  fileBytes: 2 ** 31 - 1,
  nodes: 1_000_000,
  nestingLevels: 64,
  functionDepth: 256,
  tensorElements: 2 ** 31,
  messages: 4_000_000,
  listEntries: 32_000_000,
};
