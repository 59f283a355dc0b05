// The cursor with what stands beside it: which keys are there, and at which column.
import { cursorContext } from '../cursorContext';
import type { CursorContext } from '../cursorContext';
import type { OpenFile } from '../openFile';
import { outlineOf } from '../outline';
import { columnOf, indentStep } from '../yamlText';

/** What is around the cursor. */
export interface Place extends CursorContext {
  readonly file: OpenFile;
  /** Keys beside the cursor. */
  readonly present: ReadonlySet<string>;
  /** The column they begin at; undefined where there are none. */
  readonly presentColumn: number | undefined;
  /** Spaces of a level. */
  readonly step: number;
}

/** The place at an offset; undefined where nothing is completed. */
export function placeAt(file: OpenFile, offset: number): Place | undefined {
  const context = cursorContext(file.text, offset);
  return context === undefined ? undefined : withNeighbours(file, aboveChildren(file.text, context));
}

/**
 * A line between a key and what stands below it, as Enter behind the key makes one: a key written there at the column of the
 * other would take its children away, so that it is meant to be among them.
 */
function aboveChildren(text: string, context: CursorContext): CursorContext {
  const { start, end, expects, isFlow, isListItem, hasColon } = context;
  if (expects !== 'key' || isFlow || isListItem || hasColon) return context;
  const column = columnOf(text, start);
  const parent = /(?:^|\n)( *)(?:- +)*([\w.-]+) *:[ \r]*\n(?:[ \r]*\n)*[ ]*$/.exec(text.slice(0, start));
  const below = /^[^\n]*\n(?:[ \r]*\n)*( *)[^\s#-]/.exec(text.slice(end));
  const [, own, key] = parent ?? [];
  const indent = below?.[1]?.length;
  if (own?.length !== column || key === undefined || indent === undefined || indent <= column) return context;
  return { ...context, path: [...context.path, key], indent };
}

function withNeighbours(file: OpenFile, context: CursorContext): Place {
  const { text } = file;
  const { start, end, path, hasColon, expects } = context;
  // Half a word would make the lines around it no good YAML.
  const isWord = expects === 'key' && !hasColon;
  const around = isWord ? outlineOf(text.slice(0, start) + ' '.repeat(end - start) + text.slice(end)) : file.outline;
  const others = around.pairs.filter(
    (pair) =>
      pair.path.length === path.length + 1 &&
      path.every((key, index) => key === pair.path[index]) &&
      pair.keyRange.start !== start,
  );
  const first = others[0]?.keyRange.start;
  const presentColumn = first === undefined ? undefined : columnOf(text, first);
  return { ...context, file, present: new Set(others.map(({ key }) => key)), presentColumn, step: indentStep(text) };
}

/** Whether what is written begins a line of its own below the one of the cursor. */
export function isBelow({ expects, isFlow, isListItem }: Place): boolean {
  return expects === 'value' && !isFlow && !isListItem;
}

/** The column that a key has to begin at, where the cursor is at another one. */
export function movesTo({
  expects,
  isFlow,
  isListItem,
  indent,
  presentColumn,
  file,
  start,
}: Place): number | undefined {
  if (expects !== 'key' || isFlow || isListItem) return undefined;
  const wanted = presentColumn ?? indent;
  return wanted === columnOf(file.text, start) ? undefined : wanted;
}

/**
 * The part that a completion takes the place of: the word, with the blanks before it where it moves.
 *
 * @param startsLine it goes to a line below
 */
export function replacedRange(
  place: Place,
  { startsLine }: { readonly startsLine: boolean },
): { start: number; end: number } {
  const { start, end, file } = place;
  if (startsLine) return { start: file.text.slice(0, start).trimEnd().length, end };
  if (movesTo(place) === undefined) return { start, end };
  return { start: file.text.lastIndexOf('\n', start - 1) + 1, end };
}
