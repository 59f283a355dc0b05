// A module that is named but missing, made from the template.
import { basename } from 'node:path';
import { languageOf, moduleText, usualInputs } from '../../config/ownCode/moduleText';
import type { Finding } from '../findings';
import type { OpenFile } from '../openFile';
import { modulesIn, partsOfModule } from '../ownModules';
import type { QuickFix } from './quickFix';

/** Makes the file that a finding misses; nothing for what is no code. */
export function newModuleFixes(file: OpenFile, { start }: Finding): QuickFix[] {
  const module = modulesIn(file).find((named) => named.start === start);
  const language = module === undefined ? undefined : languageOf(module.target);
  if (module === undefined || language === undefined) return [];
  const { target } = module;
  const text = moduleText(partsOfModule(file, target), usualInputs, language);
  return [{ title: `Create ${basename(target)} from a template`, changes: [], newFile: { path: target, text } }];
}
