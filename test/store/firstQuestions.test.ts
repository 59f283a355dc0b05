// Questions that are the first of a store at the same time: all see the same files.
import { expect, it } from 'vitest';
import { openStore } from '../../src/store/openStore';
import { temporaryFolder } from '../support/temporaryFolder';
import { projectDraft } from './drafts';

const folder = temporaryFolder();

it('answers several first questions at once, each with what there is', async () => {
  const workspace = folder.fresh();
  {
    await using store = await openStore(workspace);
    for (const name of ['one', 'two', 'three']) await store.create('project', projectDraft(name));
  }
  await using store = await openStore(workspace);
  const found = await Promise.all([1, 2, 3].map((id) => store.find('project', id)));
  expect(found.map((project) => project?.name)).toEqual(['one', 'two', 'three']);
  expect(await store.list('project')).toHaveLength(3);
});
