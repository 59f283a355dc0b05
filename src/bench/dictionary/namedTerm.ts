// Reads a name that has to be in one of the fixed dictionaries.
import { nearestName } from '../../config/nearestName';
import type { NamedTerm } from '../../dictionary/benchTerms';
import { requestErrors } from '../requestErrors';
import type { RequestReader } from '../requestReader';

/** A name of a dictionary, which may be empty where the dictionary has such a name. Throws RequestError. */
export function termNamed(parameters: RequestReader, key: string, terms: readonly NamedTerm[]): string {
  const given = parameters.optionalText(key, 100);
  if (given === undefined) throw requestErrors.parameterMissing(key);
  if (terms.some(({ name }) => name === given)) return given;
  const names = terms.map(({ name }) => name).filter((name) => name !== '');
  if (given === '') throw requestErrors.parameterMissing(key);
  const near = nearestName(given, names);
  const hint = near === undefined ? `There are ${names.join(', ')}.` : `Did you mean ${near}?`;
  throw requestErrors.refused(
    key,
    `There is no ${key} ${JSON.stringify(given)}. ${hint}`,
    'Name what the dictionaries list.',
  );
}
