// Two ends of a channel in one process: what a page and its panel talk over in tests.
import type { RpcChannel } from '../../src/processes/rpcChannel';

/** Two ends of a channel; what one sends arrives at the other, copied, a moment later. */
export function channelPair(): readonly [RpcChannel, RpcChannel] {
  const receivers: ((message: unknown) => void)[] = [];
  const end = (own: number): RpcChannel => ({
    send: (message) => queueMicrotask(() => receivers[1 - own]?.(structuredClone(message))),
    onMessage: (receive) => {
      receivers[own] = receive;
    },
    onClose: () => undefined,
  });
  return [end(0), end(1)];
}
