// Remembers which bytes of which source a decoded message came from, so that untouched messages are written as they were.
import type { ByteSource } from './byteSource';
import type { ByteSlice } from './messages';

/**
 * A message as it was decoded. `{ ...message, changed }` copies its fields but not its origin, so an edited message never
 * passes for an untouched one. Private fields rather than a WeakMap: with millions of entries that takes minutes.
 */
export class DecodedMessage {
  readonly #source: ByteSource;
  readonly #offset: number;
  readonly #length: number;

  constructor(source: ByteSource, offset: number, length: number) {
    this.#source = source;
    this.#offset = offset;
    this.#length = length;
  }

  /** The bytes a message was decoded from; undefined for one made or edited here. */
  static originalBytesOf(message: object): ByteSlice | undefined {
    if (!(#source in message)) return undefined;
    return { source: message.#source, offset: message.#offset, length: message.#length };
  }
}
