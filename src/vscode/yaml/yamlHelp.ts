// Help for config.yaml and data set files: the language server behind the editor, and the commands on a config.
import { Disposable } from 'vscode';
import type { Contribution } from '../contributions';
import { registerConfigCommands } from './configCommands';
import { LanguageHelp } from './languageHelp';

/** The help, for as long as the extension is active; its server starts with the first file of ours. */
export const registerYamlHelp: Contribution = (services) => {
  const help = new LanguageHelp(services.context, services.log);
  return Disposable.from(help, registerConfigCommands(services, help));
};
