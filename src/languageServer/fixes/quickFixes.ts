// The quick fixes of a finding, the likeliest first.
import { readdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { nearestName } from '../../config/nearestName';
import type { Finding } from '../findings';
import type { FileWithNames, OpenFile } from '../openFile';
import { pairStartingAt, scalarAt, pairAt } from '../outline';
import { indentStep, scalarText } from '../yamlText';
import { missingKeyFixes } from './missingKey';
import { newModuleFixes } from './newModule';
import type { QuickFix } from './quickFix';
import { withoutPair } from './textEdits';
import { wrongValueFixes } from './wrongValue';

/** What can be done about a finding; empty where only a person can tell. */
export function quickFixesOf({ file, names }: FileWithNames, finding: Finding): QuickFix[] {
  switch (finding.code) {
    case 'unknown-name':
      return [...nearestNameFixes(file, finding), ...removalFixes(file, finding)];
    case 'wrong-value':
      return wrongValueFixes(file, finding);
    case 'missing-key':
      return missingKeyFixes({ file, names }, finding);
    case 'missing-file':
      return [...nearestFileFixes(file, finding), ...newModuleFixes(file, finding)];
    case 'refused':
    case 'said-twice':
    case 'repeated-key':
      return removalFixes(file, finding);
    case 'syntax':
      return tabFixes(file);
    default:
      return [];
  }
}

function nearestNameFixes({ text }: OpenFile, { start, end, suggestion }: Finding): QuickFix[] {
  if (suggestion === undefined) return [];
  const isQuoted = /^["']/.test(text.slice(start, end));
  const written = isQuoted ? `${text.charAt(start)}${suggestion}${text.charAt(start)}` : scalarText(suggestion);
  return [{ title: `Change to ${suggestion}`, changes: [{ start, end, text: written }], isPreferred: true }];
}

function removalFixes({ text, outline }: OpenFile, { start, suggestion }: Finding): QuickFix[] {
  const pair = pairStartingAt(outline, start);
  if (pair === undefined) return [];
  const fix = { title: `Remove ${pair.key.slice(0, 60)}`, changes: [withoutPair(text, pair)] };
  return [suggestion === undefined ? { ...fix, isPreferred: true } : fix];
}

function nearestFileFixes({ outline, path }: OpenFile, { start }: Finding): QuickFix[] {
  const scalar = scalarAt(pairAt(outline, start)?.value, start);
  if (path === undefined || scalar === undefined) return [];
  const written = String(scalar.value);
  const place = resolve(dirname(path), written);
  const nearest = nearestName(basename(place), namesIn(dirname(place)));
  if (nearest === undefined) return [];
  const better = `${written.slice(0, written.length - basename(written).length)}${nearest}`;
  const change = { start: scalar.start, end: scalar.end, text: scalarText(better) };
  return [{ title: `Change to ${better}`, changes: [change], isPreferred: true }];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).slice(0, 1000);
  } catch {
    return [];
  }
}

/** Tabs before the first word of a line as blanks. */
function tabFixes({ text }: OpenFile): QuickFix[] {
  const step = ' '.repeat(indentStep(text));
  const changes = [...text.matchAll(/^ *\t[ \t]*/gm)].map((match) => {
    const start = match.index;
    return { start, end: start + match[0].length, text: match[0].replaceAll('\t', step) };
  });
  return changes.length === 0 ? [] : [{ title: 'Indent with spaces', changes, isPreferred: true }];
}
