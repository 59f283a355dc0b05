// Commands about the extension itself: its log, settings, walkthrough, diagnostics, and the folder of a bench.
import { readFile } from 'node:fs/promises';
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
  const text = diagnosticsText({
    facts: [
      ['Compressor Bench', String(packageFacts(context.extension.packageJSON).version)],
      ['Editor', `${env.appName} ${version}`],
      ['Extension host', `Node ${process.versions.node}, ${process.platform} ${process.arch}`],
      ['Where', env.remoteName === undefined ? 'local' : `remote: ${env.remoteName}`],
      ['ONNX Runtime', packageFacts(context.extension.packageJSON).engine],
      ['Processor', `${cpu?.model ?? 'unknown'}, ${cpus().length} logical cores`],
      ['Memory', `${Math.round(totalmem() / 2 ** 20)} MB`],
      ['Workspace trusted', workspace.isTrusted ? 'yes' : 'no'],
      ['YAML extension of Red Hat', extensions.getExtension('redhat.vscode-yaml') === undefined ? 'no' : 'yes'],
    ],
    settings: changedSettings(context.extension.packageJSON),
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

interface PackageFacts {
  readonly version: unknown;
  readonly engine: string;
  readonly settings: readonly string[];
}

/** Of the manifest, which the editor hands out without a type. */
function packageFacts(manifest: unknown): PackageFacts {
  const {
    version: own,
    dependencies,
    contributes,
  } = manifest as {
    readonly version: unknown;
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly contributes: { readonly configuration: { readonly properties: Readonly<Record<string, unknown>> } };
  };
  return {
    version: own,
    engine: dependencies?.['onnxruntime-node'] ?? 'none',
    settings: Object.keys(contributes.configuration.properties),
  };
}

function changedSettings(manifest: unknown): Readonly<Record<string, unknown>> {
  const settings = workspace.getConfiguration();
  const changed = packageFacts(manifest).settings.flatMap((name): (readonly [string, unknown])[] => {
    const found = settings.inspect(name);
    const value: unknown = settings.get(name);
    return found === undefined || value === found.defaultValue ? [] : [[name, value]];
  });
  return Object.fromEntries(changed);
}

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
