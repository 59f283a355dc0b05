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
  return dummyParameters(model, names, shapes, known);
}

function refuseOpen({ name }: PortFacts): never {
  throw requestErrors.refused(
    'shape',
    `The model leaves the size of its input ${JSON.stringify(name.slice(0, 100))} open.`,
  );
}
