// One thing that is wrong in a configuration file, with its place.

/** A place in a text; both count from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/**
 * What kind of mistake it is, for those who offer to mend it: text that is no YAML, a key that is there twice, a name
 * that does not exist, a value that does not fit, a key that cannot be followed, a key that is not there, a file that is
 * not there, or the same thing said in two places.
 */
export type ConfigProblemCode =
  | 'syntax'
  | 'repeated-key'
  | 'unknown-name'
  | 'wrong-value'
  | 'refused'
  | 'missing-key'
  | 'missing-file'
  | 'said-twice';

/** What is wrong, where, and what would be right. */
export interface ConfigProblem extends TextPosition {
  /** Keys down to the place, joined by dots: `transform.Resize.size`; empty for the whole file. */
  readonly path: string;
  /** One sentence. */
  readonly message: string;
  /** What is allowed there, in words. */
  readonly expected?: string;
  /** The nearest right name. */
  readonly suggestion?: string;
  /** Absent for what only a person can mend. */
  readonly code?: ConfigProblemCode;
  /** The key that is not there, for `missing-key`. */
  readonly missing?: string;
}

/** What a problem may say besides its sentence. */
export type ProblemHints = Pick<ConfigProblem, 'expected' | 'suggestion' | 'code' | 'missing'>;

/** Collects problems while a file is checked. */
export class ProblemList {
  readonly problems: ConfigProblem[] = [];

  add(path: string, { line, column }: TextPosition, message: string, hints: ProblemHints = {}): void {
    this.problems.push({ path, line, column, message, ...hints });
  }
}

/** `DATASET.yaml:3:5 transform.Resise: There is no transform "Resise". Did you mean Resize?` */
export function problemText(file: string, problem: ConfigProblem): string {
  const { path, line, column, message, expected, suggestion } = problem;
  return [
    `${file}:${line}:${column}${path === '' ? '' : ` ${path}`}: ${message}`,
    ...(suggestion === undefined ? [] : [`Did you mean ${suggestion}?`]),
    ...(expected === undefined || suggestion !== undefined ? [] : [`Expected ${expected}.`]),
  ].join(' ');
}
