// Tasks and tools of language models inside the editor: offered, run in a terminal, ended with an exit code, refused kindly.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
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
    const ending = new Promise<void>((resolve) => {
      const watching = vscode.tasks.onDidEndTask(({ execution: { task } }) => {
        if (task.name !== 'long benchmark') return;
        watching.dispose();
        resolve();
      });
    });
    const running = await vscode.tasks.executeTask(long);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    running.terminate();
    await ending;
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
