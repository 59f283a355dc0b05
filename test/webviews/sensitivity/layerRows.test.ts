// Layers on the page of a sensitivity analysis: their figures at the sparsities they get, order, search, what is drawn.
import { describe, expect, it } from 'vitest';
import type { SensitivityLayer, SparsityAllocation } from '../../../src/protocol/panels/sensitivity';
import { choicesFrom, withOverride } from '../../../webviews/sensitivity/choices';
import {
  curveAxes,
  curvePath,
  dwarfedMiddle,
  endOf,
  placeOf,
  spreadLabels,
} from '../../../webviews/sensitivity/curveDrawing';
import {
  axisUnit,
  figureText,
  recoveryText,
  layerRows,
  operationsText,
  shownRows,
  sparsityText,
} from '../../../webviews/sensitivity/layerRows';

function layer(name: string, slope: number | null, more: Partial<SensitivityLayer> = {}): SensitivityLayer {
  return {
    ...{ name, label: name, node: `node of ${name}`, opType: 'Conv', weights: 10, denseReason: null, flops: null },
    loss:
      slope === null
        ? []
        : [
            { sparsityFraction: 0, value: 0 },
            { sparsityFraction: 1, value: slope },
          ],
    perf: [],
    ...more,
  };
}

const findings = { layers: [layer('w10', 1), layer('w2', 4), layer('v', null, { weights: 99, opType: 'Gemm' })] };

const allocation: SparsityAllocation = {
  layers: [
    { name: 'w10', sparsityFraction: 0.5, estimatedRecovery: 1, isSetByHand: false },
    { name: 'w2', sparsityFraction: 0.25, estimatedRecovery: 0.5, isSetByHand: true },
    { name: 'v', sparsityFraction: 0, estimatedRecovery: 1, isSetByHand: false },
  ],
  ...{ meanFraction: 0.25, sparsityFraction: 0.4, estimatedRecovery: 0.9, flops: null },
};

const names = (rows: ReturnType<typeof shownRows>): string[] => rows.map((row) => row.layer.name);

describe('layers', () => {
  const rows = layerRows(findings, allocation);

  it('have their loss at the sparsity that they get', () => {
    expect(rows.map(({ loss }) => loss)).toEqual([0.5, 1, null]);
  });

  it('are dense, without a mark, where nothing is shared out', () => {
    const unshared = layerRows(findings, null);
    expect(unshared.map(({ loss, sparsityFraction }) => [loss, sparsityFraction])).toEqual([
      [0, null],
      [0, null],
      [null, null],
    ]);
  });

  it('have the operations left beside their times', () => {
    const counted = { layers: [layer('w10', 1, { flops: { weight: 100, bias: 2 } })] };
    expect(layerRows(counted, allocation).map(({ operations }) => operations)).toEqual([52]);
  });

  it('are put in order, unknown figures last, numbers in names as numbers', () => {
    expect(names(shownRows(rows, '', 'file'))).toEqual(['w10', 'w2', 'v']);
    expect(names(shownRows(rows, '', 'name'))).toEqual(['v', 'w2', 'w10']);
    expect(names(shownRows(rows, '', 'loss'))).toEqual(['w2', 'w10', 'v']);
    expect(names(shownRows(rows, '', 'weights'))).toEqual(['v', 'w10', 'w2']);
    expect(names(shownRows(rows, '', 'perf'))).toEqual(['w10', 'w2', 'v']);
  });

  it('are found by weight, node and operator', () => {
    expect(names(shownRows(rows, ' GEMM ', 'file'))).toEqual(['v']);
    expect(names(shownRows(rows, 'node of w2', 'file'))).toEqual(['w2']);
    expect(names(shownRows(rows, 'none', 'file'))).toEqual([]);
  });

  it('say why they have their sparsity', () => {
    const dense = (denseReason: 'first' | 'grouped') => {
      return { layer: layer('d', 1, { denseReason }), sparsityFraction: 0, isSetByHand: false };
    };
    expect([...rows, dense('first'), dense('grouped')].map(sparsityText)).toEqual([
      '50 %',
      '25 %, set by hand',
      '0 %',
      'dense: first layer',
      'dense: grouped',
    ]);
  });
});

it('figures have the words of their unit', () => {
  expect([recoveryText(0.5), recoveryText(-31.5), recoveryText(null)]).toEqual(['50 %', 'below 0 %', '–']);
  expect([figureText(0.00002, 'divergence'), figureText(0, 'divergence')]).toEqual(['2.00e-5', '0']);
  expect(figureText(0.0456, 'milliseconds')).toBe('45.6 µs');
  expect(axisUnit('operations', [5e5, 2e6]).name).toBe('million');
  expect(axisUnit('operations', [5e5]).name).toBe('');
  expect(axisUnit('milliseconds', [0.0101]).name).toBe('µs');
  expect([figureText(null, 'operations'), operationsText(118_013_952)]).toEqual(['–', '118 million']);
});

describe('curves', () => {
  const points = [
    { sparsityFraction: 0, value: 0 },
    { sparsityFraction: 0.5, value: 1 },
    { sparsityFraction: 0.75, value: null },
    { sparsityFraction: 1, value: 10 },
  ];
  const frame = { left: 0, right: 100, top: 0, bottom: 50 };

  it('have gaps where there is no figure', () => {
    expect(curvePath(points, curveAxes([points], frame, false), false)).toBe('M0,50L50,45M100,0Z');
  });

  it('end where the last figure is', () => {
    const axes = curveAxes([points], frame, false);
    expect(endOf(points.slice(0, 3), axes, false)).toEqual({ x: 50, y: axes.y.place(1) });
    expect(endOf(points.slice(0, 1), axes, true)).toBeUndefined();
  });

  it('have their names beside their ends, apart from each other and inside the chart', () => {
    expect(spreadLabels([30, 5, 8], 10, { top: 0, bottom: 100 })).toEqual([30, 5, 15]);
    expect(spreadLabels([98, 99, 100], 10, { top: 0, bottom: 100 })).toEqual([80, 90, 100]);
  });

  it('are too flat to be read where one of them is far above half of the others', () => {
    expect(dwarfedMiddle([1, 83, 2, 3, 10])).toBe(3);
    expect(dwarfedMiddle([1, 8, 5, 3, 2])).toBeNull();
    expect(dwarfedMiddle([])).toBeNull();
  });

  it('leave out 0 on a logarithmic scale, where marks of it stand at the foot', () => {
    const axes = curveAxes([points], frame, true);
    expect(curvePath(points, axes, true).startsWith('M50,')).toBe(true);
    expect(placeOf(0, axes, frame, true)).toBe(50);
    expect(placeOf(null, axes, frame, false)).toBe(50);
  });
});

describe('choices', () => {
  it('are what they were, as far as they make sense', () => {
    expect(choicesFrom({ targetFraction: 0.7 }).targetFraction).toBe(0.7);
    expect(choicesFrom({ targetFraction: 5, view: 'gone' as 'lines' })).toMatchObject({
      targetFraction: 0.97,
      view: 'multiples',
    });
  });

  it('set one layer by hand, and take it back', () => {
    const set = withOverride(withOverride([], 'a', 0.5), 'a', 0.75);
    expect(set).toEqual([['a', 0.75]]);
    expect(withOverride(set, 'a', null)).toEqual([]);
  });
});
