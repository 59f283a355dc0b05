// Every failure of the message channel itself, made in one place.
import { BenchError, cancelledCode } from '../protocol/benchError';
import type { FailureRecord } from '../protocol/benchError';

/** An error of the channel, or one that came through it. Codes of the channel's own start with `rpc-`. */
export class RpcError extends BenchError {
  override readonly name = 'RpcError';
}

/** One factory per failure. */
export const rpcErrors = {
  closed: (): RpcError =>
    new RpcError({
      code: 'rpc-closed',
      message: 'The other process is gone; no answer will come.',
      nextStep: 'Run the command again.',
    }),
  unknownMethod: (name: string): RpcError =>
    new RpcError({
      code: 'rpc-unknown-method',
      message: `The other process does not know the request "${name.slice(0, 100)}".`,
      nextStep: 'Restart the program: its parts are of different versions.',
    }),
  invalid: (problem: string): RpcError =>
    new RpcError({
      code: 'rpc-invalid',
      message: `A message between two processes was not understood: ${problem}.`,
      nextStep: 'Restart the program: its parts may be of different versions.',
    }),
  cancelled: (): RpcError => new RpcError({ code: cancelledCode, message: 'The request was cancelled.' }),
  remote: (failure: FailureRecord): RpcError => new RpcError(failure),
};
