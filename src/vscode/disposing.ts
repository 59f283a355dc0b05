// What has an end: the editor's own form of it, for objects that are no instances of its class.

/** Something that somebody has to dispose of; doing it twice does nothing more. */
export interface Disposes {
  dispose(): void;
}
