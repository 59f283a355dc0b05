// What the extension and the language server say to each other besides the protocol of language servers.
import type { ConfigFileKind } from '../config/configFileKind';

/** What stands above a file of ours. */
export type ConfigLens = 'run' | 'validate' | 'openHistory' | 'preview' | 'prune';

/** The command of each, which is given the URI of the file. */
export const lensCommands: Readonly<Record<ConfigLens, string>> = {
  run: 'compressorBench.config.run',
  validate: 'compressorBench.config.validate',
  openHistory: 'compressorBench.config.openHistory',
  preview: 'compressorBench.dataset.preview',
  prune: 'compressorBench.config.prune',
};

/** What the server does itself; another extension may do some of it for the same files. */
export interface ServerDuties {
  /** Say what is no good YAML. */
  readonly yamlProblems: boolean;
  /** Offer the keys and values of the schema; names of the model and files are offered always. */
  readonly completion: boolean;
  /** Explain the keys and values of the schema; names of the model are explained always. */
  readonly hover: boolean;
}

/** Where no other extension does anything. */
export const allDuties: ServerDuties = { yamlProblems: true, completion: true, hover: true };

/** Notification to the server: `ServerDuties`. It is also what `initializationOptions` holds. */
export const dutiesNotification = 'compressorBench/duties';

/** Request: the JSON Schema of a kind of file, which describes it and refuses nothing, as text. */
export const schemaRequest = 'compressorBench/schema';

/** Of which kind of file. */
export interface SchemaParams {
  readonly kind: ConfigFileKind;
}

/** Request: what is wrong in an open file now. */
export const validateRequest = 'compressorBench/validate';

/** Of which open file. */
export interface ValidateParams {
  readonly uri: string;
}

/** Null for a file that is not open in the server. */
export type ValidateResult = { readonly errors: number; readonly warnings: number } | null;
