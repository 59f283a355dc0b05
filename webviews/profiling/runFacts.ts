// The conditions times were measured under.
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { ProfilingTimes } from '../../src/protocol/panels/profiling';
import { bytesText, countText } from '../kit/figures';
import { factList } from '../kit/page';

/** A heading and a list of facts. */
export function runFacts(times: ProfilingTimes): TemplateResult {
  return html`<h2>How it was measured</h2>
    ${factList(factsOf(times))}`;
}

function factsOf(times: ProfilingTimes): readonly (readonly [name: string, value: string])[] {
  const { measuredAt, data, inputShapes, environment, machine, modelSha256 } = times;
  const shapes = Object.entries(inputShapes).map(([input, shape]) => `${input} [${shape.join(', ')}]`);
  const load = machine.loadAverage === null ? [] : [`load ${machine.loadAverage.toFixed(2)} when it began`];
  return [
    ['When', measuredAt === null ? 'not known' : new Date(measuredAt).toLocaleString()],
    ['Threads', String(environment.threads)],
    ['Input', `${data === 'dataset' ? 'samples of the data set' : 'random numbers'}: ${shapes.join(', ')}`],
    ['Processor', [machine.cpuModel, countText(machine.logicalCores, 'logical core'), ...load].join(', ')],
    ['Instructions', machine.cpuFlags.length === 0 ? 'none that decide 8-bit speed' : machine.cpuFlags.join(', ')],
    ['Memory', bytesText(machine.totalMemoryBytes)],
    ['Engine', `onnxruntime ${environment.engineVersion}`],
    ['Model (SHA-256)', modelSha256],
  ];
}
