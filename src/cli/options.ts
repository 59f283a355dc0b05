// Declaring, parsing and explaining the options of a command.
import { parseArgs } from 'node:util';
import { nearestName } from '../config/nearestName';
import { usageError } from './usageError';

/** One option of a command. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  readonly type: 'flag' | 'text' | 'integer' | 'number' | 'fraction';
  /** What stands for the value in the help: `FILE`, `N`. */
  readonly value?: string;
  readonly repeatable?: boolean;
  readonly choices?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: boolean;
  readonly help: string;
  /** Shown in the help; the command applies it. */
  readonly defaultText?: string;
}

/** One command: its help is made from this, and nothing else is accepted. */
export interface CommandSpec {
  readonly name: string;
  /** `MODEL`, `MODEL [MODEL...]`. */
  readonly positionals: string;
  readonly minPositionals: number;
  readonly maxPositionals: number;
  readonly summary: string;
  /** Further paragraphs and examples, shown below the options. */
  readonly details?: string;
  readonly options: readonly OptionSpec[];
}

/** Options of every command. */
export const commonOptions: readonly OptionSpec[] = [
  { name: 'json', type: 'flag', help: 'print one JSON object on stdout and nothing else there' },
  {
    name: 'verbose',
    type: 'flag',
    help: 'tell more: requests to the bench, the log of the job, stack traces of failures',
  },
  { name: 'help', short: 'h', type: 'flag', help: 'print this help' },
];

/** Options of every command that runs a model in a job process. */
export const jobOptions: readonly OptionSpec[] = [
  {
    name: 'dim',
    type: 'text',
    value: 'NAME=N',
    repeatable: true,
    help: 'size of a dynamic dimension wherever the model runs',
  },
  {
    name: 'threads',
    type: 'integer',
    value: 'N',
    minimum: 1,
    maximum: 1024,
    help: 'threads inside an operator',
    defaultText: '1',
  },
  {
    name: 'memory-limit',
    type: 'integer',
    value: 'MB',
    minimum: 64,
    help: 'memory at which the job is ended',
    defaultText: 'half of the machine, at least 2048',
  },
  {
    name: 'stall-limit',
    type: 'number',
    value: 'S',
    minimum: 0.1,
    help: 'seconds one inference or load may take',
    defaultText: '120',
  },
  {
    name: 'timeout',
    type: 'number',
    value: 'S',
    minimum: 0.1,
    help: 'seconds the whole job may take',
    defaultText: 'none',
  },
  {
    name: 'queue',
    type: 'text',
    value: 'DIR',
    help: 'run as a job of the bench in DIR: after those that wait there, and listed among them',
    defaultText: 'at once',
  },
];

/** Of commands that can do with random inputs as well. */
export const inputsOption: OptionSpec = {
  name: 'data',
  type: 'text',
  value: 'DATASET.yaml',
  help: 'real inputs',
  defaultText: 'random inputs of the declared shapes',
};

/** Of commands whose run is kept. */
export const workspaceOption: OptionSpec = {
  name: 'workspace',
  type: 'text',
  value: 'DIR',
  help: 'where .compressor-bench/runs/ keeps the record of the run',
  defaultText: 'the current folder',
};

/** The words of a command line, checked against a `CommandSpec`. */
export class ParsedCommand {
  constructor(
    readonly spec: CommandSpec,
    readonly positionals: readonly string[],
    private readonly values: ReadonlyMap<string, readonly (string | true)[]>,
  ) {}

  flag(name: string): boolean {
    return this.values.has(name);
  }

  text(name: string): string | undefined {
    const value = this.values.get(name)?.at(-1);
    return value === true ? undefined : value;
  }

  texts(name: string): readonly string[] {
    return (this.values.get(name) ?? []).filter((value) => value !== true);
  }

  number(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    return numberOf(text);
  }

  /** One of `choices`, checked while parsing, as its literal type. */
  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const text = this.text(name);
    return choices.find((choice) => choice === text);
  }
}

/** Parses the words after the command's name. Throws a `UsageError`. */
export function parseCommand(spec: CommandSpec, words: readonly string[]): ParsedCommand {
  const options = [...spec.options, ...commonOptions];
  const known = new Map(options.map((option) => [option.name, option]));
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(
      options.map((option) => [
        option.name,
        {
          type: option.type === 'flag' ? 'boolean' : 'string',
          ...(option.short === undefined ? {} : { short: option.short }),
        } as const,
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const positionals: string[] = [];
  const values = new Map<string, (string | true)[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = known.get(token.name);
    if (option === undefined) throw unknownOption(token.rawName, known, spec);
    const value = checkedValue(option, token.value, spec);
    const list = values.get(option.name);
    if (list === undefined) values.set(option.name, [value]);
    else if (option.repeatable === true) list.push(value);
    else throw usageError(`--${option.name} is given twice; it takes one value.`, spec.name);
  }
  const parsed = new ParsedCommand(spec, positionals, values);
  if (!parsed.flag('help')) checkCounts(parsed, options);
  return parsed;
}

function unknownOption(rawName: string, known: ReadonlyMap<string, OptionSpec>, spec: CommandSpec): Error {
  const near = nearestName(rawName.replace(/^-+/, ''), [...known.keys()]);
  const hint = near === undefined ? '' : ` Did you mean --${near}?`;
  return usageError(`${spec.name} has no option ${rawName}.${hint}`, spec.name);
}

function checkedValue(option: OptionSpec, value: string | undefined, spec: CommandSpec): string | true {
  if (option.type === 'flag') {
    if (value !== undefined) throw usageError(`--${option.name} takes no value.`, spec.name);
    return true;
  }
  if (value === undefined || value === '') {
    throw usageError(`--${option.name} needs a value (${option.value ?? 'VALUE'}).`, spec.name);
  }
  if (option.choices !== undefined && !option.choices.includes(value)) {
    const near = nearestName(value, option.choices);
    const hint = near === undefined ? '' : ` Did you mean ${near}?`;
    throw usageError(`--${option.name} is one of ${option.choices.join(', ')}, not "${value}".${hint}`, spec.name);
  }
  if (option.type !== 'text') checkNumber(option, value, spec);
  return value;
}

/** `99.99%` is 0.9999 and not the binary neighbour that dividing gives. */
function numberOf(text: string): number {
  return text.endsWith('%') ? Number((Number(text.slice(0, -1)) / 100).toPrecision(15)) : Number(text);
}

function checkNumber(option: OptionSpec, value: string, spec: CommandSpec): void {
  const digits = option.type === 'fraction' && value.endsWith('%') ? value.slice(0, -1) : value;
  const number = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(digits) ? numberOf(value) : NaN;
  const wanted =
    option.type === 'integer'
      ? 'a whole number'
      : option.type === 'fraction'
        ? 'a fraction such as 0.01 or 1%'
        : 'a number';
  if (Number.isNaN(number) || (option.type === 'integer' && !Number.isSafeInteger(number))) {
    throw usageError(`--${option.name} is ${wanted}, not "${value}".`, spec.name);
  }
  if (option.minimum !== undefined && number < option.minimum) {
    throw usageError(`--${option.name} is at least ${option.minimum}, not ${value}.`, spec.name);
  }
  if (option.maximum !== undefined && number > option.maximum) {
    const isPercent = option.type === 'fraction' && number < 100 && number / 100 <= option.maximum;
    const percent = isPercent ? ` ${digits} % is ${numberOf(`${digits}%`)}.` : '';
    throw usageError(`--${option.name} is at most ${option.maximum}, not ${value}.${percent}`, spec.name);
  }
}

function checkCounts(parsed: ParsedCommand, options: readonly OptionSpec[]): void {
  const { spec, positionals } = parsed;
  if (positionals.length < spec.minPositionals) throw usageError(`${spec.name} needs ${spec.positionals}.`, spec.name);
  if (positionals.length > spec.maxPositionals) {
    throw usageError(`"${positionals[spec.maxPositionals] ?? ''}" is one word too many.`, spec.name);
  }
  for (const option of options) {
    if (option.required === true && !parsed.flag(option.name)) {
      throw usageError(`${spec.name} needs --${option.name} ${option.value ?? ''}.`, spec.name);
    }
  }
}

/** The help of one command. */
export function commandHelp(spec: CommandSpec): string {
  const rows = [...spec.options, ...commonOptions].map((option) => {
    const value = option.type === 'flag' ? '' : ` ${option.choices?.join('|') ?? option.value ?? 'VALUE'}`;
    const short = option.short === undefined ? '' : `-${option.short}, `;
    const extras = [
      option.repeatable === true ? 'repeatable' : '',
      option.required === true ? 'required' : '',
      option.defaultText === undefined ? '' : `default: ${option.defaultText}`,
    ].filter((text) => text !== '');
    return {
      left: `${short}--${option.name}${value}`,
      right: option.help + (extras.length > 0 ? ` (${extras.join('; ')})` : ''),
    };
  });
  const lines = rows.map(({ left, right }) =>
    left.length > 30 ? `  ${left}\n  ${''.padEnd(30)}  ${right}` : `  ${left.padEnd(30)}  ${right}`,
  );
  const details = spec.details === undefined ? '' : `\n${spec.details}\n`;
  const usage = `compressor-bench ${spec.name} ${spec.positionals}`.trimEnd();
  return `Usage: ${usage} [options]\n\n${spec.summary}\n\nOptions:\n${lines.join('\n')}\n${details}`;
}
