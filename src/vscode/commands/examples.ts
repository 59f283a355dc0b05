// Projects from example models: those that come along at once, others after a question, with progress and a way to stop.
import { ProgressLocation, window } from 'vscode';
import { exampleMethod } from '../../protocol/examples';
import { projectsMethod } from '../../protocol/facts';
import type { BenchConnection } from '../bench/benchConnection';
import type { Services } from '../services';
import { downloadQuestion, exampleChoice } from './exampleTexts';
import type { ExampleFacts } from './exampleTexts';
import { givenNode } from './given';
import type { Given } from './given';
import type { Handlers } from './handler';
import { pickBench } from './pickBench';
import { showProject } from './projectReveal';
import { choose } from './quickInputs';
import { freeName } from './requests';
import { back } from './steps';

/** Those there are, in the order they are offered. */
export async function listExamples(bench: BenchConnection): Promise<readonly ExampleFacts[]> {
  return (await bench.read('examples/list')) as readonly ExampleFacts[];
}

/** Makes a project from an example. @returns its id; undefined where the person does not want the download */
export async function addExample(
  bench: BenchConnection,
  example: ExampleFacts,
  name: string,
): Promise<number | undefined> {
  const detail = `It is kept in the bench folder for later projects. Licence: ${example.licence}.`;
  const question = downloadQuestion(example);
  if (
    !example.bundled &&
    (await window.showWarningMessage(question, { modal: true, detail }, 'Download')) !== 'Download'
  )
    return undefined;
  const progress = {
    location: example.bundled ? ProgressLocation.Window : ProgressLocation.Notification,
    title: example.bundled ? `Adding ${example.model}` : `Downloading ${example.model}`,
    cancellable: !example.bundled,
  };
  try {
    const ids = await window.withProgress(progress, (report, token) => {
      let reached = 0;
      return bench.ask(
        exampleMethod,
        { model: example.model, name },
        {
          token,
          onProgress: ({ done }) => {
            report.report({ increment: done - reached, message: `${done} %` });
            reached = done;
          },
        },
      );
    });
    await showProject(bench, ids.project_id);
    return ids.project_id;
  } finally {
    bench.tellRecordsChanged();
  }
}

async function chooseExample(bench: BenchConnection): Promise<ExampleFacts | undefined> {
  const chosen = await choose(
    { title: 'Add Example Project' },
    {
      placeholder: 'Example model, with data, an optimization and a benchmark',
      choices: listExamples(bench).then((all) => all.map((example) => ({ ...exampleChoice(example), value: example }))),
    },
  );
  return chosen === back ? undefined : chosen;
}

/** The walkthrough names the example it wants. */
async function named(bench: BenchConnection, { first }: Given): Promise<ExampleFacts | undefined> {
  if (typeof first !== 'string') return chooseExample(bench);
  return (await listExamples(bench)).find(({ model }) => model === first) ?? chooseExample(bench);
}

async function addGivenExample(services: Services, given: Given): Promise<number | undefined> {
  const bench = givenNode(given, 'folder')?.bench ?? (await pickBench(services, 'Add Example Project'));
  const example = bench && (await named(bench, given));
  if (bench === undefined || example === undefined) return undefined;
  const { projects } = await bench.ask(projectsMethod, null);
  const taken = projects.map(({ name }) => name);
  return addExample(bench, example, freeName(example.model, taken));
}

export const exampleHandlers: Handlers = { 'example.add': addGivenExample };
