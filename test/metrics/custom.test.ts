// A user's own metric module: every way to write one, and every way to get it wrong.
import { describe, expect, it } from 'vitest';
import { createMetric } from '../../src/metrics/registry';
import { loadUserMetrics } from '../../src/metrics/custom';
import type { Metric } from '../../src/metrics/contracts';
import { failureOf } from '../support/failureOf';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
let made = 0;

/** The metric of a module with this text. Each has a name of its own: modules stay loaded. */
async function metricOf(text: string, parameters: Record<string, unknown> = {}): Promise<Metric> {
  const path = place.write(`metric${made++}.mjs`, text);
  const entry = { name: 'custom', parameters: { path, higher_is_better: true, ...parameters } };
  await loadUserMetrics([entry]);
  return createMetric(entry.name, entry.parameters);
}

const scores = { y: { type: 'float32', dims: [2, 2], data: Float32Array.of(0.9, 0.1, 0.2, 0.8) } } as const;

const sumOfScores = `export class Metric {
  constructor(parameters) { this.factor = parameters.factor ?? 1; this.sum = 0; this.labels = []; }
  update({ y }, annotations) { for (const score of y.data) this.sum += score; this.labels.push(...annotations); }
  result() { return this.factor * this.sum + this.labels.length; }
}`;

describe('a metric of one’s own', () => {
  it('is fed outputs and labels, and gives its figure at any time', async () => {
    const metric = await metricOf(sumOfScores, { factor: 10 });
    expect(metric.avgValue['custom']).toBeNaN();
    metric.update(scores, [0, 1]);
    expect(metric.avgValue['custom']).toBeCloseTo(22, 5);
    metric.update(scores, [0, 1]);
    expect(metric.avgValue['custom']).toBeCloseTo(44, 5);
    metric.reset();
    metric.update(scores, [0, 1]);
    expect(metric.avgValue['custom']).toBeCloseTo(22, 5);
  });

  it('may be the default export, and says which way is better by its parameter', async () => {
    const text = sumOfScores.replace('export class Metric', 'export default class');
    const metric = await metricOf(text, { higher_is_better: false });
    expect(metric.attributes).toEqual({ custom: { direction: 'lower-better', type: 'custom' } });
    metric.update(scores, []);
    expect(metric.avgValue['custom']).toBeCloseTo(2, 5);
  });

  it('stands beside a loader in one file', async () => {
    const metric = await metricOf(`${sumOfScores}\nexport default { length: 0, get() {} };`);
    metric.update(scores, []);
    expect(metric.avgValue['custom']).toBeCloseTo(2, 5);
  });

  it.each([
    ['exports nothing', 'const a = 1;', /exports no class Metric/],
    ['exports an object', 'export const Metric = {};', /exports no class Metric/],
    ['does not parse', 'export class {', /failed while being loaded/],
  ])('is refused when the module %s', async (_, text, message) => {
    const failure = await failureOf(metricOf(text));
    expect(failure.message).toMatch(message);
  });

  it.each([
    ['lacks result', 'export class Metric { update() {} }', /lacks update or result/, /^metric-module-kind$/],
    ['cannot be made', 'export class Metric { constructor() { null.x; } }', /failed while being made: TypeError/, /./],
    [
      'throws',
      'export class Metric { update() { throw new Error("no"); } result() {} }',
      /judging a batch: Error: no/,
      /./,
    ],
    ['waits', 'export class Metric { async update() { throw 1; } result() {} }', /update is asynchronous/, /./],
  ])('is refused at the first batch when its class %s', async (_, text, message, code) => {
    const metric = await metricOf(text);
    const failure = await failureOf(Promise.resolve().then(() => metric.update(scores, [0, 1])));
    expect(failure.message).toMatch(message);
    expect(failure.code).toMatch(code);
    expect(failure.place).toMatch(/metric\d+\.mjs/);
  });

  it('is refused when its result is no number', async () => {
    const metric = await metricOf('export class Metric { update() {} result() { return "0.5"; } }');
    metric.update(scores, [0, 1]);
    const failure = await failureOf(Promise.resolve().then(() => metric.avgValue));
    expect(failure.message).toMatch(/its result is no number, but string/);
  });
});
