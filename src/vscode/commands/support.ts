// Commands about the extension itself: its log, settings, walkthrough, diagnostics, and the folder of a bench.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, homedir, totalmem } from 'node:os';
import { join } from 'node:path';
import { Uri, commands, env, extensions, version, window, workspace } from 'vscode';
import type { Services } from '../services';
import { givenNode } from './given';
import type { Handlers } from './handler';
import { diagnosticsText } from './diagnosticsText';
import { explain } from './explaining';
import { pickBench } from './pickBench';

const walkthrough = 'gettingStarted';

async function copyDiagnostics({ context, log }: Services): Promise<string> {
  const folders = [
    ...(workspace.workspaceFolders ?? []).map(({ uri, name }) => ({ path: uri.fsPath, name })),
    { path: context.extensionPath, name: 'extension' },
    { path: homedir(), name: 'home' },
  ];
  const [cpu] = cpus();
  const manifest = context.extension.packageJSON as Manifest;
  const text = diagnosticsText({
    facts: [
      ['Compressor Bench', manifest.version],
      ['Editor', `${env.appName} ${version}`],
      ['Extension host', `Node ${process.versions.node}, ${process.platform} ${process.arch}`],
      ['Where', env.remoteName === undefined ? 'local' : `remote: ${env.remoteName}`],
      ['ONNX Runtime', await engineVersion(context.extensionPath)],
      ['Processor', `${cpu?.model ?? 'unknown'}, ${cpus().length} logical cores`],
      ['Memory', `${Math.round(totalmem() / 2 ** 20)} MB`],
      ['Workspace trusted', workspace.isTrusted ? 'yes' : 'no'],
      ['YAML extension of Red Hat', extensions.getExtension('redhat.vscode-yaml') === undefined ? 'no' : 'yes'],
    ],
    settings: changedSettings(manifest),
    log: await readFile(join(context.logUri.fsPath, `${log.name}.log`), 'utf8').catch(() => ''),
    folders,
  });
  try {
    await env.clipboard.writeText(text);
    void window.setStatusBarMessage('$(check) Diagnostics copied', 4_000);
  } catch {
    // Browsers may refuse it: the text can be copied by hand then.
    await window.showTextDocument(await workspace.openTextDocument({ content: text, language: 'markdown' }));
  }
  return text;
}

/** Of the manifest, which the editor hands out without a type. */
interface Manifest {
  readonly version: string;
  readonly contributes: { readonly configuration: { readonly properties: Readonly<Record<string, unknown>> } };
}

/** Version of the engine beside the extension; the manifest of a package names none. */
async function engineVersion(extensionPath: string): Promise<string> {
  try {
    const path = createRequire(join(extensionPath, 'dist', 'extension.js')).resolve('onnxruntime-node/package.json');
    return (JSON.parse(await readFile(path, 'utf8')) as { readonly version: string }).version;
  } catch {
    return 'none';
  }
}

function changedSettings({ contributes }: Manifest): Readonly<Record<string, unknown>> {
  const settings = workspace.getConfiguration();
  const changed = Object.keys(contributes.configuration.properties).flatMap((name): (readonly [string, unknown])[] => {
    const found = settings.inspect(name);
    const value: unknown = settings.get(name);
    return found === undefined || value === found.defaultValue ? [] : [[name, value]];
  });
  return Object.fromEntries(changed);
}

/** Commands about the extension itself. */
export const supportHandlers: Handlers = {
  'log.show': ({ log }) => {
    log.show();
    return Promise.resolve();
  },
  'settings.open': async ({ context }) => {
    await commands.executeCommand('workbench.action.openSettings', `@ext:${context.extension.id}`);
  },
  'walkthrough.open': async ({ context }) => {
    await commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.id}#${walkthrough}`, false);
  },
  'diagnostics.copy': copyDiagnostics,
  'bench.openFolder': async (services, given) => {
    const bench = givenNode(given, 'folder')?.bench ?? (await pickBench(services, 'Reveal Bench Folder'));
    if (bench === undefined) return;
    const folder = Uri.file(join(bench.place.workspace, '.compressor-bench'));
    const isThere = await workspace.fs.stat(folder).then(
      () => true,
      () => false,
    );
    if (isThere) await commands.executeCommand('revealInExplorer', folder);
    else
      explain('There is no bench folder yet: the first project makes it.', {
        title: 'New Project…',
        command: 'compressorBench.project.new',
      });
  },
};
