// Texts with a cursor in them, `▮`, and what the language server makes of them.
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { ConfigFileKind } from '../../src/config/configFileKind';
import { completionAt } from '../../src/languageServer/completion/completion';
import { checkFile } from '../../src/languageServer/findings';
import type { Finding } from '../../src/languageServer/findings';
import { quickFixesOf } from '../../src/languageServer/fixes/quickFixes';
import type { TextChange } from '../../src/languageServer/fixes/textEdits';
import { modelFindings, withModel } from '../../src/languageServer/modelFindings';
import type { ModelNames } from '../../src/languageServer/modelNames';
import { openFile } from '../../src/languageServer/openFile';
import type { FileWithNames } from '../../src/languageServer/openFile';

export const smallModel: ModelNames = {
  opTypes: [
    { name: 'Conv', count: 2 },
    { name: 'Gemm', count: 1 },
  ],
  nodes: [
    { name: '/layer1/conv.0/Conv', opType: 'Conv' },
    { name: '/layer1/conv.1/Conv', opType: 'Conv' },
    { name: 'fc: "out" #1', opType: 'Gemm' },
  ],
  inputs: [{ name: 'input', shape: [undefined, 3, 32, 32] }],
  outputs: ['logits'],
  layers: [
    { name: 'layer1.weight', nodes: ['/layer1/conv.0/Conv', '/layer1/conv.1/Conv'], opType: 'Conv', weights: 1 },
    { name: 'fc.weight', nodes: ['fc: "out" #1'], opType: 'Gemm', weights: 640 },
  ],
};

export interface Options {
  readonly kind?: ConfigFileKind;
  readonly path?: string;
  readonly names?: ModelNames;
}

/** The file of a text with a cursor, and where that is. */
export function marked(
  text: string,
  { kind = 'tuning', path, names }: Options = {},
): FileWithNames & { offset: number } {
  const offset = text.indexOf('▮');
  const document = TextDocument.create('file:///w/a.bench.yaml', 'yaml', 1, text.replace('▮', ''));
  return { file: openFile(document, kind, path), names, offset };
}

/** Labels of the completions at the cursor. */
export function labelsAt(text: string, options: Options = {}): string[] {
  const { offset, ...open } = marked(text, options);
  return completionAt(open, offset, { offersSchema: true }).items.map(({ label }) => label);
}

/** The text after one of the completions was taken; placeholders are `‹1›`. */
export function completed(text: string, label: string, options: Options = {}): string {
  const { offset, file, names } = marked(text, options);
  const item = completionAt({ file, names }, offset, { offersSchema: true }).items.find((one) => one.label === label);
  if (item?.textEdit === undefined || !('range' in item.textEdit)) throw new Error(`${label} is not offered.`);
  const { range, newText } = item.textEdit;
  const start = file.document.offsetAt(range.start);
  const line = file.text.slice(file.text.lastIndexOf('\n', start - 1) + 1, start);
  // As the editor does: further lines are indented like the one they are put in.
  const indent = /^\s*/.exec(line)?.[0] ?? '';
  const plain = newText
    .replace(/(?<!\\)\$(?:(\d+)|\{(\d+)(?::[^}]*)?\})/g, '‹$1$2›')
    .replace(/\\([$}\\])/g, '$1')
    .replace(/\n/g, `\n${indent}`);
  return file.text.slice(0, start) + plain + file.text.slice(file.document.offsetAt(range.end));
}

/** What is wrong in a text: the part it is about, and the sentence. */
export function findings(text: string, options: Options = {}): Finding[] {
  const { file, names } = marked(text, options);
  return withModel(checkFile(file, { reportsYaml: true }).findings, modelFindings({ file, names }));
}

/** The text after the quick fix of this title was taken for the first finding that has it. */
export function fixed(text: string, title: string | RegExp, options: Options = {}): string {
  const { file, names } = marked(text, options);
  const all = findings(text, options).flatMap((finding) => quickFixesOf({ file, names }, finding));
  const fix = all.find((one) => (typeof title === 'string' ? one.title === title : title.test(one.title)));
  if (fix === undefined)
    throw new Error(`No fix ${String(title)}; there are: ${all.map((one) => one.title).join(' | ')}`);
  return changed(file.text, fix.changes);
}

/** Titles of every quick fix in a text. */
export function fixTitles(text: string, options: Options = {}): string[] {
  const { file, names } = marked(text, options);
  return findings(text, options).flatMap((finding) => quickFixesOf({ file, names }, finding).map(({ title }) => title));
}

function changed(text: string, changes: readonly TextChange[]): string {
  return changes
    .toSorted((a, b) => b.start - a.start)
    .reduce((before, { start, end, text: added }) => before.slice(0, start) + added + before.slice(end), text);
}
