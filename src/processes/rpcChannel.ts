// What the RPC runs over, wherever it runs: between processes, or between the editor and a page in it.

/** A two-way pipe of structured messages. */
export interface RpcChannel {
  /** Sends, or does nothing when the channel is closed: the close listener tells of that. */
  send(message: unknown): void;
  /** Registers the one receiver. */
  onMessage(receive: (message: unknown) => void): void;
  /** Called once when no message can come any more. */
  onClose(closed: () => void): void;
}
