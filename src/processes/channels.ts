// Channels the RPC runs over: the IPC pipe between a process and its fork, seen from both ends.
import type { ChildProcess } from 'node:child_process';

/** A two-way pipe of structured messages. */
export interface RpcChannel {
  /** Sends, or does nothing when the channel is closed: the close listener tells of that. */
  send(message: unknown): void;
  /** Registers the one receiver. */
  onMessage(receive: (message: unknown) => void): void;
  /** Called once when no message can come any more. */
  onClose(closed: () => void): void;
}

/** The pipe to a forked child. */
export function channelToChild(child: ChildProcess): RpcChannel {
  return {
    send: (message) => {
      if (child.connected) child.send(message as object, ignoreBrokenPipe);
    },
    onMessage: (receive) => {
      child.on('message', receive);
    },
    onClose: (closed) => {
      child.once('disconnect', closed);
    },
  };
}

/** The pipe to the process that forked this one; closed from the start where there is none. */
export function channelToParent(): RpcChannel {
  return {
    send: (message) => {
      if (process.connected) process.send?.(message, undefined, undefined, ignoreBrokenPipe);
    },
    onMessage: (receive) => {
      process.on('message', receive);
    },
    onClose: (closed) => {
      if (process.connected) process.once('disconnect', closed);
      else setImmediate(closed);
    },
  };
}

/** The other end may die between the check and the write; its disconnect follows and is what counts. */
function ignoreBrokenPipe(): void {
  // Nothing to do: see above.
}
