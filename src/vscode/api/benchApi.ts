// What other extensions may use: the operations of the bench by their paths, news of runs, the graph of a model.
import { commands, workspace } from 'vscode';
import type { Event, Uri } from 'vscode';
import type { RunChange } from '../../protocol/benchChannel';
import { BenchError } from '../../protocol/benchError';
import type { Services } from '../services';

/** The value of `extensions.getExtension('compressor-bench.compressor-bench').activate()`. */
export interface BenchApi {
  /** Raised when something below changes its meaning. */
  readonly version: 1;
  /**
   * Calls an operation of the bench (the paths and parameters of the HTTP API, such as `project/list`) in the workspace
   * folder of `uri`, or in the first one. Rejects with an Error that has a `code` and a `nextStep`; always in a workspace
   * that is not trusted.
   */
  call(path: string, parameters?: Readonly<Record<string, unknown>>, uri?: Uri): Promise<unknown>;
  /** Something happened to a run of any bench of this window. */
  readonly onDidChangeRun: Event<RunChange>;
  /** Shows the graph of a model. */
  showGraph(model: Uri): Promise<void>;
}

/** The API of this window. */
export function makeApi({ benches }: Services): BenchApi {
  return {
    version: 1,
    onDidChangeRun: benches.onDidChangeRun,
    call: async (path, parameters = {}, uri) => {
      const bench = benches.for(uri);
      if (bench === undefined) throw apiErrors.noFolder();
      if (!workspace.isTrusted) throw apiErrors.notTrusted();
      return await bench.change(path, parameters);
    },
    showGraph: async (model) => {
      await commands.executeCommand('compressorBench.model.openGraph', model);
    },
  };
}

const apiErrors = {
  noFolder: (): BenchError =>
    new BenchError({ code: 'api-no-folder', message: 'No folder is open.', nextStep: 'Open the folder of the bench.' }),
  notTrusted: (): BenchError =>
    new BenchError({
      code: 'api-not-trusted',
      message: 'The workspace is not trusted.',
      nextStep: 'Ask the person to trust it.',
    }),
};
