// The language server: requests of an editor answered by the features, over whatever connection it is given.
import { pathToFileURL } from 'node:url';
import {
  CodeActionKind,
  DiagnosticSeverity,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import type {
  CodeAction,
  CodeActionParams,
  CodeLens,
  CompletionParams,
  Connection,
  Diagnostic,
  DocumentLink,
  Hover,
  HoverParams,
  InitializeResult,
  Location,
  Position,
  Range,
  WorkspaceEdit,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  allDuties,
  dutiesNotification,
  lensCommands,
  schemaRequest,
  validateRequest,
} from '../protocol/languageServer';
import type {
  ConfigLens,
  SchemaParams,
  ServerDuties,
  ValidateParams,
  ValidateResult,
} from '../protocol/languageServer';
import { completionAt } from './completion/completion';
import { describedSchema } from './describedSchema';
import type { Finding } from './findings';
import type { QuickFix } from './fixes/quickFix';
import { quickFixesOf } from './fixes/quickFixes';
import { hoverAt } from './hover';
import { lensesOf } from './lenses';
import { linksIn } from './links';
import type { ModelNamesCache } from './modelNames';
import { OpenFiles } from './openFiles';
import type { OpenFile } from './openFile';
import type { TextRange } from './outline';
import { definitionAt } from './ownModules';

const capabilities: InitializeResult = {
  serverInfo: { name: 'Compressor Bench' },
  capabilities: {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: { includeText: false } },
    completionProvider: { triggerCharacters: [':', ' ', '/', '[', '{', ','] },
    hoverProvider: true,
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
    definitionProvider: true,
    documentLinkProvider: { resolveProvider: false },
    codeLensProvider: { resolveProvider: false },
  },
};

const lensTitles: Readonly<Record<ConfigLens, string>> = {
  run: '$(play) Run tuning',
  validate: '$(check) Validate',
  openHistory: '$(graph-line) Open history',
  preview: '$(preview) Preview',
  prune: '$(play) Prune…',
};

/** A pruning searches nothing. */
const pruningTitles: Readonly<Record<ConfigLens, string>> = {
  ...lensTitles,
  run: '$(play) Run pruning',
  openHistory: '$(graph-line) Open result',
};

/** Answers an editor until the connection is closed. */
export function serveLanguage(connection: Connection, models: ModelNamesCache): void {
  const documents = new TextDocuments(TextDocument);
  const files = new OpenFiles(
    {
      documents: () => documents.all(),
      document: (uri) => documents.get(uri),
      publish: (document, findings) => {
        const diagnostics = findings.map((finding) => diagnosticOf(finding, document));
        const { uri, version } = document;
        void connection.sendDiagnostics({ uri, version, diagnostics });
      },
    },
    models,
    allDuties,
  );
  connection.onInitialize(({ initializationOptions }) => {
    files.duties = dutiesIn(initializationOptions);
    return capabilities;
  });
  connection.onNotification(dutiesNotification, (duties: unknown) => {
    files.duties = dutiesIn(duties);
    files.allChanged();
  });
  documents.onDidChangeContent(({ document }) => files.changed(document.uri));
  documents.onDidSave(() => files.allChanged());
  documents.onDidClose(({ document: { uri } }) => {
    files.closed(uri);
    void connection.sendDiagnostics({ uri, diagnostics: [] });
  });
  connection.onDidChangeWatchedFiles(() => files.allChanged());
  answerFeatures(connection, files);
  answerOwnRequests(connection, files);
  documents.listen(connection);
}

function answerFeatures(connection: Connection, files: OpenFiles): void {
  connection.onCompletion(async ({ textDocument, position }: CompletionParams) => {
    const open = await files.fileWithNames(textDocument.uri);
    if (open === undefined) return null;
    return completionAt(open, open.file.document.offsetAt(position), { offersSchema: files.duties.completion });
  });
  connection.onHover(async ({ textDocument, position }: HoverParams): Promise<Hover | null> => {
    const open = await files.fileWithNames(textDocument.uri);
    const hover = open === undefined ? undefined : hoverAt(open, open.file.document.offsetAt(position));
    if (open === undefined || hover === undefined || !(files.duties.hover || hover.isAboutModel)) return null;
    return { contents: { kind: 'markdown', value: hover.markdown }, range: rangeIn(open.file.document, hover) };
  });
  connection.onCodeAction((params) => codeActions(files, params));
  connection.onDefinition(({ textDocument, position }) => definition(files.file(textDocument.uri), position));
  connection.onDocumentLinks(({ textDocument }) => links(files.file(textDocument.uri)));
  connection.onCodeLens(({ textDocument }) => codeLenses(files.file(textDocument.uri)));
}

function answerOwnRequests(connection: Connection, files: OpenFiles): void {
  connection.onRequest(schemaRequest, ({ kind }: SchemaParams): string => JSON.stringify(describedSchema(kind)));
  connection.onRequest(validateRequest, async ({ uri }: ValidateParams): Promise<ValidateResult> => {
    const findings = await files.findings(uri);
    if (findings === undefined) return null;
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    return { errors, warnings: findings.length - errors };
  });
}

async function codeActions(
  files: OpenFiles,
  { textDocument: { uri }, range }: CodeActionParams,
): Promise<CodeAction[]> {
  const open = await files.fileWithNames(uri);
  const findings = await files.findings(uri);
  if (open === undefined || findings === undefined) return [];
  const { document } = open.file;
  const start = document.offsetAt(range.start);
  const end = document.offsetAt(range.end);
  const touched = findings.filter((finding) => finding.start <= end && finding.end >= start);
  return touched.flatMap((finding) =>
    quickFixesOf(open, finding).map((fix): CodeAction => {
      const { title, isPreferred } = fix;
      const diagnostics = [diagnosticOf(finding, document)];
      const preferred = isPreferred === undefined ? {} : { isPreferred };
      const edit = editOf(fix, document);
      return { title, kind: CodeActionKind.QuickFix, diagnostics, edit, ...preferred, ...openingOf(fix) };
    }),
  );
}

/** A new file is there to be filled in. */
function openingOf({ newFile }: QuickFix): Pick<CodeAction, 'command'> {
  if (newFile === undefined) return {};
  const { href } = pathToFileURL(newFile.path);
  return { command: { title: 'Open', command: 'vscode.open', arguments: [href] } };
}

/** A file that came to be meanwhile is not written over: the editor refuses the whole edit then. */
function editOf({ changes, newFile }: QuickFix, document: TextDocument): WorkspaceEdit {
  const edits = changes.map((change) => ({ range: rangeIn(document, change), newText: change.text }));
  if (newFile === undefined) return { changes: { [document.uri]: edits } };
  const uri = pathToFileURL(newFile.path).href;
  const start = { line: 0, character: 0 };
  return {
    documentChanges: [
      { kind: 'create', uri, options: { overwrite: false, ignoreIfExists: false } },
      { textDocument: { uri, version: null }, edits: [{ range: { start, end: start }, newText: newFile.text }] },
    ],
  };
}

function definition(file: OpenFile | undefined, position: Position): Location | null {
  const found = file === undefined ? undefined : definitionAt(file, file.document.offsetAt(position));
  if (found === undefined) return null;
  const start = { line: found.line, character: 0 };
  return { uri: pathToFileURL(found.target).href, range: { start, end: start } };
}

function links(file: OpenFile | undefined): DocumentLink[] {
  if (file === undefined) return [];
  return linksIn(file).map(({ target, isFolder, ...range }) => ({
    range: rangeIn(file.document, range),
    target: pathToFileURL(target).href,
    data: { isFolder },
    tooltip: isFolder ? 'Show folder' : 'Open file',
  }));
}

function codeLenses(file: OpenFile | undefined): CodeLens[] {
  if (file === undefined) return [];
  const { line, lenses } = lensesOf(file);
  const place = { line, character: 0 };
  const titles = file.kind === 'pruning' ? pruningTitles : lensTitles;
  return lenses.map((lens) => ({
    range: { start: place, end: place },
    command: { title: titles[lens], command: lensCommands[lens], arguments: [file.document.uri] },
  }));
}

function diagnosticOf(finding: Finding, document: TextDocument): Diagnostic {
  const { message, code, severity } = finding;
  return {
    range: rangeIn(document, finding),
    message,
    severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    source: 'Compressor Bench',
    ...(code === undefined ? {} : { code }),
  };
}

function rangeIn(document: TextDocument, { start, end }: TextRange): Range {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

function dutiesIn(value: unknown): ServerDuties {
  if (value === undefined || value === null) return allDuties;
  if (typeof value !== 'object') throw new ResponseError(-32602, 'Duties are an object.');
  return { ...allDuties, ...value };
}
