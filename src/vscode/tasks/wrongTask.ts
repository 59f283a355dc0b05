// A task of `tasks.json` that cannot be run: to run it says why, in its terminal, and it fails as every failed task does.
import { CustomExecution, EventEmitter, Task, TaskScope } from 'vscode';
import type { Pseudoterminal, TaskDefinition } from 'vscode';

/**
 * The editor resolves all tasks of a workspace whenever one of them is run: what is wrong with this one is told to the
 * person who runs it, and to nobody else.
 */
export function wrongTask(
  definition: TaskDefinition,
  { name, scope, source }: Pick<Task, 'name' | 'scope' | 'source'>,
  reason: string,
): Task {
  const text = `The task "${name}" cannot be run: ${reason} Correct it in tasks.json.`;
  const execution = new CustomExecution(() => Promise.resolve(terminalSaying(text)));
  return new Task(definition, scope ?? TaskScope.Workspace, name, source, execution, []);
}

/** A terminal that shows a sentence and ends with 1. */
function terminalSaying(text: string): Pseudoterminal {
  const written = new EventEmitter<string>();
  const ended = new EventEmitter<number>();
  return {
    onDidWrite: written.event,
    onDidClose: ended.event,
    open: () => {
      written.fire(`error: ${text}\r\n`);
      ended.fire(1);
    },
    close: () => {
      written.dispose();
      ended.dispose();
    },
  };
}
