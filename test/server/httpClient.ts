// A client that sends exactly what it is told: any Host, any Origin, bodies with GET.
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface HttpQuestion {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** As it is sent; objects become JSON. */
  readonly body?: unknown;
}

/** Sends one request over a connection of its own. */
export function ask(url: string, { method = 'GET', headers = {}, body }: HttpQuestion = {}): Promise<HttpAnswer> {
  const content = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const type = typeof body === 'object' && !Buffer.isBuffer(body) ? { 'Content-Type': 'application/json' } : {};
  const length = content === undefined ? {} : { 'Content-Length': Buffer.byteLength(content) };
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      { method, headers: { ...type, ...length, ...headers }, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
        response.once('error', reject);
      },
    );
    request.once('error', reject);
    request.end(content);
  });
}

/** The same, for an answer that has to be JSON with status 200. */
export async function askJson(url: string, question: HttpQuestion = {}): Promise<unknown> {
  const { status, text } = await ask(url, question);
  if (status !== 200) throw new Error(`${url}: ${status} ${text}`);
  return JSON.parse(text) as unknown;
}
