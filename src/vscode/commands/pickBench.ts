// Which bench a command is about: that of the only folder, or the one that is chosen.
import type { Services } from '../services';
import type { BenchConnection } from '../bench/benchConnection';
import { explain, hasFolder } from './explaining';
import { choose } from './quickInputs';
import { back } from './steps';

/** How the list of something to pick is shown. */
export interface PickOptions<Facts> {
  readonly title: string;
  /** Absent: all. */
  readonly filter?: (facts: Facts) => boolean;
  /** Said where there is nothing to pick. */
  readonly none?: string;
  /** Asks also where there is one alone: what the command does cannot be taken back. */
  readonly asksAlways?: boolean;
}

/** The bench of the only folder, or the chosen one; undefined where the person has none, or gives up. */
export async function pickBench({ benches }: Services, title: string): Promise<BenchConnection | undefined> {
  const all = benches.all;
  const [only] = all;
  if (only === undefined) {
    hasFolder();
    return undefined;
  }
  if (all.length === 1) return only;
  const choices = all.map((bench) => ({
    label: bench.folder.name,
    description: bench.place.workspace,
    icon: 'folder',
    value: bench,
  }));
  const chosen = await choose({ title }, { placeholder: 'Folder', choices });
  return chosen === back ? undefined : chosen;
}

/** Benches to look for things in; undefined, and said, where no folder is open. */
export function openBenches({ benches }: Services): readonly BenchConnection[] | undefined {
  return hasFolder() ? benches.all : undefined;
}

/** Says that there is nothing to pick, and how to make something. */
export function explainNothing(sentence: string, title: string, command: string): void {
  explain(sentence, { title, command });
}
