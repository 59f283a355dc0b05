// Entries of the dictionaries in the shapes of the API.
import { domains, frameworks } from '../../dictionary/benchTerms';
import type { DictionaryEntry, Parameter, ParameterType, ParameterValue } from '../../dictionary/entry';
import { loaderEntries } from '../../dictionary/loaders';
import { metricEntries } from '../../dictionary/metrics';
import { transformEntries } from '../../dictionary/transforms';
import type { TransformEntry } from '../../dictionary/transforms';
import { pathParametersOf } from '../dataset/datasetConfig';
import { termView } from '../views';

type TermView = ReturnType<typeof termView>;

/** A parameter as forms show it. */
interface ParameterView {
  readonly name: string;
  readonly help: string;
  /** The default; empty where there is none. */
  readonly value: ParameterValue;
  /** In the words of the original: `int`, `list<float>`, or several of them. */
  readonly type: string | readonly string[];
  readonly required: boolean;
  /** Whether it is a path on this machine. */
  readonly is_path: boolean;
  /** What may be chosen; null for anything of the type. */
  readonly choices: readonly string[] | null;
}

/** A loader, transform or metric. */
interface EntryView {
  readonly id: number;
  readonly name: string;
  readonly help: string;
  readonly params: readonly ParameterView[];
  readonly framework: TermView;
}

/** All data loaders. */
export function loaderViews(): readonly (EntryView & { readonly show_dataset_location: boolean })[] {
  return loaderEntries.map((entry, index) => ({
    ...entryView(entry, index),
    show_dataset_location: pathParametersOf(entry.name).length > 0,
  }));
}

/** All transforms, each with the domains it is offered for. */
export function transformViews(): readonly (EntryView & { readonly domains: readonly TermView[] })[] {
  const entries: readonly TransformEntry[] = transformEntries;
  return entries.map((entry, index) => ({
    ...entryView(entry, index),
    domains: entry.domains.map((name) => termView(domains, name)),
  }));
}

/** All metrics. */
export function metricViews(): readonly EntryView[] {
  return metricEntries.map(entryView);
}

function entryView({ name, help, parameters }: DictionaryEntry, index: number): EntryView {
  return {
    id: index + 1,
    name,
    help,
    params: parameters.map(parameterView),
    framework: termView(frameworks, 'ONNXRT'),
  };
}

function parameterView(parameter: Parameter): ParameterView {
  const { name, help, type } = parameter;
  const types = [...new Set(type.kind === 'either' ? type.of.map(typeName) : [typeName(type)])];
  const [first = 'str'] = types;
  return {
    name,
    help,
    value: parameter.default ?? emptyValue(type),
    type: types.length > 1 ? types : first,
    required: parameter.required === true,
    is_path: type.kind === 'path',
    choices: choicesOf(type),
  };
}

/** The names that forms of the original choose an input field by. */
function typeName(type: ParameterType): string {
  switch (type.kind) {
    case 'integer':
      return 'int';
    case 'number':
      return 'float';
    case 'boolean':
      return 'bool';
    case 'string':
    case 'path':
      return 'str';
    case 'list':
      return `list<${typeName(type.of)}>`;
    case 'either':
      return type.of.map(typeName).join('|');
    case 'integers':
    case 'any':
      return 'dict';
  }
}

function emptyValue(type: ParameterType): ParameterValue {
  if (type.kind === 'either') return type.of[0] === undefined ? '' : emptyValue(type.of[0]);
  if (type.kind === 'list') return [];
  if (type.kind === 'integers') return {};
  return type.kind === 'boolean' ? false : '';
}

function choicesOf(type: ParameterType): readonly string[] | null {
  if (type.kind === 'string') return type.choices ?? null;
  if (type.kind === 'list') return choicesOf(type.of);
  return type.kind === 'either' ? (type.of.map(choicesOf).find((choices) => choices !== null) ?? null) : null;
}
