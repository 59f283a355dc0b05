// Which folder the window under test has open, and suites that are for some of them only.
import { hostEnvironment, workspaceKinds } from '../vscodeHost/hostEnvironment';
import type { WorkspaceKind } from '../vscodeHost/hostEnvironment';

/** The folder of this window. */
function workspaceKind(): WorkspaceKind {
  const wanted = process.env[hostEnvironment.workspace];
  const kind = workspaceKinds.find((one) => one === wanted);
  if (kind === undefined) throw new Error(`${hostEnvironment.workspace} is ${wanted ?? 'not set'}`);
  return kind;
}

/** A suite that exists only in windows with a folder of one of these kinds. */
export function suiteIn(kinds: readonly WorkspaceKind[], title: string, tests: () => void): void {
  if (kinds.includes(workspaceKind())) suite(title, tests);
}
