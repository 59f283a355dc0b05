// Commands on data sets besides deleting: new, new with own code, open.
import { Uri, window } from 'vscode';
import { partsMethod } from '../../protocol/facts';
import type { DatasetFacts } from '../../protocol/facts';
import { datasetFileMethod } from '../../protocol/runControl';
import type { Services } from '../services';
import type { DatasetNode, ProjectNode } from '../tree/nodes';
import { datasetSteps, emptyDataset, readDictionaries } from './datasetWizard';
import { givenNode, givenProject } from './given';
import type { Handlers } from './handler';
import { pickPart } from './pickParts';
import { pickProject, projectNodes } from './pickProject';
import { newDatasetFiles } from './newDatasetFiles';
import { nameProblem } from './questions';
import { choose, enterText } from './quickInputs';
import { showDatasetText } from './readOnlyTexts';
import { datasetRequest, freeName } from './requests';
import { askSteps, back } from './steps';

const newCustomTitle = 'New Custom Data Set';

/** Asks for a new data set of a project and adds it; undefined where the person gave up. */
export async function newDataset(project: ProjectNode): Promise<DatasetFacts | undefined> {
  const { bench, facts } = project;
  const parts = await bench.ask(partsMethod, { id: facts.id });
  const dictionaries = await readDictionaries(bench, parts);
  const initial = { ...emptyDataset, projectId: facts.id };
  const answers = await askSteps(`New Data Set · ${facts.name}`, datasetSteps(dictionaries, parts), initial);
  if (answers === undefined) return undefined;
  const described =
    answers.filePath === ''
      ? datasetRequest(answers)
      : {
          project_id: facts.id,
          name: answers.name,
          ...(await bench.ask(datasetFileMethod, { path: answers.filePath })),
        };
  return addDataset(project, described);
}

async function addDataset(
  { bench, facts }: ProjectNode,
  request: Readonly<Record<string, unknown>>,
): Promise<DatasetFacts | undefined> {
  const { dataset_id: id } = (await bench.change('dataset/add', request)) as { readonly dataset_id: number };
  const { datasets } = await bench.ask(partsMethod, { id: facts.id });
  const added = datasets.find((one) => one.id === id);
  const templatePath = added?.templatePath ?? null;
  if (templatePath !== null) await window.showTextDocument(Uri.file(templatePath));
  return added;
}

/** A module of the person's own, kept with a project; it begins as code that runs as it is. */
async function newCustom(project: ProjectNode): Promise<DatasetFacts | undefined> {
  const { bench, facts } = project;
  const { datasets } = await bench.ask(partsMethod, { id: facts.id });
  const taken = datasets.map(({ name }) => name);
  const name = await enterText(
    { title: `${newCustomTitle} · ${facts.name}` },
    {
      prompt: 'Name. A module that reads data is written for the model, and opened to be filled in.',
      value: freeName('own data', taken),
      validate: (text) => nameProblem(text, 50),
    },
  );
  if (name === undefined || name === back) return undefined;
  const loader = { name: 'custom', params: {} };
  return addDataset(project, { project_id: facts.id, name, dataloader: loader, transform: [], metric: '' });
}

/** A project, or the folder where there is none or none is wanted; undefined where the person gave up. */
async function pickPlace(services: Services): Promise<ProjectNode | 'folder' | undefined> {
  const projects = await projectNodes(services);
  if (projects === undefined || projects.length === 0) return projects && 'folder';
  const chosen = await choose<ProjectNode | 'folder'>(
    { title: newCustomTitle },
    {
      placeholder: 'Where the code is kept',
      choices: [
        ...projects.map((node) => ({ label: node.facts.name, icon: 'project', value: node })),
        { label: 'No Project', detail: 'A module and a data set file in the folder', icon: 'files', value: 'folder' },
      ],
    },
  );
  return chosen === back ? undefined : chosen;
}

/** Own code to be changed; the description of anything else to be read. */
async function openDataset(node: DatasetNode): Promise<void> {
  const { templatePath } = node.facts;
  if (templatePath === null) await showDatasetText(node);
  else await window.showTextDocument(Uri.file(templatePath));
}

export const datasetHandlers: Handlers = {
  'dataset.new': async (services, given) => {
    const project = (await givenProject(given)) ?? (await pickProject(services, { title: 'New Data Set' }));
    return project && (await newDataset(project))?.id;
  },
  'dataset.newCustom': async (services, given) => {
    const place = (await givenProject(given)) ?? (await pickPlace(services));
    if (place === 'folder') return newDatasetFiles(services, newCustomTitle);
    return place && (await newCustom(place))?.id;
  },
  'dataset.open': async (services, given) => {
    const node = givenNode(given, 'dataset') ?? (await pickPart(services, 'dataset', { title: 'Open Data Set' }));
    if (node !== undefined) await openDataset(node);
  },
};
