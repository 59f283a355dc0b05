// The settings of the extension, read where they are used, never kept.
import { workspace } from 'vscode';
import type { WorkspaceFolder } from 'vscode';

export interface BenchSettings {
  /** Folder that holds `.compressor-bench`, relative to the workspace folder. */
  readonly folder: string;
  /** A Node to run jobs with; undefined: the editor's own. */
  readonly nodePath: string | undefined;
}

/** Settings of the bench of a workspace folder. */
export function benchSettings(folder: WorkspaceFolder): BenchSettings {
  const settings = workspace.getConfiguration('compressorBench', folder.uri);
  const nodePath = settings.get<string>('job.nodePath', '');
  return { folder: settings.get<string>('bench.folder', '.'), nodePath: nodePath === '' ? undefined : nodePath };
}
