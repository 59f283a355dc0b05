// Questions and passages out of a file of SQuAD (version 1.1; of version 2 the questions that have an answer).
import { dataErrors } from '../../dataErrors';
import { jsonObjectOf, readJsonObject } from '../../text/jsonObject';

/** One question. */
export interface SquadQuestion {
  readonly id: string;
  readonly question: string;
  /** Place of its passage in the list of all. */
  readonly passage: number;
  readonly answers: readonly string[];
}

/** What a file holds. */
export interface SquadFile {
  readonly passages: readonly string[];
  readonly questions: readonly SquadQuestion[];
  /** Questions without an answer, which are left out. */
  readonly unanswered: number;
}

/** The training part has 30 MB. */
const mostBytes = 256 * 1024 * 1024;

/**
 * Reads a file with `data[].paragraphs[].{context, qas[].{id, question, answers[].text}}`.
 *
 * @throws DataError for a file that holds something else, naming the place in it; FileError for one that cannot be read
 */
export async function readSquadFile(path: string): Promise<SquadFile> {
  const { data } = await readJsonObject(path, mostBytes);
  if (!Array.isArray(data)) throw dataErrors.malformed(path, 'it has no list "data", as the files of SQuAD have');
  const passages: string[] = [];
  const questions: SquadQuestion[] = [];
  let unanswered = 0;
  for (const [article, { paragraphs }] of data.map(jsonObjectOf).entries()) {
    for (const [at, paragraph] of listOf(paragraphs).entries()) {
      const place = `data[${article}].paragraphs[${at}]`;
      const { context, qas } = jsonObjectOf(paragraph);
      if (typeof context !== 'string') throw dataErrors.malformed(path, `${place} has no text "context"`);
      passages.push(context);
      for (const [index, qa] of listOf(qas).entries()) {
        const read = questionOf(qa, passages.length - 1);
        if (read === undefined)
          throw dataErrors.malformed(path, `${place}.qas[${index}] has no texts "id" and "question"`);
        if (read.answers.length === 0) unanswered++;
        else questions.push(read);
      }
    }
  }
  if (questions.length > 0) return { passages, questions, unanswered };
  throw dataErrors.noSamples(path, 'no question in it has an answer', 'Name a file such as dev-v1.1.json of SQuAD.');
}

function questionOf(given: unknown, passage: number): SquadQuestion | undefined {
  const { id, question, answers } = jsonObjectOf(given);
  if (typeof id !== 'string' || typeof question !== 'string') return undefined;
  const texts = listOf(answers).map((answer) => jsonObjectOf(answer)['text']);
  const written = texts.filter((text): text is string => typeof text === 'string' && text !== '');
  return { id, question, passage, answers: [...new Set(written)] };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
