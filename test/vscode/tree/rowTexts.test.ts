// The words of rows: descriptions, menus' flags, tooltips, jobs and the status bar.
import { describe, expect, it } from 'vitest';
import { looseSubject } from '../../../src/jobs/runQueued';
import { jobCounts, jobDescription, jobsBadge, statusText } from '../../../src/vscode/tree/jobText';
import { isPinned, partContext } from '../../../src/vscode/tree/rowContext';
import {
  accuracyText,
  durationText,
  iconless,
  latencyText,
  lineText,
  momentText,
  timesText,
} from '../../../src/vscode/tree/rowFormat';
import { runIcon } from '../../../src/vscode/tree/rowIcons';
import {
  benchmarkDescription,
  datasetDescription,
  groupDescription,
  modelDescription,
  optimizationDescription,
  profilingDescription,
  sensitivityDescription,
} from '../../../src/vscode/tree/rowText';
import { jobTooltip, literal, markdownOf, partTooltip, projectTooltip } from '../../../src/vscode/tree/rowTooltip';
import { activeText, progressText } from '../../../src/vscode/tree/runText';
import type { BenchConnection } from '../../../src/vscode/bench/benchConnection';
import { benchmark, job, measured, model, optimization, parts, profiling, run, sensitivity, won } from './facts';

// Rows of pure text never ask it anything.
const bench = {} as unknown as BenchConnection;

describe('the badge of the jobs', () => {
  it('counts those that run; those that wait are said beside', () => {
    const active = (['running', 'queued', 'queued', 'queued'] as const).map((state) => ({ state }));
    expect(jobsBadge(active)).toEqual({ running: 1, tooltip: '1 job is running, 3 are waiting' });
    expect(jobsBadge(active.slice(0, 2)).tooltip).toBe('1 job is running, 1 is waiting');
    expect(jobsBadge(active.slice(1)).running).toBe(0);
    expect(jobCounts([...active, { state: 'success' }])).toEqual({ running: 1, waiting: 3 });
  });
});

describe('a name that looks like an icon', () => {
  it('has no icon in it and all of its letters', () => {
    const shown = iconless('a $(trash) $(sync~spin) b');
    expect(shown).not.toMatch(/\$\([\w~-]+\)/);
    expect(shown.replaceAll('\u200B', '')).toBe('a $(trash) $(sync~spin) b');
  });
});

describe('figures', () => {
  it('have three significant digits and a unit', () => {
    expect([0.4123, 9.996, 12.345, 345.6, 1234].map(latencyText)).toEqual([
      '0.412 ms',
      '10 ms',
      '12.3 ms',
      '346 ms',
      '1.23 s',
    ]);
    expect(timesText(2.104)).toBe('2.1×');
    expect([accuracyText(0.97251, true), accuracyText(1, true), accuracyText(3.14159, false)]).toEqual([
      '97.25 %',
      '100 %',
      '3.142',
    ]);
  });

  it('of time are as long as they need be', () => {
    expect([200, 34_000, 59_600, 119_000, 3_600_000, 3_900_000].map(durationText)).toEqual([
      'less than 1 s',
      '34 s',
      '1 min',
      '2 min',
      '1 h',
      '1 h 5 min',
    ]);
    const noon = new Date(2026, 10, 27, 12, 0);
    expect(momentText(new Date(2026, 10, 27, 9, 5).toISOString(), noon)).toMatch(/9:05/);
    expect(momentText(new Date(2026, 10, 26, 9, 5).toISOString(), noon)).toMatch(/2026.*9:05/);
  });
});

it('names stay on one line and cannot turn the text around', () => {
  expect(lineText('a\nb\u202Ec\u0000')).toBe('a b c');
  expect(lineText(' \n')).toBe('(no name)');
});

describe('what stands beside a name', () => {
  it('of a model is its precision and size, or that it is gone', () => {
    expect(modelDescription(model())).toBe('fp32 · 704 kB');
    expect(modelDescription(model({ framework: 'OpenVINO' }))).toBe('fp32 · OpenVINO · 704 kB');
    expect(modelDescription(model({ isPresent: false }))).toBe('the file is gone');
  });

  it('of a data set is where it comes from', () => {
    expect(parts().datasets.map(datasetDescription)).toEqual(['MNIST · topk']);
  });

  it('of a sensitivity analysis is what it weighs, and how many layers it found', () => {
    const text = (more: object): string => sensitivityDescription(sensitivity(more), undefined);
    expect(text({})).toBe('loss, one-shot');
    expect(text({ kind: 'perf', method: 'measured', editedAt: 'now' })).toBe('performance, measured · edited');
    expect(text({ run: run('success'), layers: 16 })).toBe('16 layers · loss, one-shot');
    expect(text({ run: run('error'), layers: 1 })).toBe('failed · before: 1 layer · loss, one-shot');
    const context = (more: object): string =>
      partContext({ kind: 'sensitivity', bench, facts: sensitivity(more) }, parts());
    expect(context({})).toBe('sensitivity:canRun:canEdit:');
    expect(context({ run: run('success'), layers: 16 })).toBe('sensitivity:canRun:hasLog:hasResult:');
    const told = (more: object): string =>
      markdownOf(partTooltip({ kind: 'sensitivity', bench, facts: sensitivity(more) }, parts(), undefined));
    expect(told({ datasetId: null })).toContain(`Data: ${literal('random inputs')}`);
    expect(told({ method: 'approx' })).not.toContain('Data:');
  });

  it('of an optimization is what it brings', () => {
    const text = (more: object, live = undefined as ReturnType<typeof job> | undefined): string =>
      optimizationDescription(optimization(more), live);
    expect(text({})).toBe('int8 · auto');
    expect(text({ run: run('success'), outcome: won })).toBe('2.1× speed · 97.25 % · 0.3× size');
    expect(text({ run: run('success'), outcome: { ...won, meetsGoal: false } })).toMatch(/misses the goal$/);
    expect(text({ run: run('success'), outcome: { ...won, hasWinner: false } })).toBe('nothing better found');
    expect(text({ run: run('error'), outcome: won })).toBe('failed · before: 2.1× speed · 97.25 % · 0.3× size');
    expect(text({ targetSparsity: 0.8 })).toBe('pruning to 80 % zeros');
    const pruned = { ...won, speedup: null, sizeRatio: null, meetsGoal: null, sparsity: 0.804 };
    expect(text({ run: run('success'), outcome: pruned, targetSparsity: 0.8 })).toBe('80.4 % zeros · 97.25 % accuracy');
    const madeUp = { ...pruned, isRandomData: true };
    expect(text({ run: run('success'), outcome: madeUp, targetSparsity: 0.8 })).toMatch(/97.25 % agreement$/);
    expect(text({ run: run('cancelled') })).toBe('cancelled');
    expect(text({ run: run('queued'), outcome: won })).toBe('waiting');
    expect(text({ run: run('running'), outcome: won }, job({ trial: 3 }))).toBe('trial 4, measuring 34 % · 2 min left');
  });

  it('of a benchmark is what it measured, and whether it is pinned', () => {
    expect(benchmarkDescription(benchmark(), undefined, false)).toBe('performance · batch 8');
    const done = benchmark({ run: run('success'), ...measured });
    expect(benchmarkDescription(done, undefined, true)).toBe('1.52 ms ± 2.1 % · 5,252/s · pinned');
    const accuracy = benchmark({ run: run('success'), mode: 'accuracy', accuracy: 0.9, isRatio: true });
    expect(benchmarkDescription(accuracy, undefined, false)).toBe('90 %');
  });

  it('of a profiling is the time of an inference', () => {
    expect(profilingDescription(profiling(), undefined)).toBe('2 threads');
    expect(profilingDescription(profiling({ run: run('success'), inferenceUs: 1234 }), undefined)).toBe('1.23 ms');
  });

  it('of a group is how many there are', () => {
    const some = parts({ benchmarks: [benchmark({ run: run('running') }), benchmark({ id: 2 })] });
    expect([groupDescription(some, 'benchmark'), groupDescription(some, 'model')]).toEqual(['2 · 1 running', '1']);
  });
});

describe('the progress of a run', () => {
  it('is what was told, never more', () => {
    expect(progressText(job({ progress: null }))).toBe('starting');
    expect(progressText(job({ progress: { phase: 'loading', done: 7, unit: 'batches' }, timeLeftMs: null }))).toBe(
      'loading',
    );
    expect(progressText(job({ progress: { phase: 'x', done: 999, total: 1000, unit: 'y' }, timeLeftMs: 100 }))).toBe(
      'x 99 %',
    );
    expect(activeText(run('running'), undefined)).toBe('running');
  });

  it('names a trial once', () => {
    const progress = { phase: 'warming up trial 7', done: 1, unit: 'runs' };
    expect(progressText(job({ progress, trial: 6, timeLeftMs: null }))).toBe('warming up trial 7');
  });
});

it('every state of a run has an icon of its own', () => {
  const states = ['queued', 'running', 'success', 'error', 'cancelled'] as const;
  const icons = [null, ...states.map((state) => run(state))].map((one) => runIcon(one).id);
  expect(new Set(icons).size).toBe(6);
  expect(icons[2]).toBe('loading~spin');
});

describe('the flags for menus', () => {
  const flags = (node: Parameters<typeof partContext>[0], all = parts()): string => partContext(node, all);

  it('allow to run what rests, to cancel what goes on, to edit what has no result', () => {
    const of = (one: ReturnType<typeof run> | null): string =>
      flags({ kind: 'profiling', bench, facts: profiling({ run: one }) });
    expect(of(null)).toBe('profiling:canRun:canEdit:');
    expect(of(run('running'))).toBe('profiling:canCancel:hasLog:');
    expect(of(run('queued'))).toBe('profiling:canCancel:');
    expect(of(run('cancelled'))).toBe('profiling:canRun:canEdit:hasLog:');
    expect(of(run('error'))).toBe('profiling:canRun:hasLog:');
  });

  it('offer a pin for a measured benchmark of an optimized model that is not pinned', () => {
    const facts = benchmark({ modelId: 2, run: run('success'), ...measured });
    const all = (more: object) => parts({ optimizations: [optimization({ optimizedModelId: 2, ...more })] });
    expect(flags({ kind: 'benchmark', bench, facts }, all({}))).toMatch(/:hasResult:canPin:$/);
    expect(flags({ kind: 'benchmark', bench, facts }, all({ performanceBenchmarkId: 1 }))).not.toMatch(/canPin/);
    expect(isPinned(facts, all({ accuracyBenchmarkId: 1 }))).toBe(true);
    expect(flags({ kind: 'benchmark', bench, facts })).not.toMatch(/canPin/);
  });

  it('say what can be done with a model', () => {
    expect(flags({ kind: 'model', bench, facts: model() })).toBe('model:isPresent:hasGraph:canRun:canQuantize:');
    expect(flags({ kind: 'model', bench, facts: model({ isPresent: false, madeByOptimizationId: 1 }) })).toBe(
      'model:isMade:',
    );
  });

  it('offer to quantize a model only once', () => {
    for (const precision of ['int8', 'int8 static quantization', 'int8 dynamic quantization'])
      expect(flags({ kind: 'model', bench, facts: model({ precision }) })).toBe('model:isPresent:hasGraph:canRun:');
  });
});

describe('a tooltip', () => {
  it('does not let accuracy on made-up samples pass for one of real data', () => {
    const outcome = { ...won, metric: 'agreement', isRandomData: true };
    const node = { kind: 'optimization', bench, facts: optimization({ run: run('success'), outcome }) } as const;
    expect(partTooltip(node, parts({}), undefined).rows).toContainEqual(['Metric', 'agreement on random samples']);
  });

  it('takes nothing that people or files named as Markdown', () => {
    expect(literal('a[b](command:x)`<img>`$(zap)&amp;')).toMatch(/^[\p{L}\p{N} &#;]*$/u);
    const evil = '[x](command:evil) **b** <img src=x> https://example.org $(zap)';
    const text = markdownOf({ title: evil, rows: [[evil, evil]], sentences: [evil] });
    expect(text.replace(/&#\d+;/g, '')).not.toMatch(/[<>[\]()`$:/]\S/);
  });

  it('says the whole record', () => {
    const all = parts({ notes: 'mine' });
    const facts = optimization({ run: run('error', { failure: { code: 'x', message: 'It broke.' } }), outcome: won });
    const { rows, sentences } = partTooltip({ kind: 'optimization', bench, facts }, all, undefined);
    expect(rows).toContainEqual(['Model', 'Input model']);
    expect(rows).toContainEqual(['Took', '2 min']);
    expect(sentences).toEqual(['Trial 4 is 2 times as fast.', 'It broke.', undefined]);
    for (const node of [
      { kind: 'model' as const, bench, facts: model() },
      { kind: 'benchmark' as const, bench, facts: benchmark({ run: run('running') }) },
      { kind: 'profiling' as const, bench, facts: profiling() },
    ]) {
      expect(markdownOf(partTooltip(node, all, job()))).toContain('Id: 1');
    }
    expect(markdownOf(projectTooltip(all.project, all))).toContain('mine');
    const [given] = all.models;
    expect(markdownOf(projectTooltip(all.project, all))).toContain(`Model: ${literal(given?.path ?? '')}`);
    expect(markdownOf(projectTooltip(all.project, undefined))).not.toContain('Models');
  });
});

describe('a job', () => {
  it('says first what changes', () => {
    expect(jobDescription(job())).toBe('measuring 34 % · 2 min left · optimization in digits');
    expect(jobDescription(job({ run: run('queued') }))).toBe('waiting · optimization in digits');
    expect(jobDescription(job({ run: run('error') }))).toMatch(/^failed · 2 min · .* · optimization in digits$/);
    expect(jobDescription(job({ kind: 'pair_benchmark', projectName: null, run: run('success') }))).toMatch(
      /^2 min · .* · pair benchmark$/,
    );
    expect(markdownOf(jobTooltip(job()))).toContain('digits');
  });

  it('is short in the status bar', () => {
    expect(statusText(job(), 0)).toBe('Tuning int8: measuring 34 % · 2 min left');
    expect(statusText(job({ run: run('queued') }), 2)).toBe('int8 waits · 2 more');
    for (const verb of ['tune', 'quantize', 'evaluate', 'benchmark', 'profile'] as const)
      expect(statusText(job({ kind: looseSubject(verb).kind }), 0)).not.toMatch(/^Running/);
    expect(statusText(job({ title: 'a name that is much too long for a bar', progress: null }), 1)).toBe(
      'Tuning a name that is much too…: starting · 1 more',
    );
    const script = job({ kind: looseSubject('run').kind, title: 'a.ts', progress: null });
    expect([statusText(script, 0), jobDescription(script)]).toEqual([
      'Running a.ts',
      expect.stringMatching(/^running · script/),
    ]);
  });
});
