// The question about the parameters of a loader, transform or metric, on one line, checked by the bench before it is left.
import { parameterProblem, parameterText, readParameters } from './parameterText';
import type { ParameterFacts } from './parameterText';
import { enterText } from './quickInputs';
import type { NamedParameters } from './requests';
import type { Asked, Place } from './steps';

/** Something of a dictionary of the API. */
export interface EntryFacts {
  readonly name: string;
  readonly help: string;
  readonly params: readonly ParameterFacts[];
}

/**
 * Asks for parameters.
 *
 * @param problemOf what the bench finds wrong with them, in a sentence
 * @param preset values in place of the defaults
 */
export async function askParameters(
  place: Place,
  { name, help, params }: EntryFacts,
  problemOf: (named: NamedParameters) => Promise<string | undefined>,
  preset?: NamedParameters['params'],
): Promise<Asked<NamedParameters>> {
  const filled = params.map((one) =>
    preset !== undefined && Object.hasOwn(preset, one.name) ? { ...one, value: preset[one.name] } : one,
  );
  const named = (typed: string): NamedParameters => ({ name, params: readParameters(typed) ?? {} });
  const text = await enterText(place, {
    prompt: `Parameters of ${name}. ${help}`.trim(),
    placeholder: params.map((one) => `${one.name}=…`).join('; '),
    value: parameterText(filled),
    validate: (typed) => parameterProblem(typed, params),
    check: (typed) => problemOf(named(typed)),
  });
  return typeof text === 'string' ? named(text) : text;
}
