// Tries loader, model and metric on one sample before the work begins, so that a mistake is told in a second.
import type { CompressedModel } from './compressedModel';
import type { Engine } from './engine';
import { kindOf } from './items';
import { pipelineErrors } from './pipelineErrors';
import { BatchSampler } from './samplers';

const directions = ['higher-better', 'higher-worse'];

/** Throws PipelineError saying what came and what was expected; leaves the model set in the engine. */
export async function checkFirstSample(engine: Engine, model: CompressedModel): Promise<void> {
  checkMetric(engine);
  await engine.setModel(model);
  const sampler = new BatchSampler(engine.dataLoader, { subsetIndices: [0] });
  const { metrics } = await engine.predict({ sampler });
  if (metrics === null) return;
  for (const name of Object.keys(engine.getMetricsAttributes())) {
    const value: unknown = metrics[name];
    if (typeof value !== 'number') {
      throw pipelineErrors.metricShape(
        `The avgValue of "${name}"`,
        kindOf(value),
        'a number for each name in attributes',
      );
    }
  }
}

/** Throws PipelineError for a metric without what every metric has. */
export function checkMetric(engine: Engine): void {
  const { metric } = engine;
  for (const name of ['update', 'reset'] as const) {
    const own: unknown = metric === undefined ? undefined : Reflect.get(metric, name);
    if (metric !== undefined && typeof own !== 'function') {
      throw pipelineErrors.metricShape(`The ${name}`, kindOf(own), 'a function');
    }
  }
  checkAttributes(metric === undefined ? engine.getMetricsAttributes() : metric.attributes);
}

function checkAttributes(attributes: unknown): void {
  if (typeof attributes !== 'object' || attributes === null) {
    throw pipelineErrors.metricShape('The attributes', kindOf(attributes), '{name: {direction, type}}');
  }
  for (const [name, attribute] of Object.entries(attributes) as [string, { direction?: unknown } | null][]) {
    const direction = attribute?.direction;
    if (typeof direction !== 'string' || !directions.includes(direction)) {
      throw pipelineErrors.metricShape(`The direction of "${name}"`, kindOf(direction), directions.join(' or '));
    }
  }
}
