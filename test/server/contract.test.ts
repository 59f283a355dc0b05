// The contract: every example of the API's document is sent as printed, and answered as shown, over HTTP and Socket.IO.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundledFolder } from '../../src/bench/example/examples';
import { operations } from '../../src/bench/operations';
import { describeShared } from '../support/shared';
import { temporaryFolder } from '../support/temporaryFolder';
import { contractSteps } from './contractSteps';
import type { Answer, World } from './contractSteps';
import { ask } from './httpClient';
import type { HttpAnswer } from './httpClient';
import type { Recorded } from './recorder';
import { Recorder } from './recorder';
import { differences } from './seedCompare';
import { seedExamples } from './seedDocument';
import type { SeedExample, SeedMessage } from './seedDocument';
import { servedBenches } from './servedBench';

const place = temporaryFolder();
const serve = servedBenches();

describeShared('the examples of bench-api.md', (shared) => {
  const examples = seedExamples(shared);
  const proved = new Set<string>();
  let world: World;
  let recorder: Recorder;
  beforeAll(async () => {
    const bench = await serve(place.path, ['--token', 'none', '--allow', bundledFolder('mnist')]);
    world = { bench, ids: new Map() };
    recorder = await Recorder.connect(bench.base);
  });
  afterAll(() => recorder.close());

  it('have a step each', () => {
    expect(contractSteps.map(({ title }) => title).sort()).toEqual(examples.map(({ title }) => title).sort());
  });

  it.each(contractSteps.map((step) => [step.title, step] as const))(
    '%s',
    { timeout: 240_000 },
    async (title, { prepare, substitute, means, lastSubject, moreSubjects = [] }) => {
      const example = examples.find((each) => each.title === title)!;
      await prepare?.(world);
      recorder.heard.length = 0;
      const request = merged(example.request ?? {}, substitute?.(idIn(world)) ?? {});
      const answer = answerIn(await send(world.bench.base, example, request));
      expect(differences(example.response, answer)).toEqual([]);
      const messages = await messagesOf(recorder, example, request, lastSubject);
      expectSequence(messages, example.messages, moreSubjects);
      // Text is an answer, too.
      await means?.(typeof answer === 'string' ? { text: answer } : (answer as object as Answer), world, messages);
      proved.add(title);
    },
  );

  it('are proved, every one of them', () => {
    expect(examples.filter(({ title }) => !proved.has(title)).map(({ title }) => title)).toEqual([]);
    const paths = new Set(examples.filter(({ title }) => proved.has(title)).map(({ path }) => path));
    expect(paths.size).toBe(41);
    const known = new Set(operations.map(({ path }) => path));
    expect([...paths].filter((path) => !known.has(path))).toEqual([]);
  });
});

function idIn({ ids }: World): (name: string) => number {
  return (name) => {
    const id = ids.get(name);
    if (id === undefined) throw new Error(`"${name}" was not made: a step before this one failed`);
    return id;
  };
}

/** As the document prints it: a GET may have a body, too. */
function send(
  base: string,
  { path, method, isQuery, request: printed }: SeedExample,
  request: object,
): Promise<HttpAnswer> {
  const url = `${base}/api/${path}`;
  if (isQuery) return ask(`${url}?${new URLSearchParams(request as Record<string, string>).toString()}`, { method });
  return ask(url, { method, ...(printed === undefined ? {} : { body: request }) });
}

function answerIn({ status, text, headers }: HttpAnswer): unknown {
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  if (headers['content-type']?.startsWith('application/json') === true) return JSON.parse(text) as unknown;
  expect(headers['content-disposition']).toMatch(/^attachment; /);
  return text;
}

/** What is printed with some of it replaced. */
function merged(printed: object, replaced: object): object {
  const both = Object.entries(replaced).map(([key, value]: [string, unknown]) => {
    const before: unknown = Reflect.get(printed, key);
    return [key, isObject(before) && isObject(value) ? merged(before, value) : value];
  });
  return { ...printed, ...(Object.fromEntries(both) as object) };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function messagesOf(
  recorder: Recorder,
  { messages }: SeedExample,
  request: object,
  lastSubject?: string,
): Promise<readonly Recorded[]> {
  const last = messages.at(-1);
  if (last === undefined) return [];
  const all = await recorder.until(String(Reflect.get(request, 'request_id')), lastSubject ?? last.subject);
  for (const { status } of all) expect(status).toBe('success');
  return all;
}

/** Said as often as there is something to say. */
const repeated = new Set(['tuning_history', 'download_progress']);

function expectSequence(
  heard: readonly Recorded[],
  shown: readonly SeedMessage[],
  moreSubjects: readonly string[],
): void {
  const subjects = new Set(shown.map(({ subject }) => subject));
  expect(heard.filter(({ subject }) => !subjects.has(subject) && !moreSubjects.includes(subject))).toEqual([]);
  const own = heard.filter(({ subject }) => subjects.has(subject));
  expect(withoutRepeats(own)).toEqual(withoutRepeats(shown));
  // Texts, too, are as shown.
  const texts = (messages: readonly SeedMessage[] | readonly Recorded[]): unknown[] =>
    messages.filter(({ subject }) => !repeated.has(subject)).map(({ subject, data }) => [subject, data['message']]);
  expect(texts(own)).toEqual(texts(shown));
  for (const { subject, data } of own) {
    const best = shown
      .filter((message) => message.subject === subject)
      .map((message) => differences(message.data, data, subject))
      .reduce((least, next) => (next.length < least.length ? next : least));
    expect(best).toEqual([]);
  }
}

/** Subjects in order; what may be repeated stands for itself once. */
function withoutRepeats(messages: readonly { readonly subject: string }[]): string[] {
  const subjects = messages.map(({ subject }) => subject);
  return subjects.filter((subject, index) => !repeated.has(subject) || subjects[index - 1] !== subject);
}

describe('the comparison', () => {
  it.each([
    [{ a: 1 }, { a: 2, b: 3 }, []],
    [{ a: 1 }, {}, ['answer.a is missing']],
    [{ a: 1 }, { a: '1' }, ['answer.a is "1", not like 1']],
    [{ a: null }, { a: 'something' }, []],
    [{ at: 'Tue, 04 Jan 2022 16:09:29 GMT' }, { at: '2022-01-04 16:09:29' }, []],
    [
      { at: '2022-01-04 16:09:29' },
      { at: 'Tue, 04 Jan 2022 16:09:29 GMT' },
      ['answer.at is "Tue, 04 Jan 2022 16:09:29 GMT", not like "2022-01-04 16:09:29"'],
    ],
    [{ last_run_at: 'None' }, { last_run_at: null }, []],
    [{ list: [{ a: 1 }] }, { list: [] }, ['answer.list is empty']],
    [{ list: [{ a: 1 }] }, { list: [{ a: 1 }, { b: 1 }] }, ['answer.list[1].a is missing']],
    [{ nodes: 'one' }, { nodes: ['one'] }, []],
    [{ path: '/path/to/model.pb' }, { path: 'model.pb' }, ['answer.path is "model.pb", not like "/path/to/model.pb"']],
  ])('of %j with %j finds %j', (seed, actual, found) => {
    expect(differences(seed, actual)).toEqual(found);
  });
});
