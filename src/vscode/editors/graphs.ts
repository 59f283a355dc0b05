// The contribution of graphs: the editor for model files and the commands that open it.
import { Disposable } from 'vscode';
import { registerCommand } from '../commands/registerCommand';
import type { Disposes } from '../disposing';
import type { Services } from '../services';
import { overlayKeyIn } from '../../protocol/panels/graph';
import { compareGraphs, openGraph } from './graphCommands';
import { GraphEditors } from './graphEditor';

/** The editor, and its commands. */
export function registerGraphs(services: Services): Disposes {
  const editors = new GraphEditors(services);
  return Disposable.from(
    editors,
    registerCommand('model.openGraph', ({ first, second: colours }) =>
      openGraph(services, editors, first, isColours(colours) ? overlayKeyIn(colours) : undefined),
    ),
    registerCommand('model.compareGraph', ({ first, second }) => compareGraphs(services, editors, first, second)),
  );
}

/** Panels name colours; the trees hand all selected rows in the same place. */
function isColours(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && !Array.isArray(value) && !('bench' in value);
}
