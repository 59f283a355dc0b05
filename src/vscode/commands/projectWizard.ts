// The questions about a new project: its model, its name, and what was found in the model.
import { basename, extname } from 'node:path';
import { Uri, window, workspace } from 'vscode';
import { domains } from '../../dictionary/benchTerms';
import type { BenchConnection } from '../bench/benchConnection';
import { askName, stateOf } from './questions';
import { choose, chooseSeveral, enterText } from './quickInputs';
import type { Choice } from './quickInputs';
import { listExamples } from './examples';
import type { ExampleFacts } from './exampleTexts';
import { exampleChoice } from './exampleTexts';
import { readBoundary } from './requests';
import type { ModelBoundary, ProjectAnswers } from './requests';
import { back } from './steps';
import type { Asked, Step } from './steps';

/** What was answered so far. */
export interface ProjectState extends ProjectAnswers {
  /** As it was found, to choose from. */
  readonly found: ModelBoundary;
  /** Chosen in place of a model file. */
  readonly example: ExampleFacts | undefined;
  readonly isCustom: boolean;
}

type Q = Step<ProjectState>;

const longestProjectName = 50;
const mostListed = 200;

/** Folders in which models are results, or nobody's own. */
const skipped = '**/{node_modules,.compressor-bench,.git,.venv}/**';

/** Looks into a model file. Throws BenchError when it is none. */
export async function boundaryOf(bench: BenchConnection, path: string): Promise<ModelBoundary> {
  return readBoundary(await bench.finish('model/boundary_nodes', { model_path: path }));
}

/** What is known of a model before anything is asked. */
export async function stateOfModel(bench: BenchConnection, path: string): Promise<ProjectState> {
  const found = await boundaryOf(bench, path);
  return { ...found, path, name: '', found, example: undefined, isCustom: false };
}

/** Before a model was chosen. */
export const noModel: ProjectState = {
  ...{ path: '', name: '', inputs: [], outputs: [], domain: '', shape: '' },
  found: { inputs: [], outputs: [], domain: '', shape: '' },
  example: undefined,
  isCustom: false,
};

/** The questions; an example answers all but the name. */
export function projectSteps(bench: BenchConnection, taken: readonly string[]): readonly Q[] {
  const wanted = ({ path, example }: ProjectState): string => {
    const name = example?.model ?? basename(path, extname(path));
    return name.slice(0, longestProjectName - 3) || 'project';
  };
  return [
    askModelFile(bench),
    askName<ProjectState>(wanted, taken, longestProjectName),
    askCustom,
    askDomain,
    askPorts('inputs'),
    askPorts('outputs'),
    askShape,
  ];
}

type ModelChoice = Uri | ExampleFacts | 'browse';

function askModelFile(bench: BenchConnection): Q {
  return {
    isAsked: ({ path }) => path === '',
    ask: async (_, place) => {
      const chosen = await choose<ModelChoice>(place, {
        placeholder: 'Model the project begins with',
        choices: modelChoices(bench),
      });
      if (chosen === undefined || chosen === back) return chosen;
      if (chosen !== 'browse' && !(chosen instanceof Uri)) return { example: chosen, path: '' };
      const file = chosen === 'browse' ? await browse() : chosen;
      return file === undefined ? undefined : withoutName(await stateOfModel(bench, file.fsPath));
    },
  };
}

function withoutName({ path, inputs, outputs, domain, shape, found }: ProjectState): Partial<ProjectState> {
  return { path, inputs, outputs, domain, shape, found, example: undefined };
}

async function modelChoices(bench: BenchConnection): Promise<readonly Choice<ModelChoice>[]> {
  const [files, examples] = await Promise.all([
    workspace.findFiles('**/*.onnx', skipped, mostListed),
    listExamples(bench),
  ]);
  return [
    ...files.toSorted(byPlace).map((uri) => ({
      label: basename(uri.fsPath),
      description: workspace.asRelativePath(uri),
      icon: 'symbol-misc',
      group: 'In the workspace',
      value: uri,
    })),
    { label: 'Browse…', icon: 'folder-opened', group: 'On this machine', value: 'browse' as const },
    ...examples.map((example) => ({ ...exampleChoice(example), value: example })),
  ];
}

/** What lies nearest to the root first, then by name. */
function byPlace(one: Uri, other: Uri): number {
  const depth = ({ path }: Uri): number => path.split('/').length;
  return depth(one) - depth(other) || one.path.localeCompare(other.path, undefined, { numeric: true });
}

async function browse(): Promise<Uri | undefined> {
  const filters = { 'ONNX models': ['onnx'], 'Other models, to look at': ['pb', 'xml'] };
  const chosen = await window.showOpenDialog({ title: 'Model', canSelectFiles: true, filters });
  return chosen?.[0];
}

const hasModel = ({ example }: ProjectState): boolean => example === undefined;
const isCustom = (state: ProjectState): boolean => state.isCustom && hasModel(state);

const askCustom: Q = {
  isAsked: hasModel,
  ask: async (state, place) => {
    const { found } = state;
    const data =
      found.shape === ''
        ? 'sizes are left open: no random data until a shape is given'
        : `random data of the shape ${found.shape}`;
    const ports = `${found.inputs.join(', ')} → ${found.outputs.join(', ')}`;
    return stateOf<ProjectState, boolean>(
      await choose(place, {
        placeholder: 'What was found in the model',
        choices: [
          {
            label: 'As Found',
            description: found.domain,
            detail: `${ports.slice(0, 150)} · ${data}`,
            icon: 'check',
            value: false,
          },
          { label: 'Change…', detail: 'Domain, inputs, outputs, shape of a sample', icon: 'settings', value: true },
        ],
        isPreset: (value) => value === state.isCustom,
      }),
      (value) => ({ isCustom: value }),
    );
  },
};

const askDomain: Q = {
  isAsked: isCustom,
  ask: async ({ domain }, place) =>
    stateOf<ProjectState>(
      await choose<string>(place, {
        placeholder: 'What the model is for',
        choices: domains.map(({ name }) => ({ label: name === '' ? 'None of These' : name, value: name })),
        isPreset: (value) => value === domain,
      }),
      (value) => ({ domain: value }),
    ),
};

function askPorts(which: 'inputs' | 'outputs'): Q {
  return {
    isAsked: (state) => isCustom(state) && state.found[which].length > 1,
    ask: async (state, place): Promise<Asked<Partial<ProjectState>>> =>
      stateOf<ProjectState, readonly string[]>(
        await chooseSeveral<string>(place, {
          placeholder: `The ${which} that count; all are right for most models`,
          choices: state.found[which].map((name) => ({ label: name, value: name })),
          isPreset: (value) => state[which].includes(value),
        }),
        (names) => ({ [which]: names }),
      ),
  };
}

/** As the bench reads it: `3,224,224`, or `[3,224,224],[10]`. */
const shapeForm = /^[\d\s,[\]()]*$/;

const askShape: Q = {
  isAsked: (state) => hasModel(state) && (state.isCustom || (state.path !== '' && state.found.shape === '')),
  ask: async ({ shape }, place) =>
    stateOf<ProjectState>(
      await enterText(place, {
        prompt:
          'Shape of one sample of each input, without the batch: "3,224,224", or "[3,224,224],[10]". Empty: no random data.',
        value: shape,
        validate: (text) =>
          shapeForm.test(text) ? undefined : 'Whole numbers with commas, and brackets for several inputs.',
      }),
      (value) => ({ shape: value }),
    ),
};
