// Everything the contributions work with, made once; whoever activates the extension disposes of it.
import { window } from 'vscode';
import type { ExtensionContext, LogOutputChannel } from 'vscode';
import { benchEntryPath, Benches } from './bench/benches';
import type { Disposes } from './disposing';
import { logFailuresTo } from './failures';
import { Panels } from './panels/panels';

/** What every contribution is handed. */
export interface Services extends Disposes {
  readonly context: ExtensionContext;
  readonly log: LogOutputChannel;
  readonly benches: Benches;
  readonly panels: Panels;
}

/** Makes the services; no process is started and no file is looked at. */
export function makeServices(context: ExtensionContext): Services {
  const log = window.createOutputChannel('Compressor Bench', { log: true });
  logFailuresTo(log);
  const benches = new Benches(benchEntryPath(context.extensionPath), log);
  const panels = new Panels(context, benches, log);
  return {
    context,
    log,
    benches,
    panels,
    dispose: () => {
      for (const service of [panels, benches, log]) service.dispose();
    },
  };
}
