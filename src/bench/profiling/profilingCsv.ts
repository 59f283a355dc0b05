// The CSV of a profiling, with the columns that clients of the bench's API expect (SYSTEMS §1.3, profiling/results/csv).
import type { OpTypeTime } from '../../protocol/profiling';

/** The first line, exactly. */
export const profilingCsvHeader =
  'node_name,total_execution_time,accelerator_execution_time,cpu_execution_time,op_run,op_defined';

/** Header and rows, each ended by a line feed; times in whole microseconds over all runs that count. */
export function profilingCsv(rows: readonly OpTypeTime[]): string {
  const lines = rows.map(({ opType, totalUs, acceleratorUs, cpuUs, executions, definedNodes }) =>
    [textCell(opType), ...[totalUs, acceleratorUs, cpuUs].map(Math.round), executions, definedNodes].join(','),
  );
  return `${[profilingCsvHeader, ...lines].join('\n')}\n`;
}

/** Spreadsheets compute what begins like this, and op types come from model files: an apostrophe makes it text. */
const formulaStart = /^[\s\u0000-\u001F]*[=+\-@\uFF0B\uFF0D\uFF1D\uFF20]|^[\t\r\n]/u;

/** Quoted where commas, quotes, line breaks or outer spaces need it (RFC 4180). */
function textCell(text: string): string {
  const inert = formulaStart.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
