// What a loader gives before transforms: pictures with labels, or finished items.
import type { DataLoader, KnownItem } from '../contracts';
import type { Sample } from '../transforms/sample';

/** Random access over pictures (uint8, height × width × channels) with labels; transforms make items of them. */
export interface PictureSource {
  readonly kind: 'pictures';
  readonly length: number;
  get(index: number): Promise<Sample> | Sample;
  /** As of a DataLoader. */
  readonly known?: (index: number) => KnownItem | undefined;
  /** Boxes of a picture, without decoding it; only where the loader knows. */
  readonly boxCount?: (index: number) => number;
  /** What a person should know about the data, as sentences. */
  readonly notes?: readonly string[];
  close?(): void;
}

/** Items that are complete as they are. */
export interface ItemSource {
  readonly kind: 'items';
  readonly loader: DataLoader;
  /** What a person should know about the data, as sentences. */
  readonly notes?: readonly string[];
}

export type Source = PictureSource | ItemSource;
