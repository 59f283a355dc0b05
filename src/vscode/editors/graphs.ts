// The contribution of graphs: the editor for model files and the commands that open it.
import { Disposable, commands } from 'vscode';
import type { Disposes } from '../disposing';
import { showThrown } from '../failures';
import type { Services } from '../services';
import { overlayKeyIn } from '../../protocol/panels/graph';
import { compareGraphs, openGraph } from './graphCommands';
import { GraphEditors } from './graphEditor';

export function registerGraphs(services: Services): Disposes {
  const editors = new GraphEditors(services);
  return Disposable.from(
    editors,
    commands.registerCommand('compressorBench.model.openGraph', (given: unknown, colours: unknown) =>
      openGraph(services, editors, given, isColours(colours) ? overlayKeyIn(colours) : undefined).catch(showThrown),
    ),
    commands.registerCommand('compressorBench.model.compareGraph', (given: unknown, several: unknown) =>
      compareGraphs(services, editors, given, several).catch(showThrown),
    ),
  );
}

/** Panels name colours; the trees hand all selected rows in the same place. */
function isColours(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && !Array.isArray(value) && !('bench' in value);
}
