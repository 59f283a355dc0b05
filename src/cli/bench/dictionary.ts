// `compressor-bench dictionary …`: the words the bench knows, and what its data sets can be made of.
import { nearestName } from '../../config/nearestName';
import { domains, frameworks, optimizationTypes, precisions } from '../../dictionary/benchTerms';
import type { Command, CommandGroup } from '../command';
import type { OptionSpec, ParsedCommand } from '../options';
import { printLine, styled, table, plain } from '../terminal';
import { usageError } from '../usageError';
import type { Answer } from './answer';
import { benchCommand, word } from './benchCommand';
import { printList } from './show';
import { slugs, termOf } from './terms';

const domainNames = domains.map(({ name }) => name).filter((name) => name !== '');
const frameworkNames = frameworks.map(({ name }) => name);
const precisionNames = precisions.map(({ name }) => name);

/** What narrows a dictionary down: an option, and the operation and parameter behind it. */
interface Filter {
  readonly option: OptionSpec;
  readonly names: readonly string[];
}

const filters = {
  framework: {
    option: { name: 'framework', type: 'text', choices: frameworkNames, help: 'those that work with its models' },
    names: frameworkNames,
  },
  domain: {
    option: { name: 'domain', type: 'text', choices: slugs(domainNames), help: 'those that are offered for it' },
    names: domainNames,
  },
  precision: {
    option: { name: 'precision', type: 'text', choices: slugs(precisionNames), help: 'tell which can lead to it' },
    names: precisionNames,
  },
} as const satisfies Readonly<Record<string, Filter>>;

type FilterName = keyof typeof filters;

interface Dictionary {
  readonly verb: string;
  readonly summary: string;
  /** As the API calls it. */
  readonly key: string;
  readonly filters: readonly FilterName[];
  readonly show: (entries: readonly Answer[]) => void;
}

const dictionaries: readonly Dictionary[] = [
  { verb: 'domains', summary: 'What models can be for.', key: 'domains', filters: [], show: printTerms },
  {
    verb: 'flavours',
    summary: 'Families of models within a domain.',
    key: 'domain_flavours',
    filters: [],
    show: printTerms,
  },
  {
    verb: 'types',
    summary: 'Types of optimizations.',
    key: 'optimization_types',
    filters: ['precision'],
    show: printTypes,
  },
  { verb: 'precisions', summary: 'Element types of models.', key: 'precisions', filters: [], show: printTerms },
  {
    verb: 'loaders',
    summary: 'What reads data, with its parameters.',
    key: 'dataloaders',
    filters: ['framework'],
    show: printEntries,
  },
  {
    verb: 'transforms',
    summary: 'What can be done to samples, with its parameters.',
    key: 'transforms',
    filters: ['framework', 'domain'],
    show: printEntries,
  },
  {
    verb: 'metrics',
    summary: 'What accuracy can be, with its parameters.',
    key: 'metrics',
    filters: ['framework'],
    show: printEntries,
  },
];

function dictionaryCommand({ verb, summary, key, filters: names, show }: Dictionary): Command {
  return benchCommand(
    {
      name: `dictionary ${verb}`,
      positionals: '',
      minPositionals: 0,
      summary,
      options: names.map((name) => filters[name].option),
    },
    async (door, parsed) => {
      const given = names.filter((name) => parsed.flag(name));
      if (given.length > 1)
        throw usageError(`Give one of ${given.map((name) => `--${name}`).join(', ')}.`, parsed.spec.name);
      const [filter] = given;
      const answer =
        filter === undefined
          ? await door.call(`dict/${key}`)
          : await door.call(`dict/${key}/${filter}`, { [filter]: filterValue(parsed, filter) });
      door.print(answer, () => show(answer.at(key).items));
    },
  );
}

function filterValue(parsed: ParsedCommand, name: FilterName): string | undefined {
  const text = parsed.text(name);
  const { names }: Filter = filters[name];
  return names.includes(text ?? '') ? text : termOf(text, names);
}

function printTerms(terms: readonly Answer[]): void {
  printList(
    ['id', 'name'],
    terms.map((term) => [term.at('id').text(), term.at('name').text('(none of these)')]),
    'There are none.',
  );
}

function printTypes(types: readonly Answer[]): void {
  const leadsTo = (name: string): string =>
    optimizationTypes.find((type) => type.name === name)?.precisions.join(', ') ?? '–';
  const isFiltered = types.some((type) => type.at('is_supported').isThere);
  printList(
    ['id', 'name', 'leads to', ...(isFiltered ? ['to this one'] : [])],
    types.map((type) => [
      type.at('id').text(),
      type.at('name').text(),
      leadsTo(type.at('name').text()),
      ...(isFiltered ? [type.at('is_supported').value === true ? 'yes' : 'no'] : []),
    ]),
    'There are none.',
  );
}

/** Entries with their help, each followed by its parameters. */
function printEntries(entries: readonly Answer[]): void {
  if (entries.length === 0) printLine('There are none.');
  for (const entry of entries) {
    printLine(`${styled('bold', plain(entry.at('name').text()))}  ${plain(entry.at('help').text(''))}`);
    const parameters = entry.at('params').items;
    if (parameters.length > 0) {
      printLine(table(parameters.map((one) => [one.at('name').text(), kindText(one), one.at('help').text('')])));
    }
  }
}

/** `int, required`, `a|b = a`. */
function kindText(parameter: Answer): string {
  const choices = parameter.at('choices').items.map((one) => one.text());
  const types = parameter.at('type').items.map((one) => one.text());
  const kind =
    choices.length > 0 ? choices.join('|') : types.length > 0 ? types.join('|') : parameter.at('type').text('');
  if (parameter.at('required').value === true) return `${kind}, required`;
  const value = parameter.at('value').text('');
  return value === '' ? kind : `${kind} = ${value}`;
}

/** What can be asked for by name, as forms do. */
const valueKinds = [
  'framework',
  'domain',
  'model',
  'dataloader',
  'transform',
  'objective',
  'strategy',
  'quantization_approach',
  'metric',
  'precision',
] as const;

function valueKind(parsed: ParsedCommand): string {
  const given = word(parsed, 0);
  const kind = valueKinds.find((one) => one === given.replaceAll('-', '_'));
  if (kind !== undefined) return kind;
  const near = nearestName(given, valueKinds);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  throw usageError(`KIND is one of ${valueKinds.join(', ')}, not "${given}".${hint}`, parsed.spec.name);
}

const possibleValues = benchCommand(
  {
    name: 'dictionary values',
    positionals: 'KIND',
    minPositionals: 1,
    summary: 'Values a setting can have, such as strategy or objective.',
    details: `KIND is one of ${valueKinds.join(', ')}.`,
    options: [filters.framework.option, filters.domain.option],
  },
  async (door, parsed) => {
    const kind = valueKind(parsed);
    const domain = parsed.flag('domain') ? { domain: filterValue(parsed, 'domain') } : {};
    const answer = await door.call('get_possible_values', {
      param: kind,
      config: { framework: parsed.text('framework') ?? 'ONNXRT', ...domain },
    });
    door.print(answer, () =>
      printList(
        ['name', ''],
        answer.at(kind).items.map((one) => [one.at('name').text(one.text()), one.at('help').text('')]),
        'There are none.',
      ),
    );
  },
);

const modelZoo = benchCommand(
  {
    name: 'dictionary zoo',
    positionals: '',
    minPositionals: 0,
    summary: 'Examples, as clients of older systems list them; "examples list" says more.',
  },
  async (door) => {
    const answer = await door.call('list_model_zoo');
    door.print(answer, () =>
      printList(
        ['model', 'made for', 'framework'],
        answer.items.map((one) => [one.at('model').text(), one.at('domain').text(), one.at('framework').text()]),
        'There are none.',
      ),
    );
  },
);

export const dictionaryGroup: CommandGroup = {
  name: 'dictionary',
  summary: 'Words the bench knows: domains, types, precisions, loaders, transforms, metrics …',
  verbs: [...dictionaries.map(dictionaryCommand), possibleValues, modelZoo],
};
