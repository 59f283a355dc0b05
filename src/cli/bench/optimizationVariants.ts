// Verbs of `optimizations` for what a diagnosis taught: what may be different, and an optimization where it is.
import { parse } from 'yaml';
import type { ParsedCommand } from '../options';
import { printLine } from '../terminal';
import { usageError } from '../usageError';
import { benchCommand, word } from './benchCommand';
import { idOf } from './identify';
import { printList } from './show';

const kind = 'optimization';

export const optimizationParams = benchCommand(
  {
    name: 'optimizations params',
    positionals: 'OPTIMIZATION',
    minPositionals: 1,
    summary: 'List what weights and activations of its model may be, for "optimizations vary".',
  },
  async (door, parsed) => {
    const id = await idOf(door, kind, word(parsed, 0));
    const answer = await door.call('diagnosis/model_wise_params', { optimization_id: id });
    door.print(answer, () => {
      printList(
        ['of', 'setting', 'choices'],
        answer.entries.flatMap(([of, settings]) =>
          settings.entries.map(([name, choices]) => [of, `${of}.${name}`, choices.text()]),
        ),
        'It does not quantize: there is nothing to choose.',
      );
      if (answer.entries.length > 0)
        door.next('optimizations', 'vary', id, 'NAME', '--all', 'weight.granularity=per_tensor');
    });
  },
);

export const varyOptimization = benchCommand(
  {
    name: 'optimizations vary',
    positionals: 'OPTIMIZATION NAME',
    minPositionals: 2,
    summary: 'Add an optimization that treats some ops, or all, otherwise than this one.',
    details: [
      'OP is a name as "models ops" lists it. pattern.precision=float32 keeps an op in float.',
      '',
      'Examples:',
      '  compressor-bench optimizations vary int8 int8-tensor --all weight.granularity=per_tensor',
      '  compressor-bench optimizations vary int8 int8-head --op /fc/Gemm:pattern.precision=float32',
    ].join('\n'),
    options: [
      { name: 'all', type: 'text', value: 'SETTING=VALUE', repeatable: true, help: 'of all ops' },
      { name: 'op', type: 'text', value: 'OP:SETTING=VALUE', repeatable: true, help: 'of one op' },
    ],
  },
  async (door, parsed) => {
    const id = await idOf(door, kind, word(parsed, 0));
    const [opWise, modelWise] = [opSettings(parsed), settingsOf(parsed, 'all', parsed.texts('all'))];
    const { projectId } = await door.bench.get(kind, id);
    const answer = await door.call('diagnosis/generate_optimization', {
      project_id: projectId,
      optimization_id: id,
      optimization_name: word(parsed, 1),
      ...(Object.keys(opWise).length === 0 ? {} : { op_wise: opWise }),
      ...(Object.keys(modelWise).length === 0 ? {} : { model_wise: modelWise }),
    });
    door.print(answer, () => {
      printLine(`Optimization ${answer.text()} is ready.`);
      door.next('optimizations', 'run', answer.text());
    });
  },
);

type Settings = Record<string, Record<string, unknown>>;

function opSettings(parsed: ParsedCommand): Record<string, Settings> {
  const byOp = new Map<string, string[]>();
  for (const text of parsed.texts('op')) {
    // Names of ops have colons now and then.
    const [, name, setting] = /^(.+):(\w+\.\w+=.+)$/.exec(text) ?? [];
    if (name === undefined || setting === undefined) {
      throw usageError(`--op is OP:SETTING=VALUE, not "${text}".`, parsed.spec.name);
    }
    byOp.set(name, [...(byOp.get(name) ?? []), setting]);
  }
  return Object.fromEntries([...byOp].map(([name, texts]) => [name, settingsOf(parsed, 'op', texts)]));
}

/** `weight.dtype=int8` as `{weight: {dtype: 'int8'}}`. */
function settingsOf(parsed: ParsedCommand, option: string, texts: readonly string[]): Settings {
  const settings = new Map<string, Record<string, unknown>>();
  for (const text of texts) {
    const [, part, key, value] = /^(\w+)\.(\w+)=(.+)$/.exec(text) ?? [];
    if (part === undefined || key === undefined || value === undefined) {
      throw usageError(`--${option} takes SETTING=VALUE such as weight.dtype=int8, not "${text}".`, parsed.spec.name);
    }
    settings.set(part, { ...settings.get(part), [key]: valueOf(value) });
  }
  return Object.fromEntries(settings);
}

/** A number or a list where it reads as one, else the text. */
function valueOf(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 }) as unknown;
  } catch {
    return text;
  }
}
