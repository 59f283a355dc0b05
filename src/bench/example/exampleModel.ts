// What an example is: a model with its facts, where it comes from, and what it can be tried on.
import type { domains, domainFlavours } from '../../dictionary/benchTerms';
import type { NamedParameters } from '../../store/records';
import type { ValueBounds } from '../dataset/dummyDataset';

/** A model a project can begin with. */
export interface ExampleModel {
  /** What clients call it; unique. */
  readonly model: string;
  readonly domain: (typeof domains)[number]['name'];
  readonly domainFlavour: (typeof domainFlavours)[number]['name'];
  /** SPDX identifier. */
  readonly licence: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** What random samples look like, by input, for what the file leaves open; sizes without the batch axis. */
  readonly inputs?: Readonly<Record<string, ExampleInput>>;
  readonly source: BundledSource | DownloadSource;
}

export interface ExampleInput extends ValueBounds {
  readonly shape?: readonly number[];
}

/** Comes with the product. */
export interface BundledSource {
  readonly kind: 'bundled';
  /** Below `media/examples`. */
  readonly folder: string;
  /** Real samples; absent: random ones are made. */
  readonly dataset?: ExampleDataset;
}

/** A data set in the words of the API; its files go where the model goes. */
export interface ExampleDataset {
  readonly name: string;
  readonly loader: string;
  /** Without the path parameter, which leads to where the files were put. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly files: readonly string[];
  readonly transforms: readonly NamedParameters[];
  readonly metric: { readonly name: string; readonly param: unknown };
}

/** Is fetched when somebody asks for it. */
export interface DownloadSource {
  readonly kind: 'download';
  /** Places that have it, the best first. */
  readonly urls: readonly string[];
}
