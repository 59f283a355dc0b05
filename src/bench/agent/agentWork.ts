// What a tool of a language model works with: the bench, what it was given, and which files it may name.
import type { Bench } from '../bench';
import type { FileAccess } from '../fileAccess';
import type { RequestReader } from '../requestReader';

/** What a tool is handed. */
export interface AgentWork {
  readonly bench: Bench;
  readonly input: RequestReader;
  /** Files of the workspace and no others: what a model says may come from anywhere. */
  readonly access: FileAccess;
  /** What the door calls a run that is started; null where nobody waits for its end. */
  readonly requestId: string | null;
}

/** Answers in Markdown, for a model to read and act on. Throws BenchError with a next step. */
export type AgentTool = (work: AgentWork) => Promise<string>;

/** A table of Markdown; texts in it stay texts. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cellText).join(' | ')} |`;
  return [line(header), `|${' --- |'.repeat(header.length)}`, ...rows.map(line)].join('\n');
}

/** What came from a file, on one line and without a meaning in Markdown. */
export function cellText(text: string): string {
  return text
    .slice(0, 300)
    .replace(/\s+/g, ' ')
    .replace(/[\\`|<>[\]]/g, (sign) => `\\${sign}`);
}
