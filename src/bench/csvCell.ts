// A text as a cell of a CSV file.

/** Spreadsheets compute what begins like this, and names come from model files and other people: an apostrophe makes it text. */
const formulaStart = /^[\s\u0000-\u001F]*[=+\-@\uFF0B\uFF0D\uFF1D\uFF20]|^[\t\r\n]/u;

/** Quoted where commas, quotes, line breaks or outer spaces need it (RFC 4180). */
export function textCell(text: string): string {
  const inert = formulaStart.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
