// What commands of the bench have in common: the option that says which bench, opening and closing it.
import type { Command } from '../command';
import { exitCodes } from '../command';
import { JobCancelled } from '../job';
import type { CommandSpec, OptionSpec, ParsedCommand } from '../options';
import { BenchDoor } from './benchDoor';

/** Which bench a command works with. */
export const benchOption: OptionSpec = {
  name: 'workspace',
  type: 'text',
  value: 'DIR',
  help: 'the folder whose .compressor-bench/ is meant',
  defaultText: 'the current folder',
};

/** What most verbs take, so that they need not say it. */
export type BenchSpec = Omit<CommandSpec, 'maxPositionals' | 'options'> &
  Partial<Pick<CommandSpec, 'maxPositionals' | 'options'>>;

/** The work of a verb in an open bench; the exit code, when it is not 0. */
export type BenchWork = (door: BenchDoor, parsed: ParsedCommand, signal: AbortSignal) => Promise<number | undefined>;

/** Makes a command that works in a bench. It takes as many positionals as it needs, unless told. */
export function benchCommand(spec: BenchSpec, work: BenchWork): Command {
  return {
    spec: {
      ...spec,
      maxPositionals: spec.maxPositionals ?? spec.minPositionals,
      options: [...(spec.options ?? []), benchOption],
    },
    async run(parsed, signal) {
      await using door = await BenchDoor.open(parsed, signal);
      if (signal.aborted) throw new JobCancelled();
      return (await work(door, parsed, signal)) ?? exitCodes.done;
    },
  };
}

/** A word that was counted when the command line was parsed. */
export function word(parsed: ParsedCommand, index: number): string {
  return parsed.positionals[index] ?? '';
}
