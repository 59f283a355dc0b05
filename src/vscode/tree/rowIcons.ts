// Icons of rows: what a thing is, and for what runs, how its newest run stands. Shape and colour say the same.
import type { PartKind, RunFacts } from '../../protocol/facts';

/** A codicon with a colour of the theme. */
export interface RowIcon {
  readonly id: string;
  readonly color?: string;
}

export const projectIcon: RowIcon = { id: 'project' };
export const folderIcon: RowIcon = { id: 'root-folder' };
export const problemIcon: RowIcon = { id: 'warning', color: 'list.warningForeground' };

/** By kind. */
export const partIcons: Readonly<Record<PartKind, RowIcon>> = {
  model: { id: 'symbol-misc' },
  dataset: { id: 'database' },
  optimization: { id: 'rocket' },
  benchmark: { id: 'dashboard' },
  profiling: { id: 'flame' },
  sensitivity: { id: 'graph-scatter' },
};

/** The icon of a run, in the colours of the editor's own tests. */
export function runIcon(run: RunFacts | null): RowIcon {
  switch (run?.state) {
    case undefined:
      return { id: 'circle-large-outline', color: 'testing.iconUnset' };
    case 'queued':
      return { id: 'clock', color: 'testing.iconQueued' };
    case 'running':
      return { id: 'loading~spin', color: 'progressBar.background' };
    case 'success':
      return { id: 'pass', color: 'testing.iconPassed' };
    case 'error':
      return { id: 'error', color: 'testing.iconFailed' };
    case 'cancelled':
      return { id: 'circle-slash', color: 'testing.iconSkipped' };
  }
}
