// Channels the RPC runs over: the IPC pipe between a process and its fork, seen from both ends.
import type { ChildProcess } from 'node:child_process';
import type { RpcChannel } from './rpcChannel';

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
