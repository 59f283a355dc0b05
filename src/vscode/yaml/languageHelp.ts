// The language server's life: started when the first file of ours is open, told what another extension does, ended with
// the window.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Disposable, extensions, workspace } from 'vscode';
import type { ExtensionContext, LogOutputChannel, TextDocument } from 'vscode';
import type { ConfigFileKind } from '../../config/configFileKind';
import type { ServerDuties, ValidateResult } from '../../protocol/languageServer';
import type { Disposes } from '../disposing';
import type * as languageClient from './languageClient';
import { kindOfDocument } from './ownDocuments';
import { asYamlApi, contributeSchemas, dutiesBeside, yamlExtensionId } from './yamlExtension';

type ClientModule = typeof languageClient;
type RunningServer = languageClient.RunningServer;

export class LanguageHelp implements Disposes {
  private readonly subscriptions: Disposable;
  private server: Promise<RunningServer> | undefined;
  private isContributed = false;
  private isDisposed = false;

  constructor(
    private readonly context: ExtensionContext,
    private readonly log: LogOutputChannel,
  ) {
    this.subscriptions = Disposable.from(
      workspace.onDidOpenTextDocument((document) => this.look(document)),
      // A line that makes a file ours is soon there or never.
      workspace.onDidChangeTextDocument(({ document }) => this.look(document)),
      extensions.onDidChange(() => this.dutiesChanged()),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('yaml')) this.dutiesChanged();
      }),
    );
    for (const document of workspace.textDocuments) this.look(document);
  }

  /** Number of the server's process; undefined while there is none. */
  async pid(): Promise<number | undefined> {
    return (await this.server)?.pid;
  }

  /** What is wrong in a document; null for one that is none of ours. */
  async validate(document: TextDocument): Promise<ValidateResult> {
    if (kindOfDocument(document) === undefined) return null;
    return (await this.running()).validate(document.uri.toString());
  }

  /** Ends the server; resolves when its process is told to. */
  async stop(): Promise<void> {
    this.isDisposed = true;
    this.subscriptions.dispose();
    const server = this.server;
    this.server = undefined;
    await (await server?.catch(() => undefined))?.stop();
  }

  dispose(): void {
    this.stop().catch((thrown: unknown) => this.log.warn(`language server: ${String(thrown)}`));
  }

  private look(document: TextDocument): void {
    if (this.server !== undefined || this.isDisposed || kindOfDocument(document) === undefined) return;
    this.running().catch((thrown: unknown) => this.log.error(`language server: cannot be started: ${String(thrown)}`));
  }

  private running(): Promise<RunningServer> {
    this.server ??= this.start();
    return this.server;
  }

  private async start(): Promise<RunningServer> {
    const dist = join(this.context.extensionPath, 'dist');
    const duties = await this.duties();
    // The client is many times the size of the rest and is seldom needed: it is no part of the extension's bundle.
    const load = createRequire(join(dist, 'extension.js'));
    const { startLanguageClient } = load('./languageClient.js') as ClientModule;
    return startLanguageClient({ entryPath: join(dist, 'languageServer.js'), log: this.log, duties });
  }

  private async duties(): Promise<ServerDuties> {
    const extension = extensions.getExtension(yamlExtensionId);
    if (extension === undefined) return dutiesBeside(undefined);
    try {
      const api = asYamlApi(await extension.activate());
      if (api === undefined) return dutiesBeside(undefined);
      this.isContributed ||= contributeSchemas(api, kindOfUri, async (kind) => (await this.running()).schema({ kind }));
    } catch (thrown) {
      this.log.warn(`YAML extension: cannot be activated: ${String(thrown)}`);
    }
    if (!this.isContributed) return dutiesBeside(undefined);
    const settings = workspace.getConfiguration('yaml');
    return dutiesBeside({
      validate: settings.get('validate', true),
      completion: settings.get('completion', true),
      hover: settings.get('hover', true),
    });
  }

  private dutiesChanged(): void {
    const { server } = this;
    if (server === undefined) return;
    Promise.all([server, this.duties()])
      .then(([running, duties]) => running.setDuties(duties))
      .catch((thrown: unknown) => this.log.warn(`language server: ${String(thrown)}`));
  }
}

function kindOfUri(uri: string): ConfigFileKind | undefined {
  const document = workspace.textDocuments.find((one) => one.uri.toString() === uri || one.uri.toString(true) === uri);
  return document === undefined ? undefined : kindOfDocument(document);
}
