// What a task of `tasks.json` runs: its definition, checked, as a command line of the product.
import { posix } from 'node:path';

/** What a task can do; each is a command of the command line. */
export const taskVerbs = ['tune', 'quantize', 'benchmark', 'profile', 'evaluate', 'prune', 'run'] as const;
/** One of them. */
export type TaskVerb = (typeof taskVerbs)[number];

/** A task as `tasks.json` describes it; the manifest declares the same keys. */
export interface TaskSettings {
  readonly verb: TaskVerb;
  /** Of `tune`. */
  readonly config?: string;
  /** Of all but `tune` and `run`; in place of the one that the config of `tune` or the recipe of `prune` names. */
  readonly model?: string;
  /** Of `benchmark`: compared with `model`. */
  readonly against?: readonly string[];
  /** A data set file. */
  readonly data?: string;
  /** Where `quantize`, `tune` and `prune` put their model. */
  readonly output?: string;
  /** Of `prune`: the sparsity of each layer. */
  readonly recipe?: string;
  /** Of `run`: TypeScript or JavaScript. */
  readonly script?: string;
  /** Further words, as the command line knows them; of `run`, those of the script. */
  readonly args?: readonly string[];
}

const keysOf: Readonly<Record<TaskVerb, { readonly needed: readonly string[]; readonly more: readonly string[] }>> = {
  tune: { needed: ['config'], more: ['model', 'output'] },
  quantize: { needed: ['model', 'output'], more: ['data'] },
  benchmark: { needed: ['model'], more: ['against', 'data'] },
  profile: { needed: ['model'], more: ['data'] },
  evaluate: { needed: ['model', 'data'], more: [] },
  prune: { needed: ['output', 'recipe'], more: ['model', 'data'] },
  run: { needed: ['script'], more: [] },
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
export function taskWords(settings: TaskSettings): readonly string[] {
  const { verb, data, output, recipe, args = [] } = settings;
  return [
    verb,
    ...subjectWords(settings),
    ...option('--data', data),
    ...option('--output', output),
    ...option('--recipe', recipe),
    ...args,
  ];
}

function subjectWords({ verb, config, model, script, against = [] }: TaskSettings): readonly string[] {
  if (verb === 'tune') return [config ?? '', ...option('--model', model)];
  const subject = verb === 'run' ? script : model;
  return [...(subject === undefined ? [] : [subject]), ...against];
}

function option(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value];
}

/** How the task is called in lists: `tune config.yaml`. */
export function taskName({ verb, config, model, recipe, script }: TaskSettings): string {
  return `${verb} ${(verb === 'tune' ? config : (model ?? recipe ?? script)) ?? ''}`.trim();
}

/** What is offered for recipes, which name their model. */
export function pruningTasks(recipes: readonly string[]): readonly TaskSettings[] {
  return recipes.map((recipe) => ({
    verb: 'prune',
    recipe,
    output: prunedPath(recipe),
  }));
}

/** Where the model that is pruned by a recipe goes if nothing else is said: `net.pruning.yaml` → `net.pruned.onnx`. */
export function prunedPath(recipe: string): string {
  return `${recipe.replace(/(?:\.pruned)?(?:\.pruning)?\.ya?ml$/i, '')}.pruned.onnx`;
}

/** The path after `model:` in the text of a recipe, as it stands there; undefined where there is none in one line. */
export function modelOfRecipe(text: string): string | undefined {
  const [, quoted, plain] =
    /^model:[ \t]*(?:["']([^"'\r\n]+)["']|([^\s#"'][^#\r\n]*?))[ \t]*(?:#.*)?\r?$/m.exec(text) ?? [];
  return quoted ?? plain;
}

/**
 * What is offered for the files of a folder, without a look into them. Each model is quantized on the data set that lies
 * beside it, or, without one, dynamically.
 *
 * @param configs paths of `*.bench.yaml`, those of data sets among them
 */
export function offeredTasks(configs: readonly string[], models: readonly string[]): readonly TaskSettings[] {
  const isData = (path: string): boolean => /\.dataset\.bench\.ya?ml$/i.test(path);
  const dataOf = (model: string): string | undefined =>
    configs.find((path) => isData(path) && posix.dirname(path) === posix.dirname(model));
  return [
    ...configs.filter((path) => !isData(path)).map((config) => ({ verb: 'tune', config }) as const),
    ...models.flatMap((model) => tasksOfModel(model, dataOf(model))),
  ];
}

function tasksOfModel(model: string, data: string | undefined): readonly TaskSettings[] {
  const output = model.replace(/(?:\.onnx)?$/i, '.int8.onnx');
  return [
    { verb: 'benchmark', model },
    { verb: 'profile', model },
    ...(data === undefined
      ? [{ verb: 'quantize', model, output, args: ['--approach', 'dynamic'] } as const]
      : [{ verb: 'quantize', model, output, data } as const, { verb: 'evaluate', model, data } as const]),
  ];
}

function isVerb(value: unknown): value is TaskVerb {
  return taskVerbs.some((verb) => verb === value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
