// The examples of the API's document, in its order: requests as printed, responses and messages as shown.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SeedObject, SeedValue } from './tolerantJson';
import { parseTolerantly } from './tolerantJson';

export interface SeedExample {
  /** The heading it stands under, with a number when it is not the first of its name. */
  readonly title: string;
  /** Such as `project/create`. */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  /** Of the example request: its body, or its query; undefined when none is shown. */
  readonly request: SeedObject | undefined;
  readonly isQuery: boolean;
  /** The example response; text where it is no JSON. */
  readonly response: SeedValue;
  /** Subject and data of each message, in order; an envelope is taken off. */
  readonly messages: readonly SeedMessage[];
}

export interface SeedMessage {
  readonly subject: string;
  readonly data: SeedObject;
}

/** Reads all examples of `bench-api.md`. */
export function seedExamples(sharedFolder: string): readonly SeedExample[] {
  const text = readFileSync(join(sharedFolder, 'seeds/bench-api.md'), 'utf8');
  const titles = new Map<string, number>();
  // An operation begins with its heading and goes on to the next heading.
  const sections = text.split(/^#{3,5} /m).filter((section) => section.includes('**Path**'));
  return sections.map((section) => {
    const title = section.split('\n', 1)[0]?.trim() ?? '';
    const count = (titles.get(title) ?? 0) + 1;
    titles.set(title, count);
    return exampleIn(section, count === 1 ? title : `${title} (${count})`);
  });
}

function exampleIn(section: string, title: string): SeedExample {
  const path = /\*\*Path\*\*: `api\/([^`]+)`/.exec(section)?.[1];
  const method = /\*\*Method\*\*: `(GET|POST)`/.exec(section)?.[1];
  if (path === undefined || (method !== 'GET' && method !== 'POST')) throw new Error(`no operation in "${title}"`);
  const blocks = [...section.matchAll(/^```(?:json)?\n([\s\S]*?)^```/gm)].map(([whole, content = ''], index, all) => ({
    content,
    // What stands between the last block and this one says what it is.
    intro: section.slice(index === 0 ? 0 : endOf(all[index - 1]), section.indexOf(whole)),
  }));
  const asked = blocks.find(({ intro }) => /\*\*Example (?:body|request)\*\*/.test(intro));
  const messageAt = blocks.findIndex(({ intro }) => intro.includes('over WebSockets'));
  const answered = blocks.slice(0, messageAt < 0 ? undefined : messageAt).filter((block) => block !== asked);
  if (answered.length !== 1) throw new Error(`"${title}" shows ${answered.length} responses`);
  return {
    title,
    path,
    method,
    ...requestIn(asked?.content),
    response: responseIn(answered[0]?.content ?? ''),
    messages: messageAt < 0 ? [] : blocks.slice(messageAt).map(({ content }) => messageIn(content)),
  };
}

function endOf(match: RegExpMatchArray | undefined): number {
  return (match?.index ?? 0) + (match?.[0].length ?? 0);
}

function requestIn(content: string | undefined): Pick<SeedExample, 'request' | 'isQuery'> {
  if (content === undefined) return { request: undefined, isQuery: false };
  if (!content.startsWith('http')) return { request: objectOf(parseTolerantly(content)), isQuery: false };
  return { request: Object.fromEntries(new URL(content.trim()).searchParams), isQuery: true };
}

function responseIn(content: string): SeedValue {
  return /^\s*[{[]/.test(content) ? parseTolerantly(content) : content;
}

function messageIn(content: string): SeedMessage {
  const message = parseTolerantly(content);
  if (!Array.isArray(message) || typeof message[0] !== 'string') throw new Error(`no message: ${content}`);
  const body = objectOf(message[1] as SeedValue);
  // Messages of optimizations are shown without the envelope that all have.
  return { subject: message[0], data: 'data' in body ? objectOf(body['data']) : body };
}

export function objectOf(value: SeedValue): SeedObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object');
  return value as SeedObject;
}
