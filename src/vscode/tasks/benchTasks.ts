// Tasks of type `compressor-bench`: found in the workspace or written in tasks.json, run by the command line in a terminal.
import { join } from 'node:path';
import { ProcessExecution, RelativePattern, Task, TaskGroup, TaskScope, tasks, workspace } from 'vscode';
import type { TaskDefinition, Uri, WorkspaceFolder } from 'vscode';
import type { Contribution } from '../contributions';
import { benchSettings } from '../settings';
import { readTaskSettings, taskName, taskWords } from './taskCommand';
import type { TaskSettings } from './taskCommand';
import { wrongTask } from './wrongTask';

/** As the manifest has it. */
export const taskType = 'compressor-bench';

/** Problem matchers of the manifest: mistakes in configs, and other failures that name a place. */
const matchers = ['$compressor-bench', '$compressor-bench-place'];

/** Offered besides those of tasks.json; more would be a list nobody reads. */
const mostOffered = 20;

/** The tasks of the workspace. */
export const registerTasks: Contribution = ({ context, log }) => {
  const cliPath = join(context.extensionPath, 'dist', 'cli.js');
  return tasks.registerTaskProvider(taskType, {
    provideTasks: async () => {
      const found = await Promise.all((workspace.workspaceFolders ?? []).map((folder) => tasksIn(folder, cliPath)));
      return found.flat();
    },
    resolveTask: (task) => {
      const { definition, scope, name } = task;
      const settings = readTaskSettings(definition);
      if (typeof settings !== 'string') return taskOf(definition, settings, folderOf(scope), cliPath);
      log.warn(`tasks: ${name}: ${settings}`);
      return wrongTask(definition, task, settings);
    },
  });
};

/** A task that does what its settings say, in a terminal; to end it cancels the job. */
export function taskOf(
  definition: TaskDefinition,
  settings: TaskSettings,
  folder: WorkspaceFolder | undefined,
  cliPath: string,
): Task {
  const nodePath = (folder && benchSettings(folder).nodePath) ?? process.execPath;
  const execution = new ProcessExecution(nodePath, [cliPath, ...taskWords(settings)], {
    ...(folder === undefined ? {} : { cwd: folder.uri.fsPath }),
    // The editor's own program is plain Node with this; the engine's telemetry is off in whatever the task starts.
    env: { ELECTRON_RUN_AS_NODE: '1', ORT_DISABLE_TELEMETRY: '1' },
  });
  const name = taskName(settings);
  const task = new Task(definition, folder ?? TaskScope.Workspace, name, taskType, execution, matchers);
  task.detail = `compressor-bench ${taskWords(settings).join(' ')}`;
  task.presentationOptions = { clear: true };
  if (settings.verb === 'tune' || settings.verb === 'quantize') task.group = TaskGroup.Build;
  return task;
}

/** Configs of people, and those of optimizations in a bench. */
const configFiles = '**/{*.bench.yaml,.compressor-bench/projects/*/optimizations/*/config.yaml}';

/** Configs are tuned, models profiled and benchmarked. */
async function tasksIn(folder: WorkspaceFolder, cliPath: string): Promise<Task[]> {
  if (folder.uri.scheme !== 'file') return [];
  const [configs, models] = await Promise.all([
    workspace.findFiles(new RelativePattern(folder, configFiles), '**/node_modules/**', mostOffered),
    workspace.findFiles(
      new RelativePattern(folder, '**/*.onnx'),
      '**/{node_modules,.compressor-bench}/**',
      mostOffered,
    ),
  ]);
  const path = (uri: Uri): string => workspace.asRelativePath(uri, false);
  const settings: TaskSettings[] = [
    ...configs.map((uri) => ({ verb: 'tune', config: path(uri) }) as const),
    ...models.flatMap((uri) => [
      { verb: 'benchmark', model: path(uri) } as const,
      { verb: 'profile', model: path(uri) } as const,
    ]),
  ];
  return settings.map((one) => taskOf({ type: taskType, ...one }, one, folder, cliPath));
}

function folderOf(scope: Task['scope']): WorkspaceFolder | undefined {
  return typeof scope === 'object' ? scope : workspace.workspaceFolders?.[0];
}
