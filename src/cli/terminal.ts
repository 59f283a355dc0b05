// What a person sees: tables and sentences on stdout, progress with time left and failures on stderr.
import type { FailureRecord } from '../protocol/benchError';
import type { Progress } from '../protocol/progress';
import { formatDuration } from './formats';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

const styleCodes: Record<Style, readonly [number, number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
};

/** Colour only on a terminal, and not when NO_COLOR (no-color.org) is set. */
function painter(stream: NodeJS.WriteStream): (style: Style, text: string) => string {
  const coloured = stream.isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';
  return (style, text) => {
    const [on, off] = styleCodes[style];
    return coloured ? `\u001B[${on}m${text}\u001B[${off}m` : text;
  };
}

const paintOut = painter(process.stdout);
const paintError = painter(process.stderr);

/** Text for stdout in a style. */
export function styled(style: Style, text: string): string {
  return paintOut(style, text);
}

/** Names from a model or a file may hold control characters: they are shown, never obeyed. */
export function plain(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function printLine(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** The one object of `--json`. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** A remark for people that must not disturb stdout. */
export function printNote(text: string): void {
  process.stderr.write(`${paintError('dim', plain(text))}\n`);
}

/** A failure: sentence, place, next step; never a stack trace. */
export function printFailure(failure: FailureRecord): void {
  const lines = [`${paintError('red', 'error:')} ${plain(failure.message)}`];
  if (failure.place !== undefined) lines.push(`  at ${plain(failure.place)}`);
  if (failure.nextStep !== undefined) lines.push(`  ${paintError('bold', 'next:')} ${plain(failure.nextStep)}`);
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** A number with or without a unit, or nothing. */
const figure = /^([-+±]? ?\d[\d.,]*( ?(%|×|B|[kMGT]B|ms|s))?)?$/;

/** Text of a table, in a style or without. */
export type Cell = string | { readonly text: string; readonly style: Style };

/** Rows of cells as aligned columns; below a header, columns of nothing but figures are set flush right. */
export function table(rows: readonly (readonly Cell[])[], header?: readonly string[]): string {
  const all: readonly (readonly Cell[])[] = header === undefined ? rows : [header, ...rows];
  const columns = Math.max(0, ...all.map((row) => row.length));
  const clean = all.map((row) => row.map((cell) => plain(textOf(cell))));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...clean.map((row) => widthOf(row[column] ?? ''))),
  );
  const numeric = widths.map(
    (_, column) => header !== undefined && rows.every((row) => figure.test(textOf(row[column] ?? ''))),
  );
  const lines = clean.map((row, line) =>
    row
      .map((cell, column) => {
        const gap = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
        const given = all[line]?.[column] ?? '';
        const shown = typeof given === 'string' ? cell : styled(given.style, cell);
        return numeric[column] === true ? gap + shown : shown + gap;
      })
      .join('  ')
      .trimEnd(),
  );
  if (header !== undefined && lines[0] !== undefined) lines[0] = styled('bold', lines[0]);
  return lines.map((line) => `  ${line}`).join('\n');
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}

/** Terminal columns of a text: wide East Asian characters and emoji take two. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text)
    width +=
      /\p{Emoji_Presentation}|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60]/u.test(
        character,
      )
        ? 2
        : 1;
  return width;
}

/** A progress line on stderr: a bar on a terminal, otherwise one line when a phase begins. */
export class ProgressLine {
  private phase = '';
  private phaseStarted = 0;
  private shown = false;

  /** `quiet`: nothing is shown unless stderr is a terminal (used with `--json`). */
  constructor(private readonly quiet: boolean) {}

  /** @param note stands before the progress of the phase: what is left of the whole */
  show(progress: Progress, note = ''): void {
    const now = Date.now();
    const began = progress.phase !== this.phase;
    if (began) {
      this.phase = progress.phase;
      this.phaseStarted = now;
    }
    if (process.stderr.isTTY) {
      process.stderr.write(
        `\r\u001B[2K${plain(note + progressText(progress, now - this.phaseStarted)).slice(0, (process.stderr.columns || 80) - 1)}`,
      );
      this.shown = true;
    } else if (began && !this.quiet) {
      process.stderr.write(`${plain(progress.phase)}\n`);
    }
  }

  /** Wipes the bar so that what follows starts on a clean line. */
  clear(): void {
    if (this.shown) process.stderr.write('\r\u001B[2K');
    this.shown = false;
  }
}

/** `calibrating  [=====>    ]  45/100 samples  12 s left`. */
export function progressText(progress: Progress, elapsedMs: number): string {
  const { phase, done, total, unit } = progress;
  if (total === undefined || total <= 0) return done > 0 ? `${phase}  ${done} ${unit}` : phase;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * 20);
  const bar = `[${'='.repeat(filled)}${' '.repeat(20 - filled)}]`;
  const left =
    done > 0 && elapsedMs > 1000 && share < 1
      ? `  ${formatDuration(Math.max(1000, (elapsedMs / done) * (total - done)))} left`
      : '';
  return `${phase}  ${bar}  ${done}/${total} ${unit}${left}`;
}
