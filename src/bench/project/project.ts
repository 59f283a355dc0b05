// Operations on projects (SYSTEMS §1.3): create, delete, details, notes, list.
import { sep } from 'node:path';
import type { ProjectRecord } from '../../store/records';
import type { Operation } from '../operation';
import { answeringNow } from '../operation';
import { requestErrors } from '../requestErrors';
import { dateView, modelView } from '../views';

/** SYSTEMS §1.1. */
export const longestName = 50;
const longestNotes = 250;

/** The name of the model a project begins with. */
export const inputModelName = 'Input model';

interface ById {
  readonly id: number;
}

/** How things are deleted: id and name have to fit together, so that a stale list deletes nothing else. */
export interface ByIdAndName extends ById {
  readonly name: string;
}

export const projectDelete: Operation<ByIdAndName, { readonly id: number | null }> = {
  path: 'project/delete',
  summary: 'Delete a project with everything in it; id and name have to fit.',
  read: (parameters) => ({ id: parameters.id('id', 'project'), name: parameters.text('name') }),
  run: async (bench, { id, name }) => {
    const project = await bench.store.find('project', id);
    if (project?.name !== name) return { id: null };
    const folder = await bench.store.folderOf('project', id);
    if (folder === undefined) return { id: null };
    for (const run of await bench.queue.list()) {
      if (run.folder.startsWith(`${folder}${sep}`)) await bench.queue.cancel(run.folder);
    }
    return { id: (await bench.store.remove('project', id)) ? id : null };
  },
};

export const projectDetails: Operation<ById, object> = {
  path: 'project',
  summary: 'Show a project and its input model.',
  read: (parameters) => ({ id: parameters.id('id', 'project') }),
  run: async (bench, { id }) => {
    const project = await bench.get('project', id);
    const models = await bench.store.list('model', { projectId: id });
    const input = models.find(({ madeBy }) => madeBy === null);
    return {
      ...projectView(project),
      uuid: project.uuid ?? null,
      notes: project.notes,
      input_model: input === undefined ? null : modelView(bench, input),
    };
  },
};

export const projectNote: Operation<ById & { readonly notes: string }, object> = {
  path: 'project/note',
  summary: 'Replace the notes of a project.',
  read: (parameters) => {
    const notes = parameters.value('notes');
    if (notes === undefined) throw requestErrors.refused('notes', 'Notes not provided.');
    if (typeof notes !== 'string' || notes.length > longestNotes) {
      throw requestErrors.valueIncorrect('notes', `a text of at most ${longestNotes} characters`);
    }
    return { id: parameters.id('id', 'project'), notes };
  },
  run: async (bench, { id, notes }) => {
    await bench.get('project', id);
    await bench.store.edit('project', id, () => ({ notes }));
    return { id, notes };
  },
};

export const projectList: Operation<null, object> = {
  path: 'project/list',
  summary: 'List the projects.',
  read: () => null,
  run: async (bench) => bench.withProblems(listView(await bench.store.list('project')), 'project'),
};

/** Views of lists that the store may give again: many clients ask for the same one. */
const listViews = new WeakMap<readonly ProjectRecord[], object>();

function listView(projects: readonly ProjectRecord[]): object {
  const known = listViews.get(projects);
  if (known !== undefined) return known;
  const view = { projects: projects.map(projectView) };
  listViews.set(projects, view);
  return view;
}

function projectView({ id, name, createdAt, modifiedAt }: ProjectRecord) {
  return { id, name, created_at: dateView(createdAt), modified_at: dateView(modifiedAt) };
}

export const projectOperations = [
  answeringNow(projectDelete),
  answeringNow(projectDetails),
  answeringNow(projectNote),
  answeringNow(projectList),
];
