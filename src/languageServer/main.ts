// Entry of the language server for config.yaml and data set files: talks over the pipes of the process that started it
// (`--stdio`). The same file is what its threads run, which read the names of models.
import { isMainThread } from 'node:worker_threads';
import { ProposedFeatures, createConnection } from 'vscode-languageserver/node';
import { ModelNamesCache } from './modelNames';
import { answerWithNames, readNamesInThread } from './namesWorker';
import { serveLanguage } from './serveLanguage';

if (isMainThread) {
  const connection = createConnection(ProposedFeatures.all);
  serveLanguage(connection, new ModelNamesCache((path) => readNamesInThread(__filename, path)));
  // A pipe of the parent that closes is a parent that is gone.
  process.once('disconnect', () => process.exit());
  connection.listen();
} else {
  answerWithNames();
}
