// The CSV of a profiling, with the columns that clients of the bench's API expect (SYSTEMS §1.3, profiling/results/csv).
import type { OpTypeTime } from '../../protocol/profiling';
import { textCell } from '../csvCell';

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
