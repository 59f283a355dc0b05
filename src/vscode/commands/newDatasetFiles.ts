// New code of a person's own, with the data set file that names it, in the folder they work in.
import { readdir } from 'node:fs/promises';
import { Uri, window } from 'vscode';
import { newDatasetMethod, newNameProblem } from '../../protocol/ownCode';
import type { CodeLanguage, NewDatasetKind, NewDatasetRequest } from '../../protocol/ownCode';
import type { Services } from '../services';
import { pickBench } from './pickBench';
import { choose, enterText } from './quickInputs';
import { stateOf } from './questions';
import { askSteps } from './steps';
import type { Step } from './steps';

type Answers = Pick<NewDatasetRequest, 'name' | 'kind' | 'language'>;

const askKind: Step<Answers> = {
  ask: async ({ kind }, place) =>
    stateOf<Answers, NewDatasetKind>(
      await choose<NewDatasetKind>(place, {
        placeholder: 'What the code does',
        choices: [
          { label: 'Data Loader', detail: 'Gives samples with their labels', icon: 'database', value: 'data' },
          { label: 'Metric', detail: 'Judges the outputs of a model', icon: 'beaker', value: 'metric' },
          { label: 'Both', detail: 'One module for data and judgement', icon: 'layers', value: 'both' },
        ],
        isPreset: (value) => value === kind,
      }),
      (chosen) => ({ kind: chosen }),
    ),
};

const askLanguage: Step<Answers> = {
  ask: async ({ language }, place) =>
    stateOf<Answers, CodeLanguage>(
      await choose<CodeLanguage>(place, {
        placeholder: 'What it is written in',
        choices: [
          { label: 'TypeScript', detail: 'Types are taken out before it runs', value: 'typescript' },
          { label: 'JavaScript', detail: 'With types in comments', value: 'javascript' },
        ],
        isPreset: (value) => value === language,
      }),
      (chosen) => ({ language: chosen }),
    ),
};

function askFileName(folder: string): Step<Answers> {
  return {
    ask: async ({ name, kind }, place) => {
      const taken = await namesIn(folder);
      const isTaken = (text: string): boolean => taken.has(text.toLowerCase());
      return stateOf<Answers>(
        await enterText(place, {
          prompt: 'Name of the module and of the data set file',
          value: name === '' ? freeName(kind === 'metric' ? 'metric' : 'data', isTaken) : name,
          validate: (text) =>
            newNameProblem(text) ?? (isTaken(text) ? 'The folder has a file of that name already.' : undefined),
        }),
        (chosen) => ({ name: chosen }),
      );
    },
  };
}

/** What files of a folder are called, in small letters and without what comes after the first dot. */
async function namesIn(folder: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(folder);
  return new Set(entries.map((entry) => entry.split('.', 1)[0]?.toLowerCase() ?? ''));
}

function freeName(wanted: string, isTaken: (name: string) => boolean): string {
  let name = wanted;
  for (let number = 2; isTaken(name); number++) name = `${wanted}${number}`;
  return name;
}

/** Asks, makes the files, and opens both; the path of the data set file, or undefined where the person gave up. */
export async function newDatasetFiles(services: Services, title: string): Promise<string | undefined> {
  const bench = await pickBench(services, title);
  if (bench === undefined) return undefined;
  const steps = [askKind, askLanguage, askFileName(bench.folder.uri.fsPath)];
  const answers = await askSteps<Answers>(title, steps, { name: '', kind: 'data', language: 'typescript' });
  if (answers === undefined) return undefined;
  const paths = await bench.ask(newDatasetMethod, { ...answers, folder: bench.folder.uri.fsPath, modelPath: null });
  await window.showTextDocument(Uri.file(paths.datasetPath), { preview: false });
  await window.showTextDocument(Uri.file(paths.modulePath), { preview: false });
  return paths.datasetPath;
}
