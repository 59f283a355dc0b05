// A report in Markdown: headings, facts and tables. Names come from model files, so all of it is written as text.

/** Rows have a cell for each column. */
export interface ReportTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A part of a report; what is empty is left out. */
export interface ReportSection {
  readonly heading: string;
  /** Sentences, each a paragraph of its own. */
  readonly sentences?: readonly string[];
  /** Name and value; those without a value are left out. */
  readonly facts?: readonly (readonly [string, string | null | undefined])[];
  readonly table?: ReportTable;
}

/** Sections without content are left out of the text. */
export interface Report {
  readonly title: string;
  readonly sections: readonly ReportSection[];
}

/** The text of a file in Markdown. */
export function reportText({ title, sections }: Report): string {
  const parts = sections.map(sectionText).filter((text) => text !== undefined);
  return `${[`# ${inert(title)}`, ...parts].join('\n\n')}\n`;
}

function sectionText({ heading, sentences = [], facts = [], table }: ReportSection): string | undefined {
  const told = facts.filter((fact): fact is readonly [string, string] => typeof fact[1] === 'string');
  const blocks = [
    ...sentences.map(inert),
    ...(told.length === 0 ? [] : [tableText({ header: ['', ''], rows: told })]),
    ...(table === undefined || table.rows.length === 0 ? [] : [tableText(table)]),
  ];
  return blocks.length === 0 ? undefined : [`## ${inert(heading)}`, ...blocks].join('\n\n');
}

function tableText({ header, rows }: ReportTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(inert).join(' | ')} |`;
  return [line(header), `|${header.map(() => ' --- ').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Signs that mean something in Markdown or HTML. */
const signs = /[\\`*_{}[\]<>#|~!&$]/g;

/** Text that no viewer takes for markup, on one line. */
function inert(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').replace(signs, (sign) => `\\${sign}`);
}
