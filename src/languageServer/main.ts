// Entry of the language server for config.yaml and data set files; talks over the pipe of the process that forked it.
import { ProposedFeatures, TextDocumentSyncKind, createConnection } from 'vscode-languageserver/node';

const connection = createConnection(ProposedFeatures.all);
connection.onInitialize(() => ({ capabilities: { textDocumentSync: TextDocumentSyncKind.Incremental } }));
connection.listen();
