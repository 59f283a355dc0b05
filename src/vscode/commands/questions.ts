// Questions that several wizards have in common: a name, a whole number, a data set, whether to run at once.
import type { DatasetFacts, ProjectParts } from '../../protocol/facts';
import { runNew } from '../settings';
import type { ProjectNode } from '../tree/nodes';
import { choose, enterText } from './quickInputs';
import { freeName, longestName } from './requests';
import { back } from './steps';
import type { Asked, Place, Step } from './steps';

const takenText = 'There is one of this name already: choose another.';

/** What is wrong with a name; undefined where nothing is. */
export function nameProblem(text: string, longest = longestName): string | undefined {
  if (text === '') return 'Give it a name.';
  return text.length > longest ? `A name has at most ${longest} characters.` : undefined;
}

/** Asks for the name of something new, which nothing beside it may have: lists could not tell them apart. */
export function askName<State extends { readonly name: string }>(
  wanted: (state: State) => string,
  taken: readonly string[],
  longest = longestName,
): Step<State> {
  return {
    ask: async (state, place) => {
      const name = await enterText(place, {
        prompt: 'Name',
        value: state.name === '' ? freeName(wanted(state), taken) : state.name,
        validate: (text) => nameProblem(text, longest) ?? (taken.includes(text) ? takenText : undefined),
      });
      return stateOf<State>(name, (text) => ({ name: text }) as Partial<State>);
    },
  };
}

/** Asks for a whole number. */
export async function enterInteger(
  place: Place,
  prompt: string,
  { value, least, most = 1_000_000 }: { readonly value: number; readonly least: number; readonly most?: number },
): Promise<Asked<number>> {
  const text = await enterText(place, {
    prompt,
    value: String(value),
    validate: (typed) => {
      const number = Number(typed);
      const fits = /^-?\d+$/.test(typed) && number >= least && number <= most;
      return fits ? undefined : `A whole number from ${least} to ${most}.`;
    },
  });
  return typeof text === 'string' ? Number(text) : text;
}

/** A change of the state that an answer makes; no answer stays none. */
export function stateOf<State, Value = string>(
  answer: Asked<Value>,
  change: (value: Value) => Partial<State>,
): Asked<Partial<State>> {
  if (answer === undefined) return undefined;
  return answer === back ? back : change(answer);
}

/** Asks for one of the data sets of the project, or makes another. */
export function askDataset<State extends { readonly datasetId: number }>(
  of: Pick<ProjectQuestions, 'parts' | 'newDataset'>,
): Step<State> {
  return {
    ask: async ({ datasetId }, place) =>
      stateOf<State, DatasetFacts>(
        await chooseDataset(place, of, datasetId),
        ({ id }) => ({ datasetId: id }) as Partial<State>,
      ),
  };
}

async function chooseDataset(
  place: Place,
  { parts, newDataset }: Pick<ProjectQuestions, 'parts' | 'newDataset'>,
  preset: number,
): Promise<Asked<DatasetFacts>> {
  const chosen = await choose<DatasetFacts | 'new'>(place, {
    placeholder: 'Data set',
    choices: [
      ...parts.datasets.map((facts) => ({
        label: facts.name,
        description: facts.datasetType,
        detail: facts.metric ?? 'no metric: outputs are compared with those of the float model',
        icon: 'database',
        value: facts,
      })),
      { label: 'New Data Set…', icon: 'add', value: 'new' as const },
    ],
    isPreset: (value) => value !== 'new' && value.id === preset,
  });
  return chosen === 'new' ? newDataset() : chosen;
}

/** Asks whether the settings are taken as they are proposed. */
export function askCustom<State extends { readonly isCustom: boolean }>(
  proposal: (state: State) => string,
): Step<State> {
  return {
    ask: async (state, place) =>
      stateOf<State, boolean>(
        await choose(place, {
          placeholder: 'Settings',
          choices: [
            { label: 'As Proposed', icon: 'check', detail: proposal(state), value: false },
            { label: 'Change…', icon: 'settings', value: true },
          ],
          isPreset: (value) => value === state.isCustom,
        }),
        (isCustom) => ({ isCustom }) as Partial<State>,
      ),
  };
}

/** Asks whether something new is run at once, where the settings leave that open. */
export function askRun<State extends { readonly runs: boolean }>({ bench }: ProjectNode): Step<State> {
  return {
    isAsked: () => runNew(bench.folder) === 'ask',
    ask: async (_, place) => {
      const runs = await choose(place, {
        placeholder: 'Run it now?',
        choices: [
          { label: 'Add and Run', icon: 'play', value: true },
          { label: 'Add', icon: 'add', value: false },
        ],
      });
      return stateOf<State, boolean>(runs, (value) => ({ runs: value }) as Partial<State>);
    },
  };
}

/** What holds where it is not asked. */
export function presetRun({ bench }: ProjectNode): boolean {
  return runNew(bench.folder) === 'always';
}

/** What the questions about something of a project start from. */
export interface ProjectQuestions {
  readonly project: ProjectNode;
  readonly parts: ProjectParts;
  /** Makes another data set; undefined where the person gave up. */
  readonly newDataset: () => Promise<DatasetFacts | undefined>;
  /** An edit keeps some settings, the name among them: those are not asked for. */
  readonly isEdit: boolean;
}
