// Tells when a model file has changed on the disk, once it is quiet again.
import { dirname } from 'node:path';
import { Disposable, RelativePattern, Uri, workspace } from 'vscode';
import type { Disposes } from '../disposing';

/** Exporters write for a while. */
const settleMs = 300;

/** Watches the file, in or outside of the workspace, until what it gives is disposed of. */
export function watchModel(path: string, changed: () => void): Disposes {
  // Names may hold what patterns give a meaning to: all of the folder is watched, and the name compared.
  const watcher = workspace.createFileSystemWatcher(new RelativePattern(Uri.file(dirname(path)), '*'));
  let timer: NodeJS.Timeout | undefined;
  const note = ({ fsPath }: Uri): void => {
    if (fsPath !== path) return;
    clearTimeout(timer);
    timer = setTimeout(changed, settleMs);
  };
  watcher.onDidCreate(note);
  watcher.onDidChange(note);
  watcher.onDidDelete(note);
  return Disposable.from(watcher, new Disposable(() => clearTimeout(timer)));
}
