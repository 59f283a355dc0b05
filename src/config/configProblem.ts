// One thing that is wrong in a configuration file, with its place.

/** A place in a text; both count from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

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
}

/** Collects problems while a file is checked. */
export class ProblemList {
  readonly problems: ConfigProblem[] = [];

  add(
    path: string,
    { line, column }: TextPosition,
    message: string,
    hints: Pick<ConfigProblem, 'expected' | 'suggestion'> = {},
  ): void {
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
