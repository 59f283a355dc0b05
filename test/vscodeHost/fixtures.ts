// Folders that tests open in VS Code: an empty one, and one with a bench in which something of each kind was run.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './installed';

/** A new empty folder; whoever makes it removes it. */
export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'compressor-bench-folder-'));
}

/** Makes two empty folders in one, and a file that opens both; gives its path. */
export function twoFolders(parent: string): string {
  const names = ['first', 'second'];
  for (const name of names) mkdirSync(join(parent, name));
  const file = join(parent, 'two.code-workspace');
  writeFileSync(file, JSON.stringify({ folders: names.map((path) => ({ path })) }));
  return file;
}

/** Installs an extension that says it is Red Hat's for YAML, and notes what is contributed to it, into a folder of extensions. */
export function yamlStandIn(extensions: string): void {
  const [id, version] = ['redhat.vscode-yaml', '1.0.0'];
  const folder = join(extensions, `${id}-${version}`);
  mkdirSync(folder);
  const manifest = {
    name: 'vscode-yaml',
    publisher: 'redhat',
    version,
    engines: { vscode: '^1.120.0' },
    main: './main.js',
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, activationEvents: [] }));
  const note = '(...words) => contributors.push(words) > 0';
  const lines = [
    'const contributors = [];',
    `exports.activate = () => ({ contributors, registerContributor: ${note} });`,
  ];
  writeFileSync(join(folder, 'main.js'), lines.join('\n'));
  const location = { $mid: 1, path: folder, scheme: 'file' };
  const installed = [{ identifier: { id }, version, location, relativeLocation: `${id}-${version}` }];
  writeFileSync(join(extensions, 'extensions.json'), JSON.stringify(installed));
}

/**
 * A new folder with a bench: project `mnist_resnet` (1) with its data set, an optimization that was run (`int8`, 2) and one
 * that was not (1), accuracy of both models, performance of the given one, a profiling and an analysis of sensitivity that were run; beside it `digits.onnx`.
 */
export function benchFolder(): string {
  const folder = emptyFolder();
  cpSync(filledBench(), folder, { recursive: true });
  return folder;
}

/** Made once by the product as it is built now, with few samples and trials. Records name no folder of the machine. */
function filledBench(): string {
  const hash = createHash('sha256');
  for (const name of ['cli', 'main', 'queue', 'job']) hash.update(readFileSync(join(root, 'dist', `${name}.js`)));
  const made = join(root, '.test-tools', 'benches', hash.digest('hex').slice(0, 16));
  if (existsSync(made)) return made;
  const folder = `${made}.${process.pid}`;
  rmSync(join(root, '.test-tools', 'benches'), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const run = (...words: string[]): void => {
    execFileSync(process.execPath, [join(root, 'dist', 'cli.js'), ...words], { cwd: folder, stdio: 'pipe' });
  };
  run('examples', 'add', 'mnist_resnet');
  const quick = ['--precision', 'int8-static-quantization', '--strategy', 'basic', '--max-trials', '1'];
  run('optimizations', 'add', '1', 'int8', ...quick);
  run('optimizations', 'run', '2');
  run('benchmarks', 'add', '1', 'given accuracy', '--mode', 'accuracy');
  run('benchmarks', 'add', '1', 'int8 accuracy', '--mode', 'accuracy', '--model', '2');
  run('benchmarks', 'add', '1', 'given speed', '--iterations', '20', '--batch', '1');
  for (const id of ['2', '3', '4']) run('benchmarks', 'run', id);
  run('profilings', 'add', '1', 'where the time goes');
  run('profilings', 'run', '1');
  const oneShot = ['--kind', 'loss', '--method', 'one-shot', '--dataset', '1', '--samples', '2'];
  run('sensitivities', 'add', '1', 'where to prune', ...oneShot);
  run('sensitivities', 'run', '1');
  cpSync(join(root, 'media', 'examples', 'mnist', 'mnist_resnet.onnx'), join(folder, 'digits.onnx'));
  renameSync(folder, made);
  return made;
}
