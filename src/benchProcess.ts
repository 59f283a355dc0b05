// Entry of the process that holds a bench for the editor: models, files and SQLite stay out of the extension host (DESIGN §4).
import type { Bench } from './bench/bench';
import { openBench } from './bench/openBench';
import { questions } from './bench/questions';
import { channelToParent } from './processes/channels';
import { RpcPeer } from './processes/rpc';
import { runChangeEvent } from './protocol/benchChannel';
import type { RunChange } from './protocol/benchChannel';
import type { RunQueueOptions } from './jobs/openRunQueue';
import type { RunNews } from './jobs/runQueue';

/** Serves the bench of a workspace to the process that forked this one, until that lets go. */
async function serveBench(workspace: string, options: RunQueueOptions): Promise<void> {
  const channel = channelToParent();
  const closed = new Promise<void>((resolve) => channel.onClose(resolve));
  const peer = new RpcPeer(channel);
  let opened: Promise<Bench> | undefined;
  // One that cannot be opened says why to everybody who asks, and may be put right meanwhile.
  const bench = (): Promise<Bench> =>
    (opened ??= openFollowed(peer, workspace, options).catch((thrown: unknown) => {
      opened = undefined;
      throw thrown;
    }));
  for (const question of questions) question(peer, bench);
  await closed;
  await (await opened?.catch(() => undefined))?.[Symbol.asyncDispose]();
}

/** Opens the bench, and tells of all that happens in it. */
async function openFollowed(peer: RpcPeer, workspace: string, options: RunQueueOptions): Promise<Bench> {
  const bench = await openBench(workspace, options);
  bench.queue.watch((news) => peer.emit(runChangeEvent, changeOf(news)));
  return bench;
}

function changeOf({ subject, ...news }: RunNews): RunChange {
  return { ...news, kind: subject.kind, id: subject.id };
}

const [workspace, optionsText = '{}'] = process.argv.slice(2);
if (workspace === undefined)
  throw new Error('The workspace of the bench is missing: this process is started by the editor.');
void serveBench(workspace, JSON.parse(optionsText) as RunQueueOptions).then(
  () => process.exit(0),
  (thrown: unknown) => {
    console.error(thrown);
    process.exit(1);
  },
);
