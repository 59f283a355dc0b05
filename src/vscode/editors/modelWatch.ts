// Tells when a model has changed on the disk, its file or one with weights of it, once it is quiet again.
import { dirname } from 'node:path';
import { RelativePattern, Uri, workspace } from 'vscode';
import type { FileSystemWatcher } from 'vscode';
import type { Disposes } from '../disposing';

/** Exporters write for a while. */
const settleMs = 300;

/** Watches the files, in or outside of the workspace, until it is disposed of. */
export class ModelWatch implements Disposes {
  private readonly watchers = new Map<string, FileSystemWatcher>();
  private timer: NodeJS.Timeout | undefined;
  /** Undefined while the model cannot be read: what it lacks may be any file of its folder. */
  private dataFiles: ReadonlySet<string> | undefined = new Set();

  constructor(
    readonly path: string,
    private readonly changed: () => void,
  ) {
    this.watchFolderOf(path);
  }

  /** The files with weights that the model names; undefined when it could not be read. */
  expect(dataFiles: readonly string[] | undefined): void {
    this.dataFiles = dataFiles === undefined ? undefined : new Set(dataFiles);
    const folders = new Set([this.path, ...(dataFiles ?? [])].map(dirname));
    for (const [folder, watcher] of this.watchers) {
      if (folders.has(folder)) continue;
      watcher.dispose();
      this.watchers.delete(folder);
    }
    for (const file of dataFiles ?? []) this.watchFolderOf(file);
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const watcher of this.watchers.values()) watcher.dispose();
    this.watchers.clear();
  }

  private watchFolderOf(file: string): void {
    const folder = dirname(file);
    if (this.watchers.has(folder)) return;
    // Names may hold what patterns give a meaning to: all of the folder is watched, and the name compared.
    const watcher = workspace.createFileSystemWatcher(new RelativePattern(Uri.file(folder), '*'));
    this.watchers.set(folder, watcher);
    const note = ({ fsPath }: Uri): void => {
      if (fsPath !== this.path && this.dataFiles?.has(fsPath) === false) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(this.changed, settleMs);
    };
    watcher.onDidCreate(note);
    watcher.onDidChange(note);
    watcher.onDidDelete(note);
  }
}
