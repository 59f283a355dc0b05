// The slots of whole files: a data set, a recipe for pruning, and a config.yaml with all its sections.
import type { ConfigFileKind } from '../../config/configFileKind';
import { datasetKeys } from '../../config/datasetKeys';
import type { ParameterType, ParameterValue } from '../../dictionary/entry';
import { filterEntries } from '../../dictionary/filters';
import { loaderEntries } from '../../dictionary/loaders';
import { metricEntries } from '../../dictionary/metrics';
import { pruningRecipeKeys } from '../../dictionary/pruningRecipeKeys';
import { postprocessEntries } from '../../dictionary/postprocessing';
import { transformEntries } from '../../dictionary/transforms';
import type { ConfigKey, ConfigKeys, SectionKey, ValueKey } from '../../dictionary/tuningKeys/configKey';
import { configKeys } from '../../dictionary/tuningKeys/configKeys';
import { modelKeys } from '../../dictionary/tuningKeys/modelKeys';
import { entriesSlot } from './entrySlots';
import type { MapSlot, Slot, Term } from './slot';
import { valueFacts, valueSlot } from './valueSlots';

const metricSlot = entriesSlot(metricEntries, { isChoice: true });
const stepSlot = entriesSlot(postprocessEntries, { isChoice: false, mayStandAlone: false });

const entryKeys: Readonly<Record<string, Slot>> = {
  dataset: entriesSlot(loaderEntries, { isChoice: true }),
  transform: entriesSlot(transformEntries, { isChoice: false }),
  metric: metricSlot,
  filter: entriesSlot(filterEntries, { isChoice: true }),
  postprocess: {
    kind: 'map',
    isChoice: false,
    isOpen: false,
    terms: [
      {
        name: 'transform',
        title: 'Steps',
        help: datasetKeys.postprocess.help,
        facts: [],
        slot: stepSlot,
        isRequired: true,
      },
    ],
  },
};

const refusedDatasetKeys: ReadonlySet<string> = new Set(['distributed']);

interface DatasetKey {
  readonly title: string;
  readonly help: string;
  readonly type?: ParameterType;
  readonly default?: ParameterValue;
}

/** A DATASET.yaml. */
const datasetSlot: MapSlot = {
  kind: 'map',
  isChoice: false,
  isOpen: false,
  terms: Object.entries<DatasetKey>(datasetKeys).map(([name, { title, help, type, ...value }]): Term => {
    return {
      name,
      title,
      help,
      facts: [
        ...(name === 'dataset' ? ['Has to be there.'] : []),
        ...(type === undefined ? [] : valueFacts(type, value)),
      ],
      slot: entryKeys[name] ?? valueSlot(type ?? { kind: 'any' }, value),
      isRequired: name === 'dataset',
      ...(refusedDatasetKeys.has(name) ? { refusal: help } : {}),
    };
  }),
};

/** The same under `dataloader`, where neither metric nor postprocessing belong and the path of a file may stand. */
const dataSlot: MapSlot = {
  ...datasetSlot,
  terms: datasetSlot.terms.filter(({ name }) => name !== 'metric' && name !== 'postprocess'),
  alone: valueSlot({ kind: 'path' }, { isFile: 'dataset' }),
};

const { model: recipeModel, target_sparsity: recipeTarget, layers: recipeLayers } = pruningRecipeKeys;

/** A recipe for pruning. */
const pruningSlot: MapSlot = {
  kind: 'map',
  isChoice: false,
  isOpen: false,
  terms: [
    recipeTerm('model', recipeModel, valueSlot(recipeModel.type, { isFile: 'model' })),
    recipeTerm('target_sparsity', recipeTarget, valueSlot(recipeTarget.type)),
    recipeTerm('layers', recipeLayers, { kind: 'names', names: 'layer', of: valueSlot(recipeLayers.type) }),
    recipeTerm('other_layers', pruningRecipeKeys.other_layers, valueSlot(pruningRecipeKeys.other_layers.type)),
  ],
};

function recipeTerm(
  name: keyof typeof pruningRecipeKeys,
  { title, help, type, ...value }: (typeof pruningRecipeKeys)[keyof typeof pruningRecipeKeys],
  slot: Slot,
): Term {
  return { name, title, help, facts: valueFacts(type, value), slot, isRequired: false };
}

const rootSlots: Readonly<Record<ConfigFileKind, MapSlot>> = {
  tuning: keysSlot(configKeys),
  dataset: datasetSlot,
  pruning: pruningSlot,
};

/** What may stand in a whole file. */
export function rootSlot(kind: ConfigFileKind): MapSlot {
  return rootSlots[kind];
}

function keysSlot(keys: ConfigKeys): MapSlot {
  const terms = Object.entries(keys).map(([name, key]) => keyTerm(name, key));
  return { kind: 'map', terms, isChoice: false, isOpen: false };
}

function keyTerm(name: string, key: ConfigKey): Term {
  const { title, help } = key;
  return {
    name,
    title,
    help,
    facts: factsOf(key),
    slot: keySlot(key),
    isRequired: false,
    ...(key.kind === 'refused' ? { refusal: key.reason } : {}),
  };
}

/** Of a section whose place a plain value may take: those of that value. */
function factsOf(key: ConfigKey): readonly string[] {
  if (key.kind === 'value') return valueFacts(key.type, key);
  const inner = key.kind === 'section' && key.scalarKey !== undefined ? key.keys[key.scalarKey] : undefined;
  return inner?.kind === 'value' ? valueFacts(inner.type, inner) : [];
}

function keySlot(key: ConfigKey): Slot {
  switch (key.kind) {
    case 'value':
      return valueSlot(key.type, { ...modelPart(key), ...(key.default === undefined ? {} : { default: key.default }) });
    case 'section':
      return sectionSlot(key);
    case 'named':
      return { kind: 'names', names: key.names, of: keysSlot(key.of.keys) };
    case 'data':
      return dataSlot;
    case 'metric':
      return metricSlot;
    case 'metrics': {
      const { terms } = metricSlot;
      return { kind: 'map', terms: [...terms, ...keysSlot(key.keys).terms], isChoice: false, isOpen: false };
    }
    case 'postprocess':
      return stepSlot;
    case 'refused':
      return valueSlot({ kind: 'any' });
  }
}

function sectionSlot({ keys, scalarKey }: SectionKey): MapSlot {
  const first = scalarKey === undefined ? undefined : keys[scalarKey];
  return { ...keysSlot(keys), ...(first?.kind === 'value' ? { alone: valueSlot(first.type) } : {}) };
}

/** Keys whose values are names or the path of the model. */
function modelPart(key: ValueKey): Parameters<typeof valueSlot>[1] {
  if (key === modelKeys.path) return { isFile: 'model' };
  if (key === modelKeys.inputs) return { fromModel: 'inputs' };
  return key === modelKeys.outputs ? { fromModel: 'outputs' } : {};
}
