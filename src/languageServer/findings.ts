// What is wrong in a file, with the part of the text it is about.
import { dirname } from 'node:path';
import type { ConfigProblem, ConfigProblemCode } from '../config/configProblem';
import { maximumConfigBytes } from '../config/configText';
import { checkDatasetText } from '../config/datasetFile';
import { checkPruningRecipe } from '../config/pruningRecipe';
import { checkTuningText } from '../config/tuningFile';
import type { TuningConfig } from '../config/tuningConfig';
import type { OpenFile } from './openFile';
import { missingModules } from './ownModules';
import { pairNamed } from './outline';
import type { Outline, TextRange } from './outline';
import { isBlank } from './yamlText';

/** Something wrong, or doubtful, in a file. */
export interface Finding extends TextRange {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly code?: ConfigProblemCode;
  readonly suggestion?: string;
  /** Keys down to the place, joined by dots. */
  readonly path: string;
  /** The key that is not there. */
  readonly missing?: string;
}

/** A wholly wrong file need not fill the list of problems. */
const mostFindings = 200;

/** Mistakes that every editor of YAML finds. */
const mistakesOfYaml: ReadonlySet<ConfigProblemCode | undefined> = new Set(['syntax', 'repeated-key']);

/** What the checker of the product makes of a file. */
export interface CheckedFile {
  readonly findings: readonly Finding[];
  /** Of a tuning config without a mistake. */
  readonly config: TuningConfig | undefined;
}

/**
 * Checks a file.
 *
 * @param reportsYaml also say what is no good YAML
 */
export function checkFile(file: OpenFile, { reportsYaml }: { readonly reportsYaml: boolean }): CheckedFile {
  const { problems, config } = checkText(file);
  const reported = problems.filter(({ code }) => reportsYaml || !mistakesOfYaml.has(code)).slice(0, mostFindings);
  const lines = lineStarts(file.text);
  const findings = reported.map((problem) => findingOf(problem, file, lines));
  return { findings: [...findings, ...missingModules(file, findings)], config };
}

function checkText({ text, kind, path }: OpenFile): { problems: readonly ConfigProblem[]; config?: TuningConfig } {
  if (text.length > maximumConfigBytes) {
    const message = `A configuration of more than ${maximumConfigBytes} characters is not read.`;
    return { problems: [{ path: '', line: 1, column: 1, message }] };
  }
  // Nothing was written yet: completion helps more than a mistake would.
  if (isBlank(text)) return { problems: [] };
  const place = path ?? 'untitled.yaml';
  if (kind === 'dataset') return { problems: checkDatasetText(text, place).problems };
  if (kind === 'pruning') return { problems: checkPruningRecipe(text, folderOf(path)).problems };
  return checkTuningText(text, place, { looksForFiles: path !== undefined });
}

/** Paths are looked for from the folder of a file that was saved. */
function folderOf(path: string | undefined): { readonly folder?: string } {
  return path === undefined ? {} : { folder: dirname(path) };
}

/**
 * A config that says how a model is changed, but names no data to measure accuracy with: nothing in it is wrong, but a
 * tuning with it fails.
 */
export function missingDataFindings({ outline }: OpenFile, config: TuningConfig | undefined): Finding[] {
  if (config === undefined || config.accuracy !== undefined) return [];
  if (config.task.kind === 'quantization' && config.task.quantization.calibration !== undefined) return [];
  const changed = outline.pairs.find(({ path }) => path.length === 1 && changingSections.has(path[0] ?? ''));
  if (changed === undefined) return [];
  return [
    {
      ...changed.keyRange,
      severity: 'warning',
      message: 'No data is named to measure accuracy with: a tuning needs evaluation.accuracy.dataloader.',
      code: 'missing-key',
      missing: 'dataloader',
      path: 'evaluation.accuracy.dataloader',
    },
  ];
}

const changingSections: ReadonlySet<string> = new Set([
  'quantization',
  'graph_optimization',
  'mixed_precision',
  'tuning',
]);

function findingOf(problem: ConfigProblem, { text, outline }: OpenFile, lines: readonly number[]): Finding {
  const { line, column, message, path, code, suggestion, expected, missing } = problem;
  const written = Math.min((lines[line - 1] ?? text.length) + column - 1, text.length);
  const hint =
    suggestion !== undefined ? ` Did you mean ${suggestion}?` : expected === undefined ? '' : ` Expected ${expected}.`;
  return {
    ...(pathValue(problem, outline) ?? { start: written, end: endOf(written, text, outline) }),
    severity: 'error',
    message: `${message}${hint}`,
    path,
    ...(code === undefined ? {} : { code }),
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(missing === undefined ? {} : { missing }),
  };
}

/** A path that does not exist is underlined itself, not its key. */
function pathValue({ code, path }: ConfigProblem, outline: Outline): TextRange | undefined {
  if (code !== 'missing-file') return undefined;
  const keys = path.split('.');
  const value = (pairNamed(outline, keys) ?? pairNamed(outline, keys.slice(0, -1)))?.value;
  return value?.kind === 'scalar' ? { start: value.start, end: value.end } : undefined;
}

/** To the end of the key or value that starts there, else to the end of the line. */
function endOf(start: number, text: string, outline: Outline): number {
  const known = outline.ends.get(start);
  if (known !== undefined && known > start) return known;
  const newline = text.indexOf('\n', start);
  const rest = text.slice(start, newline < 0 ? undefined : newline).trimEnd();
  return start + Math.max(rest.length, 1);
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
