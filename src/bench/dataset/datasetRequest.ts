// Reads what dataset/add is sent: old clients and new ones write the same things in several ways.
import { entryNamed } from '../../dictionary/entry';
import { loaderEntries } from '../../dictionary/loaders';
import { metricEntries } from '../../dictionary/metrics';
import { transformEntries } from '../../dictionary/transforms';
import type { NamedParameters } from '../../store/records';
import { typedParameters, typedValue } from '../clientValues';
import type { DatasetDescription } from './datasetConfig';
import { longestName } from '../project/project';
import { requestErrors } from '../requestErrors';
import { isPlainObject } from '../requestReader';
import type { PlainObject, RequestReader } from '../requestReader';

/** A data set as a client describes it; nothing is checked yet against dictionary and disk. */
export interface DatasetRequest {
  readonly projectId: number;
  readonly name: string;
  /** Where the data lies; absent for loaders that make it up. */
  readonly location?: string;
  readonly description: DatasetDescription;
}

/** What a form sends as location of data that has none. */
const noLocation = 'no_dataset_location';

/** No data set of a person comes near. */
const mostTransforms = 100;

export function readDatasetRequest(parameters: RequestReader): DatasetRequest {
  const location = parameters.optionalText('dataset_path');
  const loader = parameters.object('dataloader');
  const datasetType = loader.text('name', 100);
  return {
    projectId: parameters.id('project_id', 'project'),
    name: parameters.text('name', longestName),
    ...(location === undefined || location === '' || location === noLocation ? {} : { location }),
    description: {
      datasetType,
      parameters: typedParameters(
        entryNamed(loaderEntries, datasetType),
        paramsOf(loader.value('params'), 'dataloader.params'),
      ),
      transforms: transformsOf(parameters),
      filter: filterOf(loader.value('filter')),
      metric: metricOf(parameters),
    },
  };
}

/** `{name: value}`, or as the predefined ones come: `[{name, value}]`. */
function paramsOf(value: unknown, name: string): PlainObject {
  if (value === undefined || value === null || value === '') return {};
  if (isPlainObject(value)) return value;
  const isListed = Array.isArray(value) && value.length <= mostTransforms && value.every(isPlainObject);
  if (!isListed) throw requestErrors.valueIncorrect(name, 'an object of parameters');
  return Object.fromEntries(
    value.map((one): [string, unknown] => {
      const key = own(one, 'name');
      if (typeof key !== 'string') throw requestErrors.valueIncorrect(name, 'an object of parameters');
      return [key, own(one, 'value')];
    }),
  );
}

function own(value: PlainObject, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** `[{name, params}]`; `{}` is none. */
function transformsOf(parameters: RequestReader): NamedParameters[] {
  const value = parameters.value('transform');
  if (value === undefined) throw requestErrors.parameterMissing('transform');
  if (isPlainObject(value) && Object.keys(value).length === 0) return [];
  const steps = parameters.optionalObjects('transform') ?? [];
  if (steps.length > mostTransforms) {
    throw requestErrors.valueIncorrect('transform', `a list of at most ${mostTransforms} transforms`);
  }
  return steps.map((step, index) => {
    const name = step.text('name', 100);
    const params = paramsOf(step.value('params'), `transform[${index}].params`);
    return { name, params: typedParameters(entryNamed(transformEntries, name), params) };
  });
}

/** Known from the original; the check of the data set says for which loaders there is none. */
function filterOf(value: unknown): NamedParameters | null {
  if (value === undefined || value === null || value === '') return null;
  if (!isPlainObject(value)) throw requestErrors.valueIncorrect('dataloader.filter', 'an object');
  const [first] = Object.entries(value);
  if (first === undefined) return null;
  return { name: first[0].slice(0, 100), params: isPlainObject(first[1]) ? first[1] : {} };
}

/** No name, no metric: some data is only for measuring speed. */
function metricOf(parameters: RequestReader): DatasetDescription['metric'] {
  if (!parameters.has('metric')) throw requestErrors.parameterMissing('metric');
  const name = parameters.optionalText('metric', 100) ?? '';
  if (name === '') return null;
  return { name, param: metricParamOf(name, parameters.value('metric_param')) };
}

/**
 * Parameters by name; or the first one alone, as in `metric_param: 1`. Text may be the JSON of either, and the name of the
 * metric may be around it: `{"topk": 1}`.
 */
function metricParamOf(name: string, given: unknown): unknown {
  const entry = entryNamed(metricEntries, name);
  const value = unwrapped(name, typeof given === 'string' ? fromText(given) : given);
  if (value === undefined || value === null || value === '') return {};
  if (isPlainObject(value)) return typedParameters(entry, value);
  const listed = Array.isArray(value) && value.length > 0 && value.every(isPlainObject);
  if (listed) return typedParameters(entry, paramsOf(value, 'metric_param'));
  const [first] = entry?.parameters ?? [];
  return first === undefined ? value : typedValue(value, first.type);
}

function unwrapped(name: string, value: unknown): unknown {
  return isPlainObject(value) && Object.keys(value).length === 1 && Object.hasOwn(value, name) ? value[name] : value;
}

/** Objects in text; Python writes them with single quotes. Other text stays. */
function fromText(text: string): unknown {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed) || trimmed.length > 10_000) return text;
  for (const candidate of [trimmed, trimmed.replaceAll("'", '"')]) {
    try {
      return JSON.parse(candidate) as unknown;
    } catch {
      // The next reading may do.
    }
  }
  throw requestErrors.valueIncorrect('metric_param', 'a number, a text, or an object of parameters');
}
