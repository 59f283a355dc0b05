// The example that the editor asks for, with progress and a way to stop it.
import { randomUUID } from 'node:crypto';
import type { ExampleChoice, ExampleIds } from '../../protocol/examples';
import type { WorkContext } from '../../protocol/progress';
import type { Bench } from '../bench';
import { requestErrors } from '../requestErrors';
import { addExampleProject } from './exampleProject';

const progressSteps = 100;

/** Makes the project. Throws RequestError for an unknown example, and why nothing was made. */
export async function addChosenExample(
  bench: Bench,
  { model, name }: ExampleChoice,
  { signal, onProgress }: WorkContext,
): Promise<ExampleIds> {
  const example = bench.examples.find((each) => each.model === model);
  if (example === undefined) throw requestErrors.notFound('example', model);
  const phase = example.source.kind === 'bundled' ? 'copying the model' : 'fetching the model';
  return addExampleProject(
    bench,
    { requestId: randomUUID(), name, example, progressSteps },
    signal,
    (subject, data) => {
      const percent = 'progress' in data ? data.progress : undefined;
      if (subject === 'download_progress' && typeof percent === 'number')
        onProgress({ phase, done: percent, total: progressSteps, unit: '%' });
    },
  );
}
