// The way to the network: the proxy the environment names, redirects, timeouts. The HTTP client is loaded when it is needed.
import type { Readable } from 'node:stream';
import type * as Undici from 'undici';
import { downloadErrors } from './downloadErrors';
import { downloadFailure } from './downloadFailure';

export interface WebAnswer {
  readonly status: number;
  /** Names in lower case; the first value of each. */
  header(name: string): string | undefined;
  /** Whoever got the answer reads this to its end or destroys it. */
  readonly body: Readable;
}

/** More than any storage service needs. */
const mostRedirects = 10;
const redirects = new Set([301, 302, 303, 307, 308]);

/** Connections of one download. Whoever opens it closes it (`await using`). */
export class DownloadConnection implements AsyncDisposable {
  private constructor(
    private readonly client: typeof Undici,
    private readonly agent: Undici.Dispatcher,
    private readonly idleTimeoutMs: number,
  ) {}

  /** @param idleTimeoutMs how long to wait for a connection, an answer, and the next piece of it */
  static async open(idleTimeoutMs: number): Promise<DownloadConnection> {
    const client = await import('undici');
    try {
      const agent = new client.EnvHttpProxyAgent({ connect: { timeout: idleTimeoutMs } });
      return new DownloadConnection(client, agent, idleTimeoutMs);
    } catch (thrown) {
      throw downloadErrors.proxy('The proxy that the environment names is no address.', thrown);
    }
  }

  /** Asks, and follows redirects, never from https to http. Throws DownloadError, or what `signal` was aborted with. */
  async get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<WebAnswer> {
    let at = url;
    for (let followed = 0; followed <= mostRedirects; followed++) {
      const answer = await this.ask(at, headers, signal);
      const location = redirects.has(answer.status) ? answer.header('location') : undefined;
      if (location === undefined) return answer;
      answer.body.destroy();
      const next = URL.canParse(location, at) ? new URL(location, at) : undefined;
      const isSafe = next?.protocol === 'https:' || (next?.protocol === 'http:' && at.startsWith('http:'));
      if (next === undefined || !isSafe) throw downloadErrors.redirects(url, 'leads to a place that is not safe');
      at = next.href;
    }
    throw downloadErrors.redirects(url, `redirects more than ${mostRedirects} times`);
  }

  private async ask(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<WebAnswer> {
    const timeouts = { headersTimeout: this.idleTimeoutMs, bodyTimeout: this.idleTimeoutMs };
    try {
      const {
        statusCode,
        headers: answered,
        body,
      } = await this.client.request(url, {
        // A copy: behind a proxy the client writes the host of this address into what it is given.
        ...{ method: 'GET', headers: { ...headers }, dispatcher: this.agent, signal },
        ...timeouts,
      });
      // A body that is given up on emits what it was given up for.
      body.on('error', () => undefined);
      const header = (name: string): string | undefined => {
        const value = answered[name];
        return Array.isArray(value) ? value[0] : value;
      };
      return { status: statusCode, header, body };
    } catch (thrown) {
      signal.throwIfAborted();
      throw downloadFailure(thrown, url, this.idleTimeoutMs);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agent.destroy();
  }
}
