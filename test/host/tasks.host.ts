// Tasks and tools of language models inside the editor: offered, run in a terminal, ended with an exit code, refused kindly.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { readQuietly } from '../vscodeHost/codeServer';
import { until } from './servedPanel';
import { suiteIn } from './workspaces';

const type = 'compressor-bench';

/** Runs a task to its end; the exit code of its process. */
async function run(task: vscode.Task): Promise<number | undefined> {
  let watching: vscode.Disposable | undefined;
  const ended = new Promise<number | undefined>((resolve) => {
    watching = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (execution.task.name === task.name) resolve(exitCode);
    });
  });
  try {
    await vscode.tasks.executeTask(task);
    return await ended;
  } finally {
    watching?.dispose();
  }
}

/** Resolves when a task has ended. */
function endOf(name: string): Promise<void> {
  return new Promise((resolve) => {
    const watching = vscode.tasks.onDidEndTask(({ execution: { task } }) => {
      if (task.name !== name) return;
      watching.dispose();
      resolve();
    });
  });
}

/** Processes of the machine that are a command line or a job of this product. */
function processes(): number[] {
  const programs = ['cli.js', 'job.js'].map((name) => join(extensionPath(), 'dist', name));
  return readdirSync('/proc')
    .filter(
      (name) => /^\d+$/.test(name) && programs.some((path) => readQuietly(`/proc/${name}/cmdline`).includes(path)),
    )
    .map(Number);
}

function extensionPath(): string {
  const extension = vscode.extensions.getExtension('compressor-bench.compressor-bench');
  assert.ok(extension);
  return extension.extensionPath;
}

suiteIn(['empty', 'bench'], 'tasks', () => {
  let model: vscode.Uri;

  suiteSetup(async () => {
    const extension = vscode.extensions.getExtension('compressor-bench.compressor-bench');
    assert.ok(extension);
    await extension.activate();
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    model = vscode.Uri.joinPath(folder.uri, 'tasks', 'model.onnx');
    const example = vscode.Uri.joinPath(extension.extensionUri, 'media', 'examples', 'mnist', 'mnist_resnet.onnx');
    await vscode.workspace.fs.copy(example, model, { overwrite: true });
    const config = vscode.Uri.joinPath(folder.uri, 'tasks', 'wrong.bench.yaml');
    await vscode.workspace.fs.writeFile(config, new TextEncoder().encode('model:\n  pth: model.onnx\n'));
  });

  test('are offered for the models and configs of the workspace', async () => {
    const names = (await vscode.tasks.fetchTasks({ type })).map(({ name }) => name);
    assert.ok(names.includes('profile tasks/model.onnx'), names.join());
    assert.ok(names.includes('tune tasks/wrong.bench.yaml'), names.join());
    assert.ok(names.includes('quantize tasks/model.onnx'), names.join());
    const ofBench = names.findIndex((name) => name.includes('.compressor-bench'));
    assert.ok(ofBench < 0 || ofBench >= names.findLastIndex((name) => name.includes('tasks/')), names.join());
  });

  test('run in a terminal and end with the exit code of the command line', async () => {
    const tasks = await vscode.tasks.fetchTasks({ type });
    const profile = tasks.find(({ name }) => name === 'profile tasks/model.onnx');
    assert.ok(profile);
    assert.equal(await run(profile), 0);
  });

  test('of a config with mistakes fail, and the mistakes are problems of the file', async () => {
    const tasks = await vscode.tasks.fetchTasks({ type });
    const tune = tasks.find(({ name }) => name === 'tune tasks/wrong.bench.yaml');
    assert.ok(tune);
    assert.equal(await run(tune), 1);
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const config = vscode.Uri.joinPath(folder.uri, 'tasks', 'wrong.bench.yaml');
    const found = (): vscode.Diagnostic[] =>
      vscode.languages.getDiagnostics(config).filter(({ source }) => source === 'compressor-bench');
    await until(() => found().length > 0, 'the mistakes are problems');
    const unknown = found().find(({ message }) => message.includes('pth'));
    assert.ok(
      unknown,
      found()
        .map(({ message }) => message)
        .join('\n'),
    );
    assert.match(unknown.message, /path/);
    assert.equal(unknown.severity, vscode.DiagnosticSeverity.Error);
    assert.deepEqual([unknown.range.start.line, unknown.range.start.character], [1, 2]);
  });

  test('one that is wrong in tasks.json says so where it is run, and hinders no other', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const file = vscode.Uri.joinPath(folder.uri, '.vscode', 'tasks.json');
    const written = [
      { label: 'wrong', type, verb: 'fly' },
      { label: 'right', type, verb: 'profile', model: 'tasks/model.onnx', args: ['--runs', '1'] },
    ];
    await vscode.workspace.fs.writeFile(
      file,
      new TextEncoder().encode(JSON.stringify({ version: '2.0.0', tasks: written })),
    );
    try {
      const named = async (name: string): Promise<vscode.Task | undefined> =>
        (await vscode.tasks.fetchTasks({ type })).find((task) => task.name === name);
      await until(async () => (await named('wrong')) !== undefined, 'tasks.json is read');
      const [right, wrong] = [await named('right'), await named('wrong')];
      assert.ok(right && wrong);
      assert.equal(await run(right), 0);
      // It has no process: its end is all there is of it.
      const ended = endOf('wrong');
      await vscode.tasks.executeTask(wrong);
      await ended;
    } finally {
      await vscode.workspace.fs.delete(file);
    }
  });

  test('to end one cancels its job', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    const definition = { type, verb: 'benchmark', model: 'tasks/model.onnx', args: ['--iterations', '1000000'] };
    const offered = (await vscode.tasks.fetchTasks({ type })).find(({ name }) => name === 'benchmark tasks/model.onnx');
    assert.ok(offered);
    const execution = offered.execution as vscode.ProcessExecution;
    const long = new vscode.Task(
      definition,
      folder ?? vscode.TaskScope.Workspace,
      'long benchmark',
      type,
      new vscode.ProcessExecution(execution.process, [...execution.args, '--iterations', '1000000'], execution.options),
    );
    const before = new Set(processes());
    const own = (): number[] => processes().filter((pid) => !before.has(pid));
    const ending = endOf('long benchmark');
    const running = await vscode.tasks.executeTask(long);
    await until(() => own().length >= 2, 'the command line and its job are there');
    running.terminate();
    await ending;
    await until(() => own().length === 0, 'both are gone');
  });
});

suite('tools of language models', () => {
  const names = ['inspect_model', 'validate_config', 'start_tuning', 'get_run', 'compare_runs'];

  test('are registered', () => {
    const offered = vscode.lm.tools.map(({ name }) => name);
    for (const name of names) assert.ok(offered.includes(`compressorBench_${name}`), offered.join());
  });
});

suiteIn(['empty', 'bench'], 'tools of language models', () => {
  test('answer in Markdown, and a refusal with what to do next', async () => {
    const invoke = async (path: string): Promise<string> => {
      const { content } = await vscode.lm.invokeTool('compressorBench_inspect_model', {
        input: { path },
        toolInvocationToken: undefined,
      });
      return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
    };
    assert.match(await invoke('tasks/model.onnx'), /15 Conv/);
    assert.match(await invoke('/etc/passwd'), /not allowed/);
  });
});

suiteIn(['empty', 'bench'], 'the API for other extensions', () => {
  test('calls operations of the bench', async () => {
    const extension = vscode.extensions.getExtension<{
      version: number;
      call(path: string): Promise<{ projects: unknown[] }>;
    }>('compressor-bench.compressor-bench');
    const api = await extension?.activate();
    assert.equal(api?.version, 1);
    assert.ok(Array.isArray((await api.call('project/list')).projects));
    await assert.rejects(api.call('no/such'));
  });
});
