// Words and lines of YAML as they are written into a file: quoted where they must be, indented as the file is.
import { isScalar, parseDocument } from 'yaml';

/** The step that a text is indented by; two spaces where nothing is indented yet. */
export function indentStep(text: string): number {
  const lines = text.slice(0, 20_000).split('\n');
  for (const [index, line] of lines.entries()) {
    const before = lines[index - 1] ?? '';
    const step = spacesBefore(line) - spacesBefore(before);
    if (/:\s*(?:#.*)?$/.test(before) && /^ *[^\s#]/.test(line) && step > 0 && step <= 8) return step;
  }
  return 2;
}

/** The column of an offset. */
export function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** Whether nothing but comments is written. */
export function isBlank(text: string): boolean {
  return /^(?:\s|#[^\n]*(?:\n|$))*$/.test(text);
}

function spacesBefore(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}

/** A text as a scalar: plain where YAML reads it back as that text, else in quotes. */
export function scalarText(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  return isPlain(value) ? value : quotedText(value);
}

/** In double quotes where a control character makes it necessary, else in single ones. */
function quotedText(value: string): string {
  return /[\u0000-\u001F\u007F-\u009F\u2028\u2029]/.test(value)
    ? JSON.stringify(value)
    : `'${value.replaceAll("'", "''")}'`;
}

function isPlain(value: string): boolean {
  // Signs that mean something inside brackets, too: a plain word may stand anywhere.
  if (value === '' || value.length > 1000 || /[\s,[\]{}#"'\n]|:$|: /.test(value)) return false;
  const { contents, errors } = parseDocument(`[${value}]`, { prettyErrors: false, logLevel: 'silent' });
  if (errors.length > 0) return false;
  const item = (contents as { items?: unknown[] } | null)?.items?.[0];
  return isScalar(item) && item.value === value;
}

/** Lines with an indentation of so many spaces more. */
export function indented(text: string, spaces: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(spaces));
}

/** Text in which nothing is a placeholder of a snippet. */
export function snippetText(text: string): string {
  return text.replace(/[\\$}]/g, (sign) => `\\${sign}`);
}
