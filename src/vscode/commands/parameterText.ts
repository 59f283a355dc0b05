// Parameters of loaders, transforms and metrics on one line: `size=256; interpolation=bilinear`. The bench reads the values.

/** A parameter as the dictionaries of the API tell of it. */
export interface ParameterFacts {
  readonly name: string;
  readonly help: string;
  readonly value: unknown;
  readonly required: boolean;
}

/** What a person starts from: what has to be given, then what has a default. */
export function parameterText(parameters: readonly ParameterFacts[]): string {
  const sorted = parameters.toSorted((a, b) => Number(b.required) - Number(a.required));
  return sorted.map(({ name, value }) => `${name}=${valueText(value)}`).join('; ');
}

/** The parameters that a text names, those left blank left out; undefined where it cannot be read. */
export function readParameters(text: string): Readonly<Record<string, string>> | undefined {
  const parts = partsOf(text).filter((part) => part.trim() !== '');
  const pairs = parts.map((part) => /^\s*([A-Za-z_]\w*)\s*=(.*)$/s.exec(part));
  if (pairs.some((pair) => pair === null)) return undefined;
  return Object.fromEntries(
    pairs.flatMap((pair): [string, string][] => {
      const [name = '', value = ''] = pair?.slice(1) ?? [];
      return value.trim() === '' ? [] : [[name, value.trim()]];
    }),
  );
}

/** What is wrong with a text of parameters; undefined where nothing is. */
export function parameterProblem(text: string, parameters: readonly ParameterFacts[]): string | undefined {
  const read = readParameters(text);
  if (read === undefined) return 'Write name=value, with ; between two of them.';
  const names = parameters.map(({ name }) => name);
  const unknown = Object.keys(read).find((name) => !names.includes(name));
  if (unknown !== undefined) return `There is no parameter ${unknown}. There are ${names.join(', ')}.`;
  const missing = parameters.find(({ name, required }) => required && read[name] === undefined);
  return missing === undefined ? undefined : `${missing.name} has to be given: ${missing.help}`;
}

/** Between brackets a semicolon is a part of a value. */
function partsOf(text: string): readonly string[] {
  return text.match(/(?:\[[^\]]*\]|\{[^}]*\}|[^;])+/g) ?? [];
}

function valueText(value: unknown): string {
  if (value === null || value === undefined || value === '') return '';
  if (Array.isArray(value)) return value.length === 0 ? '' : JSON.stringify(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
