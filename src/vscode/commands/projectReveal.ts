// Where somebody sees what was just made: its row in the tree of projects.
import { commands } from 'vscode';
import type { BenchConnection } from '../bench/benchConnection';

/** The command that shows the row of a project; the tree registers it. */
export const revealProject = 'compressorBench.bench.revealProject';

/** Brings the view into sight. */
export async function showProject(bench: BenchConnection, id: number): Promise<void> {
  await commands.executeCommand(revealProject, bench, id);
}
