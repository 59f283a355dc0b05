// The questions about a data set: what reads it, where it lies, what is done to samples, how results are judged.
import { window } from 'vscode';
import type { ProjectParts } from '../../protocol/facts';
import { datasetProblemMethod } from '../../protocol/runControl';
import type { BenchConnection } from '../bench/benchConnection';
import { askParameters } from './namedParameters';
import type { EntryFacts } from './namedParameters';
import type { ParameterFacts } from './parameterText';
import { boundaryOf } from './projectWizard';
import { askName, stateOf } from './questions';
import { choose } from './quickInputs';
import type { Choice } from './quickInputs';
import { datasetRequest } from './requests';
import type { DatasetAnswers, NamedParameters } from './requests';
import { back } from './steps';
import type { Asked, Place, Step } from './steps';

type LoaderFacts = EntryFacts & { readonly show_dataset_location: boolean };

/** What there is to choose from, and what is usual for the model. */
interface Dictionaries {
  readonly loaders: readonly LoaderFacts[];
  readonly transforms: readonly EntryFacts[];
  readonly metrics: readonly EntryFacts[];
  readonly usual: {
    readonly loader: string;
    readonly transforms: readonly NamedParameters[];
    readonly metric: NamedParameters;
  };
  /** Of a sample of each input of the model; empty where that is open. */
  readonly shape: string;
  /** What is wrong with a data set as far as it is described, as the bench sees it when it is added. */
  readonly problemOf: (described: DatasetState) => Promise<string | undefined>;
}

/** What was answered so far. */
export interface DatasetState extends DatasetAnswers {
  /** A DATASET.yaml that says everything; empty for none. */
  readonly filePath: string;
}

/** Before anything is answered. */
export const emptyDataset: Omit<DatasetState, 'projectId'> = {
  name: '',
  filePath: '',
  loader: { name: '', params: {} },
  location: '',
  transforms: [],
  metric: undefined,
};

type Q = Step<DatasetState>;

/** Loaders that make samples up, and those for a module of one's own, which has a command for itself. */
const randomLoader = 'dummy_v2';
const ownCode = 'custom';

/** Asks a bench for all there is to choose from. */
export async function readDictionaries(bench: BenchConnection, parts: ProjectParts): Promise<Dictionaries> {
  const model = parts.models.find(({ madeByOptimizationId }) => madeByOptimizationId === null);
  const domain = model?.domain ?? '';
  const [loaders, transforms, metrics, usual, boundary] = await Promise.all([
    bench.read('dict/dataloaders'),
    bench.read('dict/transforms'),
    bench.read('dict/metrics'),
    bench.read('dataset/predefined', {
      framework: 'ONNXRT',
      domain: domain === '' ? 'Image Recognition' : domain,
      domain_flavour: '',
    }),
    model === undefined ? { shape: '' } : boundaryOf(bench, model.path).catch(() => ({ shape: '' })),
  ]);
  return {
    loaders: (loaders as { readonly dataloaders: readonly LoaderFacts[] }).dataloaders,
    transforms: (transforms as { readonly transforms: readonly EntryFacts[] }).transforms,
    metrics: (metrics as { readonly metrics: readonly EntryFacts[] }).metrics,
    usual: usualOf(usual as Predefined),
    shape: boundary.shape,
    problemOf: async (described) =>
      (await bench.ask(datasetProblemMethod, datasetRequest({ ...described, name: 'data' }))) ?? undefined,
  };
}

/** The answer of `dataset/predefined`. */
interface Predefined {
  readonly dataloader: { readonly name: string };
  readonly transform: readonly {
    readonly name: string;
    readonly params: readonly { readonly name: string; readonly value: unknown }[];
  }[];
  readonly metric: string;
  readonly metric_param: Readonly<Record<string, unknown>>;
}

function usualOf({ dataloader, transform, metric, metric_param }: Predefined): Dictionaries['usual'] {
  return {
    loader: dataloader.name,
    transforms: transform.map(({ name, params }) => ({
      name,
      params: Object.fromEntries(params.map((one) => [one.name, one.value])),
    })),
    metric: { name: metric, params: metric_param },
  };
}

/** The questions; a file answers all but the name. */
export function datasetSteps(dictionaries: Dictionaries, { datasets }: ProjectParts): readonly Q[] {
  const names = datasets.map(({ name }) => name);
  return [
    askLoader(dictionaries),
    askLocation(dictionaries),
    askLoaderParameters(dictionaries),
    askTransforms(dictionaries),
    askMetric(dictionaries),
    askName<DatasetState>(({ loader }) => (loader.name === randomLoader ? 'random' : loader.name || 'data'), names, 50),
  ];
}

/** What is usual reads pictures of three colours; for other samples random ones are what works at once. */
const ofColours = /(?:^|,)\s*3\s*(?:,|$)/;

function askLoader({ loaders, usual, shape }: Dictionaries): Q {
  const first = shape === '' || ofColours.test(shape) ? usual.loader : randomLoader;
  const order = (name: string): number => (name === first ? 0 : name === usual.loader || name === randomLoader ? 1 : 2);
  const offered = loaders.filter(({ name }) => name !== ownCode).toSorted((a, b) => order(a.name) - order(b.name));
  return {
    ask: async ({ loader, filePath }, place) => {
      const chosen = await choose<string>(place, {
        placeholder: 'What reads the data',
        choices: [
          ...offered.map(({ name, help }) => ({
            label: name,
            ...(name === usual.loader ? { description: 'usual for this kind of model' } : {}),
            ...(name === randomLoader ? { description: 'random samples: enough to measure latency' } : {}),
            detail: help,
            icon: 'database',
            value: name,
          })),
          { label: 'From a Data Set File…', detail: 'A DATASET.yaml describes all of it', icon: 'file', value: '' },
        ],
        isPreset: (value) => value !== '' && filePath === '' && value === loader.name,
      });
      if (chosen !== '') {
        return stateOf<DatasetState>(chosen, (name) => ({ loader: { name, params: {} }, filePath: '' }));
      }
      const file = await openDialog('Data Set File', { files: true });
      return file === undefined ? undefined : { filePath: file };
    },
  };
}

function askLocation({ loaders }: Dictionaries): Q {
  return {
    isAsked: ({ loader, filePath }) =>
      filePath === '' && loaders.find(({ name }) => name === loader.name)?.show_dataset_location === true,
    ask: async (_, place) => {
      const kind = await choose(place, {
        placeholder: 'Where the data lies; it stays there',
        choices: [
          { label: 'Folder…', icon: 'folder', value: 'folder' },
          { label: 'File…', icon: 'file', value: 'file' },
        ],
      });
      if (kind === undefined || kind === back) return kind;
      const path = await openDialog('Data', kind === 'folder' ? { folders: true } : { files: true });
      return path === undefined ? undefined : { location: path };
    },
  };
}

async function openDialog(
  title: string,
  { files = false, folders = false }: { readonly files?: boolean; readonly folders?: boolean },
): Promise<string | undefined> {
  const chosen = await window.showOpenDialog({ title, canSelectFiles: files, canSelectFolders: folders });
  return chosen?.[0]?.fsPath;
}

/** Those but the location, which is asked for by itself. */
function askLoaderParameters({ loaders, shape, problemOf }: Dictionaries): Q {
  const parametersOf = ({ loader }: DatasetState): readonly ParameterFacts[] => {
    const entry = loaders.find(({ name }) => name === loader.name);
    const [first, ...others] = entry?.params ?? [];
    const asked = entry?.show_dataset_location === true ? others : [...(first === undefined ? [] : [first]), ...others];
    return asked.map((one) => (one.name === 'input_shape' && shape !== '' ? { ...one, value: `[${shape}]` } : one));
  };
  return {
    isAsked: (state) => state.filePath === '' && parametersOf(state).length > 0,
    ask: async (state, place) =>
      stateOf<DatasetState, NamedParameters>(
        await askParameters(
          place,
          { name: state.loader.name, help: '', params: parametersOf(state) },
          (loader) => problemOf({ ...state, loader, transforms: [], metric: undefined }),
          state.loader.params,
        ),
        (loader) => ({ loader }),
      ),
  };
}

function askTransforms({ transforms, usual, problemOf }: Dictionaries): Q {
  const usualNames = usual.transforms.map(({ name }) => name).join(', ');
  return {
    isAsked: ({ loader, filePath }) => filePath === '' && loader.name !== randomLoader,
    ask: async (state, place) => {
      const chosen = await choose<'none' | 'usual' | 'own'>(place, {
        placeholder: 'What is done to a sample before the model gets it',
        choices: [
          ...(usualNames === ''
            ? []
            : [{ label: 'Usual Transforms', detail: usualNames, icon: 'check', value: 'usual' as const }]),
          { label: 'None', icon: 'circle-slash', value: 'none' as const },
          { label: 'Choose…', detail: 'One after the other', icon: 'list-ordered', value: 'own' as const },
        ],
      });
      if (chosen === 'own') {
        const own = await chooseTransforms(place, transforms, (all) =>
          problemOf({ ...state, transforms: all, metric: undefined }),
        );
        return stateOf<DatasetState, readonly NamedParameters[]>(own, (all) => ({ transforms: all }));
      }
      return stateOf<DatasetState>(chosen, (which) => ({ transforms: which === 'usual' ? usual.transforms : [] }));
    },
  };
}

/** Each is applied once, so a chosen one is not offered again. */
async function chooseTransforms(
  place: Place,
  transforms: readonly EntryFacts[],
  problemOf: (all: readonly NamedParameters[]) => Promise<string | undefined>,
): Promise<Asked<readonly NamedParameters[]>> {
  const chosen: NamedParameters[] = [];
  for (;;) {
    const soFar = chosen.map(({ name }) => name);
    const done: Choice<EntryFacts | 'done'> = {
      label: 'Done',
      detail: soFar.length === 0 ? 'No transforms' : soFar.join(', '),
      icon: 'check',
      value: 'done',
    };
    const next = await choose<EntryFacts | 'done'>(place, {
      placeholder: 'The next transform, in the order they are applied',
      choices: [
        done,
        ...transforms
          .filter(({ name }) => !soFar.includes(name))
          .map((entry) => ({ label: entry.name, detail: entry.help, value: entry })),
      ],
    });
    if (next === 'done') return chosen;
    if (next === undefined || next === back) return next;
    const named =
      next.params.length === 0
        ? { name: next.name, params: {} }
        : await askParameters(place, next, (one) => problemOf([...chosen, one]));
    if (named === undefined) return undefined;
    if (named !== back) chosen.push(named);
  }
}

function askMetric({ metrics, usual, problemOf }: Dictionaries): Q {
  return {
    isAsked: ({ loader, filePath }) => filePath === '' && loader.name !== randomLoader,
    ask: async (state, place) => {
      const chosen = await choose<EntryFacts | 'none'>(place, {
        placeholder: 'Metric: what accuracy is',
        choices: [
          ...metrics.map((entry) => ({
            label: entry.name,
            ...(entry.name === usual.metric.name ? { description: 'usual for this kind of model' } : {}),
            detail: entry.help,
            value: entry,
          })),
          { label: 'None', detail: 'Outputs are compared with those of the float model', value: 'none' as const },
        ],
        isPreset: (value) => value !== 'none' && value.name === (state.metric?.name ?? usual.metric.name),
      });
      if (chosen === undefined || chosen === back) return chosen;
      if (chosen === 'none') return { metric: undefined };
      if (chosen.params.length === 0) return { metric: { name: chosen.name, params: {} } };
      const preset = chosen.name === usual.metric.name ? usual.metric.params : undefined;
      const named = await askParameters(place, chosen, (metric) => problemOf({ ...state, metric }), preset);
      return stateOf<DatasetState, NamedParameters>(named, (value) => ({ metric: value }));
    },
  };
}
