// Loader `SQuAD`: questions about passages as the inputs of a language model, with what turns its answers into text.
import { dirname } from 'node:path';
import type { ParametersOf } from '../../../dictionary/entry';
import type { loaderEntries } from '../../../dictionary/loaders';
import { encodedInputs } from '../../text/encodedInputs';
import type { TextTokenizer } from '../../text/textTokenizer';
import { openTokenizer } from '../../text/textTokenizer';
import type { AnswerWindow } from '../../answerWindow';
import type { DataItem } from '../../contracts';
import { dataErrors } from '../../dataErrors';
import type { ItemSource } from '../sources';
import { passageTokens } from './passageTokens';
import type { PassageToken } from './passageTokens';
import { readSquadFile } from './squadFile';
import type { SquadFile, SquadQuestion } from './squadFile';
import { bestWindow, windowsOf } from './windows';
import type { TokenWindow } from './windows';

type SquadParameters = ParametersOf<typeof loaderEntries, 'SQuAD'>;

/** One item: a question with one window of its passage. */
interface Place {
  readonly question: SquadQuestion;
  readonly asked: readonly string[];
  readonly windows: readonly TokenWindow[];
  readonly window: number;
}

/**
 * Items have the inputs of `GLUE`, and an `AnswerWindow` as label, which the postprocessing SquadV1 needs. A passage that does
 * not fit into max_seq_length gives several items.
 */
export async function openSquad(parameters: SquadParameters): Promise<ItemSource> {
  const { path, model_name_or_path: model, do_lower_case: lowerCase } = parameters;
  const file = await readSquadFile(path);
  const tokenizer = await openTokenizer(model ?? dirname(path), lowerCase);
  const passages = file.passages.map((text) => passageTokens(text, (word) => tokenizer.tokensOf(word)));
  const places = placesOf(file, passages, tokenizer, parameters);
  const { max_seq_length: longest, dynamic_length: isDynamic } = parameters;
  const samples = encodedInputs(tokenizer, parameters.model_type);
  const get = (index: number): DataItem => {
    const place = places[index];
    if (place === undefined) throw new RangeError(`no window ${index}`);
    const { question, asked, windows, window } = place;
    const { start, length } = windows[window] ?? { start: 0, length: 0 };
    const shown = (passages[question.passage] ?? []).slice(start, start + length);
    const texts = shown.map(({ token }) => token);
    const encoded = tokenizer.assembled(asked, texts);
    const context = file.passages[question.passage] ?? '';
    const before = beforePassage(tokenizer, asked, texts);
    return {
      id: windows.length === 1 ? question.id : `${question.id}/${window + 1}`,
      inputs: samples.of(encoded, isDynamic ? undefined : longest),
      annotation: labelOf(place, shown, { context, before, tokens: isDynamic ? encoded.ids.length : longest }),
      text: `${question.question}\n${excerptOf(context, shown)}`,
    };
  };
  return {
    kind: 'items',
    loader: { length: places.length, get, ...(isDynamic ? { fill: samples.fill } : {}) },
    notes: notesOf(file, places.length),
  };
}

function placesOf(
  { questions }: SquadFile,
  passages: readonly (readonly PassageToken[])[],
  tokenizer: TextTokenizer,
  { path, max_seq_length: longest, max_query_length: longestQuestion, doc_stride: stride }: SquadParameters,
): readonly Place[] {
  const special = tokenizer.assembled([], []).ids.length;
  return questions.flatMap((question) => {
    const asked = tokenizer.tokensOf(question.question).slice(0, longestQuestion);
    const room = longest - special - asked.length;
    if (room < 1) throw dataErrors.noRoomForPassage(path, question.id, asked.length, longest);
    const windows = windowsOf((passages[question.passage] ?? []).length, room, stride);
    return windows.map((_, window): Place => ({ question, asked, windows, window }));
  });
}

/** The part of the passage that a window shows. */
function excerptOf(context: string, shown: readonly PassageToken[]): string {
  const from = shown[0]?.span[0] ?? 0;
  const to = shown.at(-1)?.span[1] ?? 0;
  return `${from > 0 ? '… ' : ''}${context.slice(from, to)}${to < context.trimEnd().length ? ' …' : ''}`;
}

/** How many tokens stand before the passage: those of the question, and special ones. */
function beforePassage(tokenizer: TextTokenizer, asked: readonly string[], shown: readonly string[]): number {
  const [first] = shown;
  if (first === undefined) return 0;
  const once = tokenizer.assembled(asked, [first]).ids;
  // With the token said twice, all is the same up to where it stood once.
  return tokenizer.assembled(asked, [first, first]).ids.findIndex((id, at) => id !== once[at]) - 1;
}

function labelOf(
  { question, windows, window }: Place,
  shown: readonly PassageToken[],
  { context, before, tokens }: { readonly context: string; readonly before: number; readonly tokens: number },
): AnswerWindow {
  const { start } = windows[window] ?? { start: 0 };
  const at = (token: number): PassageToken | undefined => shown[token - before];
  return {
    question: question.id,
    context,
    answers: question.answers,
    spans: Array.from({ length: tokens }, (_, token) => at(token)?.span ?? null),
    mayBegin: Array.from(
      { length: tokens },
      (_, token) => at(token) !== undefined && bestWindow(windows, start + token - before) === window,
    ),
  };
}

function notesOf({ questions, unanswered }: SquadFile, windows: number): readonly string[] {
  const counted = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`;
  const cut = `${counted(questions.length, 'question makes', 'questions make')} ${windows} samples: long passages are cut into windows.`;
  const left = `${counted(unanswered, 'question without an answer is', 'questions without an answer are')} left out.`;
  return [...(windows === questions.length ? [] : [cut]), ...(unanswered === 0 ? [] : [left])];
}
