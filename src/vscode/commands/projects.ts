// Commands on projects besides deleting: new, notes.
import type { Uri } from 'vscode';
import { projectsMethod } from '../../protocol/facts';
import type { BenchConnection } from '../bench/benchConnection';
import type { Services } from '../services';
import type { ProjectNode } from '../tree/nodes';
import { explain, hasFolder } from './explaining';
import { addExample } from './examples';
import { givenFile, givenNode } from './given';
import type { Handlers } from './handler';
import { pickBench } from './pickBench';
import { pickProject } from './pickProject';
import { noModel, projectSteps, stateOfModel } from './projectWizard';
import type { ProjectState } from './projectWizard';
import { showProject } from './projectReveal';
import { enterText } from './quickInputs';
import { projectRequest } from './requests';
import { askSteps, back } from './steps';

const longestNotes = 250;

/** Asks for a new project and makes it. @returns its id; undefined where the person gave up */
export async function newProject(services: Services, bench: BenchConnection, file?: Uri): Promise<number | undefined> {
  const { projects } = await bench.ask(projectsMethod, null);
  const initial = file === undefined ? noModel : await stateOfModel(bench, file.fsPath);
  const taken = projects.map(({ name }) => name);
  const answers = await askSteps('New Project', projectSteps(bench, taken), initial);
  if (answers === undefined) return undefined;
  services.log.debug(`project: new {name=${answers.name}}`);
  return answers.example === undefined
    ? createProject(bench, answers)
    : addExample(bench, answers.example, answers.name);
}

async function createProject(bench: BenchConnection, answers: ProjectState): Promise<number> {
  const answer = await bench.change('project/create', projectRequest(answers));
  const { project_id: id } = answer as { readonly project_id: number };
  await showProject(bench, id);
  return id;
}

/** The bench that a file belongs to; undefined, and said, where no folder is open. */
export function benchOfFile({ benches }: Services, file: Uri): BenchConnection | undefined {
  return hasFolder() ? benches.for(file) : undefined;
}

async function editNotes({ bench, facts }: ProjectNode): Promise<void> {
  const { notes } = (await bench.read('project', { id: facts.id })) as { readonly notes: string | null };
  if (notes?.includes('\n') === true) {
    explain(`The notes of "${facts.name}" have several lines: the page of the project shows and edits them.`, {
      title: 'Show Project',
      command: 'compressorBench.project.show',
      arguments: [{ kind: 'project', bench, facts }],
    });
    return;
  }
  const typed = await enterText(
    { title: `Notes · ${facts.name}` },
    {
      prompt: `Notes, at most ${longestNotes} characters; empty: none`,
      value: notes ?? '',
      validate: (text) => (text.length > longestNotes ? `${text.length} of ${longestNotes} characters.` : undefined),
    },
  );
  if (typed !== undefined && typed !== back) await bench.change('project/note', { id: facts.id, notes: typed });
}

export const projectHandlers: Handlers = {
  'project.new': async (services, given) => {
    const file = givenFile(given);
    const bench =
      file === undefined
        ? (givenNode(given, 'folder')?.bench ?? (await pickBench(services, 'New Project')))
        : benchOfFile(services, file);
    return bench && newProject(services, bench, file);
  },
  'project.editNotes': async (services, given) => {
    const node = givenNode(given, 'project') ?? (await pickProject(services, { title: 'Edit Notes of Project' }));
    if (node !== undefined) await editNotes(node);
  },
};
