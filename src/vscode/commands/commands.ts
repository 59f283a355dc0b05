// The commands of the extension that are no panel's and no editor's: each is shown its failure, none throws.
import { Disposable, commands } from 'vscode';
import type { Contribution } from '../contributions';
import { showThrown } from '../failures';
import { benchmarkHandlers } from './benchmarks';
import { datasetHandlers } from './datasets';
import { deleteHandlers } from './deletion';
import { exampleHandlers } from './examples';
import { exportHandlers } from './exporting';
import { givenOf } from './given';
import type { Handlers } from './handler';
import { modelHandlers } from './models';
import { optimizationHandlers } from './optimizations';
import { profilingHandlers } from './profilings';
import { projectHandlers } from './projects';
import { registerReadOnlyTexts } from './readOnlyTexts';
import { runHandlers } from './runCommands';
import { tellEnd } from './runs';
import { supportHandlers } from './support';

const handlers: Handlers = {
  ...projectHandlers,
  ...exampleHandlers,
  ...datasetHandlers,
  ...optimizationHandlers,
  ...benchmarkHandlers,
  ...profilingHandlers,
  ...modelHandlers,
  ...runHandlers,
  ...deleteHandlers,
  ...exportHandlers,
  ...supportHandlers,
};

export const registerCommands: Contribution = (services) =>
  Disposable.from(
    ...Object.entries(handlers).map(([name, handle]) =>
      commands.registerCommand(`compressorBench.${name}`, async (...words: readonly unknown[]) => {
        try {
          return await handle(services, givenOf(words));
        } catch (thrown) {
          // Not awaited: whoever waits for the command waits for its work, not for a person to close the message.
          void showThrown(thrown);
          return undefined;
        }
      }),
    ),
    services.benches.onDidChangeRun((change) => tellEnd(services, change)),
    registerReadOnlyTexts(services),
  );
