// Opens the bench of a workspace: its store, its queue, and the rules of access of the door that opens it.
import { openRunQueue } from '../jobs/openRunQueue';
import type { RunQueueOptions } from '../jobs/openRunQueue';
import { openStore } from '../store/openStore';
import { Bench } from './bench';
import type { ExampleModel } from './example/exampleModel';
import { openAccess } from './fileAccess';
import type { FileAccess } from './fileAccess';

export interface OpenBenchOptions extends RunQueueOptions {
  /** Absent: that of a person at their own machine, who may name any file. */
  readonly access?: FileAccess;
  /** Models that projects can begin with; absent: those of the product. */
  readonly examples?: readonly ExampleModel[];
}

/**
 * Opens the bench in `<workspace>/.compressor-bench`; the first change makes it. Runs that wait there, or that others left,
 * go on. Whoever opens it closes it (`await using`).
 */
export async function openBench(workspace: string, options: OpenBenchOptions = {}): Promise<Bench> {
  const { access, examples, ...queueOptions } = options;
  const store = await openStore(workspace);
  try {
    return new Bench({
      store,
      queue: await openRunQueue(store.folder, queueOptions),
      access: access ?? openAccess(store.workspace),
      // Late: it knows all kinds of runs, and nobody waits for what is first told of one.
      messagesOfRun: async (bench, news) => (await import('./runs/runMessages')).messagesOfRun(bench, news),
      ...(examples === undefined ? {} : { examples }),
    });
  } catch (thrown) {
    await store[Symbol.asyncDispose]();
    throw thrown;
  }
}
