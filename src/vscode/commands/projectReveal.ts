// Where somebody sees what was just made: the view with the tree of projects.
import { commands } from 'vscode';

export async function showProject(): Promise<void> {
  await commands.executeCommand('compressorBench.bench.focus');
}
