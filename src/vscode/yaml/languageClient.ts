// The client of the language server; a bundle of its own (dist/languageClient.js), loaded when a file of ours is opened.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { Disposable, Uri, workspace } from 'vscode';
import type { Command, FileSystemWatcher, LogOutputChannel, TextDocument } from 'vscode';
import {
  CloseAction,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
} from 'vscode-languageclient/node';
import type { ErrorHandler, LanguageClientOptions, Middleware } from 'vscode-languageclient/node';
import { plainEnvironment } from '../../processes/jobEnvironment';
import { dutiesNotification, lensCommands, schemaRequest, validateRequest } from '../../protocol/languageServer';
import type { SchemaParams, ServerDuties, ValidateResult } from '../../protocol/languageServer';
import { kindOfDocument } from './ownDocuments';

/** The running server, as the rest of the extension uses it. */
export interface RunningServer {
  readonly pid: number | undefined;
  setDuties(duties: ServerDuties): Promise<void>;
  schema(params: SchemaParams): Promise<string>;
  validate(uri: string): Promise<ValidateResult>;
  /** Ends the server; its process is gone when this resolves. */
  stop(): Promise<void>;
}

/** What the server is started with. */
export interface ServerPlace {
  /** Bundle of the server. */
  readonly entryPath: string;
  readonly log: LogOutputChannel;
  readonly duties: ServerDuties;
}

/** A server that died this often in a short time is not started again. */
const mostRestarts = 3;
/** The longest that a server is asked to end by itself. */
const stopLimitMs = 2000;
/** Memory of the server, beside the thread that reads models. */
const memoryLimitMb = 512;

/** Starts the server. */
export async function startLanguageClient({ entryPath, log, duties }: ServerPlace): Promise<RunningServer> {
  let child: ChildProcess | undefined;
  const start = (): Promise<ChildProcess> => {
    child = fork(entryPath, ['--stdio', `--clientProcessId=${process.pid}`], {
      env: plainEnvironment(process.env),
      execArgv: [`--max-old-space-size=${memoryLimitMb}`],
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    });
    log.debug(`language server: started {pid=${child.pid ?? 'none'}}`);
    return Promise.resolve(child);
  };
  // Of code it matters only whether it is there.
  const watchers = [
    workspace.createFileSystemWatcher('**/*.{yaml,yml,onnx}'),
    workspace.createFileSystemWatcher('**/*.{ts,mts,cts,mjs,js,cjs}', false, true, false),
  ];
  const middleware = onlyOurs(() => client);
  const options = { ...optionsOf(log, duties, watchers), middleware };
  const client: LanguageClient = new LanguageClient('compressorBench.yaml', 'Compressor Bench', start, options);
  try {
    await client.start();
  } catch (thrown) {
    Disposable.from(...watchers).dispose();
    child?.kill();
    throw thrown;
  }
  return {
    get pid() {
      return child?.pid;
    },
    setDuties: (changed) => client.sendNotification(dutiesNotification, changed),
    schema: (params) => client.sendRequest<string>(schemaRequest, params),
    validate: (uri) => client.sendRequest<ValidateResult>(validateRequest, { uri }),
    stop: async () => {
      Disposable.from(...watchers).dispose();
      try {
        await client.dispose(stopLimitMs);
      } finally {
        child?.kill();
      }
    },
  };
}

function optionsOf(
  log: LogOutputChannel,
  initializationOptions: ServerDuties,
  fileEvents: FileSystemWatcher[],
): LanguageClientOptions {
  return {
    documentSelector: [
      { language: 'yaml', scheme: 'file' },
      { language: 'yaml', scheme: 'untitled' },
    ],
    initializationOptions,
    synchronize: { fileEvents },
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    diagnosticCollectionName: 'compressorBench',
    errorHandler: restarting(log),
  };
}

/** Starts a server that died again, a few times; says so in the log only. */
function restarting(log: LogOutputChannel): ErrorHandler {
  let restarts = 0;
  return {
    error: () => ({ action: ErrorAction.Continue, handled: true }),
    closed: () => {
      restarts++;
      const isLast = restarts > mostRestarts;
      log.warn(`language server: ended by itself {times=${restarts} restarted=${!isLast}}`);
      return { action: isLast ? CloseAction.DoNotRestart : CloseAction.Restart, handled: true };
    },
  };
}

/** Lets only documents of ours through: the server never hears of any other. */
function onlyOurs(client: () => LanguageClient): Middleware {
  return {
    ...synchronizing(client),
    provideCompletionItem: (document, position, context, token, next) =>
      isOurs(document) ? next(document, position, context, token) : undefined,
    provideHover: (document, position, token, next) => (isOurs(document) ? next(document, position, token) : undefined),
    provideDefinition: (document, position, token, next) =>
      isOurs(document) ? next(document, position, token) : undefined,
    provideCodeActions: async (document, range, context, token, next) => {
      if (!isOurs(document)) return undefined;
      const actions = await next(document, range, context, token);
      for (const { command } of actions ?? []) if (typeof command === 'object') openByUri(command);
      return actions;
    },
    provideCodeLenses: async (document, token, next) => {
      if (!isOurs(document)) return undefined;
      const lenses = await next(document, token);
      // Nothing is run in a folder that is not trusted.
      return workspace.isTrusted
        ? lenses
        : lenses?.filter(({ command }) => !runCommands.includes(command?.command ?? ''));
    },
    provideDocumentLinks: async (document, token, next) => {
      if (!isOurs(document)) return undefined;
      const links = await next(document, token);
      for (const link of links ?? []) {
        if (link.tooltip === 'Show folder' && link.target !== undefined) link.target = revealing(link.target);
      }
      return links;
    },
  };
}

/** A document may become ours while somebody types, and may cease to be. */
function synchronizing(client: () => LanguageClient): Middleware {
  const sent = new Set<string>();
  return {
    didOpen: async (document, next) => {
      if (!isOurs(document)) return;
      sent.add(document.uri.toString());
      await next(document);
    },
    didChange: async (event, next) => {
      const { document } = event;
      const uri = document.uri.toString();
      const isSent = sent.has(uri);
      if (isOurs(document)) {
        sent.add(uri);
        if (isSent) await next(event);
        else {
          const opened = client().code2ProtocolConverter.asOpenTextDocumentParams(document);
          await client().sendNotification(DidOpenTextDocumentNotification.type, opened);
        }
      } else if (sent.delete(uri)) {
        await client().sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } });
      }
    },
    didClose: async (document, next) => {
      if (sent.delete(document.uri.toString())) await next(document);
    },
    didSave: async (document, next) => {
      if (isOurs(document)) await next(document);
    },
  };
}

/** Of lenses that have something run. */
const runCommands: readonly string[] = [lensCommands.run, lensCommands.preview, lensCommands.prune];

function isOurs(document: TextDocument): boolean {
  return kindOfDocument(document) !== undefined;
}

/** The server names a file that is to be opened by text, which a window with its files on another machine does not find. */
function openByUri(command: Command): void {
  if (command.command !== 'vscode.open' || command.arguments === undefined) return;
  command.arguments = command.arguments.map((file: unknown) => Uri.parse(String(file)));
}

/** The editor opens files; folders it shows in the explorer. */
function revealing(folder: Uri): Uri {
  return Uri.parse(`command:revealInExplorer?${encodeURIComponent(JSON.stringify([folder.toJSON()]))}`);
}
