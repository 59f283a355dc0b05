// Operations examples/list and examples/add (SYSTEMS §1.3): models to begin with, bundled or fetched on request.
import { nearestName } from '../../config/nearestName';
import type { Bench } from '../bench';
import type { ExampleModel } from './exampleModel';
import { makeExampleProject } from './exampleProject';
import { frameworkNamed } from '../dictionary/frameworkNames';
import type { NamedFramework } from '../dictionary/frameworkNames';
import { megabytes } from '../views';
import type { LongOperation, Operation } from '../operation';
import { answeringLater, answeringNow } from '../operation';
import { longestName } from '../project/project';
import { requestErrors } from '../requestErrors';

/** All examples are ONNX models. */
const framework = 'ONNXRT';

const defaultSteps = 10;
const mostSteps = 100;

export const exampleList: Operation<null, readonly object[]> = {
  path: 'examples/list',
  summary: 'List the models a project can begin with.',
  read: () => null,
  run: (bench) => Promise.resolve(bench.examples.map(exampleView)),
};

interface ExampleChoice {
  readonly requestId: string;
  readonly name: string;
  readonly framework: NamedFramework;
  readonly domain: string;
  readonly model: string;
  readonly progressSteps: number;
}

export const exampleAdd: LongOperation<ExampleChoice> = {
  path: 'examples/add',
  summary: 'Make a project from an example, with data, an optimization and a benchmark.',
  read: (parameters) => ({
    requestId: parameters.requestId(),
    name: parameters.text('name', longestName),
    framework: frameworkNamed(parameters, 'framework'),
    domain: parameters.text('domain', 100),
    model: parameters.text('model', 200),
    progressSteps: parameters.optionalInteger('progress_steps', 1, mostSteps) ?? defaultSteps,
  }),
  run: (bench, choice) =>
    Promise.resolve().then(() => {
      const example = chosenExample(bench, choice);
      bench.later((signal) => makeExampleProject(bench, { ...choice, example }, signal));
    }),
};

export const exampleOperations = [answeringNow(exampleList), answeringLater(exampleAdd)];

function exampleView({ model, domain, domainFlavour, licence, sizeBytes, sha256, source }: ExampleModel): object {
  return {
    domain,
    framework,
    model,
    domain_flavour: domainFlavour,
    bundled: source.kind === 'bundled',
    licence,
    size: megabytes(sizeBytes),
    size_bytes: sizeBytes,
    sha256,
    url: source.kind === 'download' ? source.urls[0] : null,
  };
}

function chosenExample(bench: Bench, { framework: asked, domain, model }: ExampleChoice): ExampleModel {
  const example = bench.examples.find((each) => each.model === model);
  if (example === undefined) {
    const names = bench.examples.map((each) => each.model);
    const near = nearestName(model, names);
    throw requestErrors.notFound('example', near === undefined ? model : `${model}; did you mean ${near}?`);
  }
  if (asked !== framework || example.domain !== domain) {
    throw requestErrors.refused(
      'example',
      `The example ${model} is of ${framework} and of the domain ${example.domain}.`,
      'List the examples, and name all three as they stand there.',
    );
  }
  return example;
}
