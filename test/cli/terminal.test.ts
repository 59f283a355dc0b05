// Tables, names of hostile models, and the progress line.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { plain, ProgressLine, progressText, table } from '../../src/cli/terminal';

describe('table', () => {
  it('aligns columns and sets columns of nothing but figures flush right', () => {
    const rows = [
      ['a.onnx', '0.391', '± 9.02 %', ''],
      ['longer.onnx', '12.5', '± 6.61 %', '1.72× faster'],
    ];
    expect(table(rows, ['model', 'median ms', 'spread', '']).split('\n')).toEqual([
      '  model        median ms    spread',
      '  a.onnx           0.391  ± 9.02 %',
      '  longer.onnx       12.5  ± 6.61 %  1.72× faster',
    ]);
  });

  it('leaves every column flush left where there is no header', () => {
    expect(
      table([
        ['size', '704 kB'],
        ['nodes', '37'],
      ]),
    ).toBe('  size   704 kB\n  nodes  37');
  });

  it('takes rows of unequal length, and none', () => {
    expect(table([['a'], ['b', 'c']])).toBe('  a\n  b  c');
    expect(table([])).toBe('');
  });

  it('counts wide characters as the two columns they take', () => {
    expect(
      table([
        ['畳み', 'x'],
        ['abcd', 'y'],
      ]).split('\n'),
    ).toEqual(['  畳み  x', '  abcd  y']);
  });
});

describe('plain', () => {
  it('shows control characters of a hostile name instead of obeying them', () => {
    expect(plain('a\u001B[31mb\u0007\u202Ec\u009B')).toBe('a\\u001b[31mb\\u0007\\u202ec\\u009b');
  });

  it('leaves letters of all scripts, tabs and line ends as they are', () => {
    expect(plain('naïve 畳み込み\t1\n')).toBe('naïve 畳み込み\t1\n');
  });
});

describe('progress', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('has a bar, counts and the time left once there is something to judge by', () => {
    const progress = { phase: 'calibrating', done: 25, total: 100, unit: 'samples' };
    expect(progressText(progress, 500)).toBe('calibrating  [=====               ]  25/100 samples');
    expect(progressText(progress, 10_000)).toBe('calibrating  [=====               ]  25/100 samples  30 s left');
    expect(progressText({ ...progress, done: 99 }, 2_000)).toMatch(/ {2}1\.0 s left$/);
  });

  it('says no time left at the end, and no more than what is known without a total', () => {
    expect(progressText({ phase: 'evaluating', done: 9, total: 9, unit: 'samples' }, 5_000)).not.toContain('left');
    expect(progressText({ phase: 'measuring', done: 7, unit: 'runs' }, 5_000)).toBe('measuring  7 runs');
    expect(progressText({ phase: 'verifying', done: 0, unit: 'samples' }, 5_000)).toBe('verifying');
    expect(progressText({ phase: 'counting', done: 12, total: 10, unit: 'samples' }, 0)).toContain(
      '[====================]',
    );
  });

  it('is whole on a terminal that does not tell its width', () => {
    const written = onStderr({ isTTY: true, columns: 0 });
    new ProgressLine(true).show({ phase: 'evaluating', done: 5, total: 5, unit: 'samples' });
    expect(written.join('')).toMatch(/5\/5 samples$/);
  });

  it('never wraps into a second line of a narrow terminal', () => {
    const written = onStderr({ isTTY: true, columns: 20 });
    new ProgressLine(false).show({ phase: 'evaluating', done: 5, total: 5, unit: 'samples' });
    expect(written.join('').replace('\r\u001B[2K', '')).toHaveLength(19);
  });

  it('is one line a phase where stderr is no terminal, and nothing with --json', () => {
    const written = onStderr({ isTTY: false, columns: 80 });
    for (const quiet of [false, true]) {
      const line = new ProgressLine(quiet);
      for (const phase of ['a', 'a', 'b']) line.show({ phase, done: 0, unit: 'x' });
      line.clear();
    }
    expect(written).toEqual(['a\n', 'b\n']);
  });
});

/** Makes stderr look like a terminal (or none) and collects what is written to it. */
function onStderr(state: { readonly isTTY: boolean; readonly columns: number }): string[] {
  const written: string[] = [];
  for (const [name, value] of Object.entries(state))
    Object.defineProperty(process.stderr, name, { value, configurable: true, writable: true });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  return written;
}
