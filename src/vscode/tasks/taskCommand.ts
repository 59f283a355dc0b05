// What a task of `tasks.json` runs: its definition, checked, as a command line of the product.

/** What a task can do; each is a command of the command line. */
export const taskVerbs = ['tune', 'quantize', 'benchmark', 'profile', 'evaluate'] as const;
/** One of them. */
export type TaskVerb = (typeof taskVerbs)[number];

/** A task as `tasks.json` describes it; the manifest declares the same keys. */
export interface TaskSettings {
  readonly verb: TaskVerb;
  /** Of `tune`. */
  readonly config?: string;
  /** Of all but `tune`; the float model in place of the config's for `tune`. */
  readonly model?: string;
  /** Of `benchmark`: compared with `model`. */
  readonly against?: readonly string[];
  /** A data set file. */
  readonly data?: string;
  /** Where `quantize` and `tune` put their model. */
  readonly output?: string;
  /** Further words, as the command line knows them. */
  readonly args?: readonly string[];
}

const keysOf: Readonly<Record<TaskVerb, { readonly needed: readonly string[]; readonly more: readonly string[] }>> = {
  tune: { needed: ['config'], more: ['model', 'output'] },
  quantize: { needed: ['model', 'output'], more: ['data'] },
  benchmark: { needed: ['model'], more: ['against', 'data'] },
  profile: { needed: ['model'], more: ['data'] },
  evaluate: { needed: ['model', 'data'], more: [] },
};

/** The settings of a definition, or a sentence that says what is wrong with it. */
export function readTaskSettings(definition: Readonly<Record<string, unknown>>): TaskSettings | string {
  const given = Object.fromEntries(Object.entries(definition).filter(([key]) => key !== 'type'));
  const verb = given['verb'];
  if (!isVerb(verb)) return `"verb" is one of ${taskVerbs.join(', ')}.`;
  const { needed, more } = keysOf[verb];
  const missing = needed.find((key) => given[key] === undefined);
  if (missing !== undefined) return `The task "${verb}" needs "${missing}".`;
  const known = ['verb', 'args', ...needed, ...more];
  for (const [key, value] of Object.entries(given)) {
    if (!known.includes(key)) return `The task "${verb}" has no "${key}"; it knows ${known.join(', ')}.`;
    const isList = key === 'args' || key === 'against';
    if (isList ? !isTexts(value) : typeof value !== 'string')
      return `"${key}" is ${isList ? 'a list of texts' : 'a text'}.`;
  }
  return given as unknown as TaskSettings;
}

/** The words after the program's name. Paths are taken as they are: relative ones are those of the workspace folder. */
export function taskWords({
  verb,
  config,
  model,
  against = [],
  data,
  output,
  args = [],
}: TaskSettings): readonly string[] {
  const option = (name: string, value: string | undefined): string[] => (value === undefined ? [] : [name, value]);
  const subject = verb === 'tune' ? [config ?? '', ...option('--model', model)] : [model ?? '', ...against];
  return [verb, ...subject, ...option('--data', data), ...option('--output', output), ...args];
}

/** How the task is called in lists: `tune config.yaml`. */
export function taskName({ verb, config, model }: TaskSettings): string {
  return `${verb} ${(verb === 'tune' ? config : model) ?? ''}`.trim();
}

function isVerb(value: unknown): value is TaskVerb {
  return taskVerbs.some((verb) => verb === value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
