// The data an example begins with: the real samples that come with it, or random ones that its model takes.
import type { PortFacts } from '../../onnx/modelFacts';
import type { DatasetRequest } from '../dataset/datasetRequest';
import { dummyName, dummyParameters } from '../dataset/dummyDataset';
import type { DummyModel } from '../dataset/dummyDataset';
import type { ExampleInput, ExampleModel } from './exampleModel';
import { requestErrors } from '../requestErrors';
import { sampleShape } from '../dataset/sampleShapes';

/**
 * The data set of an example.
 *
 * @param folder where its files were put
 * @throws RequestError when a shape is open that the example does not tell
 */
export function exampleDataset(
  { source, inputs = {} }: ExampleModel,
  model: DummyModel,
  folder: string,
): Omit<DatasetRequest, 'projectId'> {
  const real = source.kind === 'bundled' ? source.dataset : undefined;
  if (real !== undefined) {
    const { name, loader, parameters, transforms, metric } = real;
    return {
      name,
      location: folder,
      description: { datasetType: loader, parameters, transforms, filter: null, metric },
    };
  }
  const parameters = randomParameters(model, inputs);
  return {
    name: dummyName,
    description: { datasetType: 'dummy_v2', parameters, transforms: [], filter: null, metric: null },
  };
}

/** Parameters of `dummy_v2` for a model, with what is known of its inputs beyond its file. */
export function randomParameters(
  model: DummyModel,
  known: Readonly<Record<string, ExampleInput>>,
): Readonly<Record<string, unknown>> {
  const { inputs } = model;
  const names = inputs.map(({ name }) => name);
  const shapes = inputs.map((input) => known[input.name]?.shape ?? sampleShape(input) ?? refuseOpen(input));
  const parameters = dummyParameters(model, names, shapes);
  if (Object.values(known).every(({ lowest, highest }) => lowest === undefined && highest === undefined)) {
    return parameters;
  }
  const usual = (key: string, index: number, otherwise: unknown): unknown => {
    const list = parameters[key];
    return Array.isArray(list) ? list[index] : otherwise;
  };
  // The last value is the label's.
  const bound = (
    key: 'low' | 'high',
    value: (input: PortFacts) => number | undefined,
    otherwise: number,
  ): unknown[] => [...inputs.map((input, index) => value(input) ?? usual(key, index, otherwise)), otherwise];
  return {
    ...parameters,
    low: bound('low', ({ name }) => known[name]?.lowest, -128),
    high: bound('high', (input) => upperEnd(input, known[input.name]?.highest), 127),
    dtype: [...inputs.map((_, index) => usual('dtype', index, 'float32')), 'float32'],
  };
}

/** Of whole numbers the loader does not draw the upper end itself. */
function upperEnd({ type }: PortFacts, highest: number | undefined): number | undefined {
  return highest === undefined || type.startsWith('float') ? highest : highest + 1;
}

function refuseOpen({ name }: PortFacts): never {
  throw requestErrors.refused(
    'shape',
    `The model leaves the size of its input ${JSON.stringify(name.slice(0, 100))} open.`,
  );
}
