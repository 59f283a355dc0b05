// Help for config.yaml and data set files: the language server behind the editor, and the commands on a config.
import type { Contribution } from '../contributions';
import { disposeAll } from '../disposing';
import { registerConfigCommands } from './configCommands';
import { LanguageHelp } from './languageHelp';

export const registerYamlHelp: Contribution = (services) => {
  const help = new LanguageHelp(services.context, services.log);
  return disposeAll([help, registerConfigCommands(services, help)]);
};
