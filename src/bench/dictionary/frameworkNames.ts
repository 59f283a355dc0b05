// What clients call frameworks: the dictionary's names, and those of the original's configs.
import { nearestName } from '../../config/nearestName';
import { frameworks } from '../../dictionary/benchTerms';
import { frameworkNames, modelKeys } from '../../dictionary/tuningKeys/modelKeys';
import { requestErrors } from '../requestErrors';
import type { RequestReader } from '../requestReader';

/** Whether models of a framework are run here. */
export type NamedFramework = 'ONNXRT' | 'another';

const onnxNames: readonly string[] = ['onnxrt', ...frameworkNames.filter((name) => name !== 'NA')];

const otherNames: readonly string[] = [
  ...frameworks.map(({ name }) => name.toLowerCase()).filter((name) => name !== 'onnxrt'),
  ...Object.keys(modelKeys.framework.refusedValues),
];

/** The framework a parameter names, in any case. Throws RequestError for a name that means none. */
export function frameworkNamed(parameters: RequestReader, key: string): NamedFramework {
  const given = parameters.text(key, 100);
  const name = given.toLowerCase();
  if (onnxNames.includes(name)) return 'ONNXRT';
  if (otherNames.includes(name)) return 'another';
  const near = nearestName(given, [...frameworks.map((framework) => framework.name), ...onnxNames, ...otherNames]);
  throw requestErrors.refused(
    'framework',
    `There is no framework ${JSON.stringify(given)}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    'Name ONNXRT.',
  );
}
