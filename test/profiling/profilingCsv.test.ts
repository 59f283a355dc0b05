// The CSV of a profiling: the header clients know, quoting, and op types that a spreadsheet would compute.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { profilingCsv } from '../../src/bench/profiling/profilingCsv';
import type { OpTypeTime } from '../../src/protocol/profiling';

function row(opType: string, figures: Partial<OpTypeTime> = {}): OpTypeTime {
  return {
    opType,
    totalUs: 0,
    acceleratorUs: 0,
    cpuUs: 0,
    executions: 0,
    definedNodes: 0,
    modelNodes: 0,
    shareOfTime: 0,
    ...figures,
  };
}

/** A reader by RFC 4180: rows of cells, quotes removed. */
function cellsOf(csv: string): string[][] {
  const rows: string[][] = [];
  for (const [, quoted, bare, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\n)/g)) {
    const open = rows.at(-1);
    const cell = quoted?.replaceAll('""', '"') ?? bare ?? '';
    if (open === undefined || open.at(-1) === '\n') rows.push([cell]);
    else open.push(cell);
    if (end === '\n') rows.at(-1)?.push('\n');
  }
  return rows.map((cells) => cells.slice(0, -1));
}

describe('the CSV of a profiling', () => {
  it('has the columns of the API in its order', () => {
    const conv = { totalUs: 456, cpuUs: 456, executions: 33, definedNodes: 3, modelNodes: 9, shareOfTime: 0.9 };
    expect(profilingCsv([row('Conv', conv), row('Not', { definedNodes: 4 })])).toBe(
      'node_name,total_execution_time,accelerator_execution_time,cpu_execution_time,op_run,op_defined\n' +
        'Conv,456,0,456,33,3\n' +
        'Not,0,0,0,0,4\n',
    );
  });

  it.each([
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['two\nlines', '"two\nlines"'],
    ['=HYPERLINK(A1)', "'=HYPERLINK(A1)"],
    ['+1', "'+1"],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    [' =1', "' =1"],
    ['\t=1', "'\t=1"],
    ['\r=1,', '"\'\r=1,"'],
    ['＝1', "'＝1"],
    ['A-B', 'A-B'],
  ])('writes the op type %j as %s', (opType, cell) => {
    expect(
      profilingCsv([row(opType)])
        .split('\n')
        .slice(1)
        .join('\n'),
    ).toBe(`${cell},0,0,0,0,0\n`);
  });

  it('is read back as it was given, whatever the names', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (names) => {
        const [, ...rows] = cellsOf(profilingCsv(names.map((name) => row(name))));
        expect(rows.map((cells) => cells.length)).toEqual(names.map(() => 6));
        rows.forEach(([cell = ''], index) => {
          expect([names[index], `'${names[index] ?? ''}`]).toContain(cell);
          expect(cell).not.toMatch(/^\s*[=+@-]/);
        });
      }),
    );
  });
});
