// The commands of the extension that are no panel's and no editor's.
import { Disposable } from 'vscode';
import type { Contribution } from '../contributions';
import { benchmarkHandlers } from './benchmarks';
import { datasetHandlers } from './datasets';
import { deleteHandlers } from './deletion';
import { exampleHandlers } from './examples';
import { exportHandlers } from './exporting';
import type { Handlers } from './handler';
import { modelHandlers } from './models';
import { optimizationHandlers } from './optimizations';
import { profilingHandlers } from './profilings';
import { projectHandlers } from './projects';
import { registerReadOnlyTexts } from './readOnlyTexts';
import { registerCommand } from './registerCommand';
import { runHandlers } from './runCommands';
import { tellEnd } from './runs';
import { sensitivityHandlers } from './sensitivities';
import { supportHandlers } from './support';

const handlers: Handlers = {
  ...projectHandlers,
  ...exampleHandlers,
  ...datasetHandlers,
  ...optimizationHandlers,
  ...benchmarkHandlers,
  ...profilingHandlers,
  ...sensitivityHandlers,
  ...modelHandlers,
  ...runHandlers,
  ...deleteHandlers,
  ...exportHandlers,
  ...supportHandlers,
};

/** The commands, with what goes on while they work. */
export const registerCommands: Contribution = (services) =>
  Disposable.from(
    ...Object.entries(handlers).map(([name, handle]) => registerCommand(name, (given) => handle(services, given))),
    services.benches.onDidChangeRun((change) => tellEnd(services, change)),
    registerReadOnlyTexts(services),
  );
