// How the bench's things look to people: lists, facts, states, sizes, and what to do next.
import { formatDuration } from '../formats';
import { bytesText } from '../../protocol/byteText';
import { runWords } from '../../protocol/runWords';
import type { Cell, Style } from '../terminal';
import { plain, printLine, printNote, styled, table } from '../terminal';
import type { Answer } from './answer';
import type { BenchDoor } from './benchDoor';

/** A list of things; `empty` stands where there are none. */
export function printList(header: readonly string[], rows: readonly (readonly Cell[])[], empty: string): void {
  printLine(
    rows.length === 0
      ? plain(empty)
      : table(
          rows.map((row) => row.map(oneLine)),
          header,
        ),
  );
}

/** One thing: its title and what is known of it; rows without a value are left out. */
export function printFacts(title: string, rows: readonly (readonly [string, Cell | undefined])[]): void {
  printLine(styled('bold', plain(title)));
  printLine(table(rows.flatMap(([name, cell]) => (cell === undefined ? [] : [[name, oneLine(cell)]]))));
}

/** What of the bench could not be read: it is missing from the lists. Each sentence begins with the path. */
export async function printProblems(door: BenchDoor): Promise<void> {
  for (const { message } of await door.bench.store.problems()) printNote(`note: ${message}`);
}

const stateStyles: Readonly<Record<string, Style>> = {
  success: 'green',
  error: 'red',
  running: 'yellow',
  queued: 'yellow',
  cancelled: 'dim',
};

function isRunState(state: string): state is keyof typeof runWords {
  return Object.hasOwn(runWords, state);
}

/** State of the newest run; `never run` where there is none. */
export function stateCell(thing: Answer): Cell {
  const state = thing.at('state').text(thing.at('status').text('never run'));
  return { text: isRunState(state) ? runWords[state] : state, style: stateStyles[state] ?? 'dim' };
}

/** Name with id, as people may use either. */
export function nameAndId(thing: Answer): string {
  return thing.isThere ? `${thing.at('name').text()} (${thing.at('id').text()})` : '–';
}

/** Bytes for people. */
export function sizeText(bytes: Answer): string {
  return bytes.number === undefined ? '–' : bytesText(bytes.number);
}

/** Seconds for people. */
export function durationText(seconds: Answer): string {
  return seconds.number === undefined ? '–' : formatDuration(seconds.number * 1000);
}

function oneLine(cell: Cell): Cell {
  const flat = (text: string): string => text.replace(/[\t\r\n]+/g, ' ');
  return typeof cell === 'string' ? flat(cell) : { ...cell, text: flat(cell.text) };
}
