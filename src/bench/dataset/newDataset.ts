// Makes the files of a new data set with code of its own: a module that runs as it is, and the data set file that names it.
import { lstat, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newDatasetFiles } from '../../config/ownCode/newDataset';
import { fileErrorOf, fileErrors } from '../../files/fileErrors';
import { newNameProblem } from '../../protocol/ownCode';
import type { NewDatasetPaths, NewDatasetRequest } from '../../protocol/ownCode';
import { describeModel } from '../model/modelDetection';
import { requestErrors } from '../requestErrors';
import { templateInputs } from './datasetTemplate';

/**
 * Writes both files or none, and never over another.
 *
 * @throws RequestError for a name that cannot be one, ModelError for a model that cannot be read, FileError for a file that is there already or cannot be written
 */
export async function writeNewDataset(request: NewDatasetRequest): Promise<NewDatasetPaths> {
  const { folder, name, kind, language, modelPath } = request;
  const problem = newNameProblem(name);
  if (problem !== undefined) {
    throw requestErrors.refused('dataset-name', `${JSON.stringify(name.slice(0, 64))} cannot be the name: ${problem}`);
  }
  // A model that somebody names has to be one; templates of the bench do without.
  if (modelPath !== null) describeModel(modelPath);
  const inputs = templateInputs(modelPath ?? undefined, []);
  const { module, dataset } = newDatasetFiles({ name, kind, language, inputs });
  const [modulePath, datasetPath] = [join(folder, module.name), join(folder, dataset.name)];
  if (await isThere(datasetPath)) throw fileErrors.exists(datasetPath);
  await writeNew(modulePath, module.text);
  try {
    await writeNew(datasetPath, dataset.text);
  } catch (thrown) {
    await rm(modulePath, { force: true });
    throw thrown;
  }
  return { modulePath, datasetPath };
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (thrown) {
    throw fileErrorOf(thrown, path, 'write');
  }
}
