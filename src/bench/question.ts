// What the process of a bench answers to the editor: a declared request and the work that answers it.
import type { WorkContext } from '../protocol/progress';
import type { RpcMethod } from '../protocol/rpcMessages';
import type { RpcPeer } from '../processes/rpc';
import type { Bench } from './bench';

/** Gives the bench, or rejects with the reason why it cannot be opened. */
export type BenchSource = () => Promise<Bench>;

/** Lets a peer answer one kind of request about a bench. */
export type Question = (peer: RpcPeer, bench: BenchSource) => void;

/** Ties a request to the work that answers it. */
export function answering<Params, Result>(
  method: RpcMethod<Params, Result>,
  answer: (bench: Bench, params: Params, context: WorkContext) => Result | Promise<Result>,
): Question {
  return (peer, bench) => peer.handle(method, async (params, context) => answer(await bench(), params, context));
}

/** As `answering`, with work that is loaded when it is first asked for: the process starts while somebody waits. */
export function answeringLate<Params, Result>(
  method: RpcMethod<Params, Result>,
  load: () => Promise<(bench: Bench, params: Params, context: WorkContext) => Result | Promise<Result>>,
): Question {
  return answering(method, async (bench, params, context) => (await load())(bench, params, context));
}
