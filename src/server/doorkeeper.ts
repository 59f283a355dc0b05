// Who may talk to the server: the name it is called by (Host) and the page that asks (Origin).
//
// A web page anywhere may send requests to this machine. The browser tells which page it is (Origin, Sec-Fetch-Site), and
// a name that was bent to point at this machine (DNS rebinding) shows in Host.
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { refusals, serverErrors } from './serverErrors';

export interface DoorkeeperOptions {
  /** As the person gave it. */
  readonly host: string;
  readonly isSecure: boolean;
  /** Origins of other pages that may use the server, checked (`checkedOrigin`). */
  readonly allowedOrigins: readonly string[];
}

/** What a request is let in as. */
export interface Admitted {
  /** The page's origin, when it is not the server's own: it has to be told that it is allowed (CORS). */
  readonly foreignOrigin: string | null;
}

/** Looks at requests before anything else does. */
export class Doorkeeper {
  private readonly names: ReadonlySet<string>;
  private readonly allowedOrigins: ReadonlySet<string>;
  private readonly isEverywhere: boolean;

  constructor(private readonly options: DoorkeeperOptions) {
    const { host, allowedOrigins } = options;
    this.isEverywhere = isWildcard(host);
    this.allowedOrigins = new Set(allowedOrigins);
    this.names = new Set([
      host.toLowerCase(),
      ...(isLoopback(host) || this.isEverywhere ? ['localhost', '127.0.0.1', '::1'] : []),
      ...(this.isEverywhere ? [hostname().toLowerCase()] : []),
      // A page that is allowed may be served beside us by a proxy, under its own name.
      ...allowedOrigins.map((origin) => bareHost(new URL(origin).host) ?? ''),
    ]);
  }

  /** Throws `Refused` for a request that calls the server by another name, or comes from a page that is not allowed. */
  admit(request: IncomingMessage): Admitted {
    const { host, origin, referer } = request.headers;
    const name = bareHost(host);
    if (host === undefined || name === undefined || !this.isOurName(name)) throw refusals.host();
    if (origin === undefined) {
      // Pictures, scripts and forms of other pages come without Origin when they GET.
      const site = request.headers['sec-fetch-site'];
      const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none';
      if (isForeign && !isVisit(request) && !this.isAllowedPage(referer)) throw refusals.origin();
      return { foreignOrigin: null };
    }
    if (origin.toLowerCase() === `${this.options.isSecure ? 'https' : 'http'}://${host.toLowerCase()}`)
      return { foreignOrigin: null };
    if (!this.allowedOrigins.has(origin.toLowerCase())) throw refusals.origin();
    return { foreignOrigin: origin };
  }

  /** A page that is allowed links to files of the server, too; which page follows a link shows in Referer alone. */
  private isAllowedPage(referer: string | undefined): boolean {
    const [origin] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+/i.exec(referer ?? '') ?? [];
    return origin !== undefined && this.allowedOrigins.has(origin.toLowerCase());
  }

  /** An address written in digits cannot be bent by anybody's name server. */
  private isOurName(name: string): boolean {
    return this.names.has(name) || (this.isEverywhere && isIP(name) !== 0);
  }
}

/** A person who follows a link to the front page, which does nothing. */
function isVisit({ headers, method, url }: IncomingMessage): boolean {
  const path = (url ?? '').split('?', 1)[0] ?? '';
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && !path.includes('/api') && path.endsWith('/');
}

/** The host in `host:port`, without brackets, in small letters; undefined for what is none. */
function bareHost(host: string | undefined): string | undefined {
  const [, bracketed, plain] = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(host ?? '') ?? [];
  return (bracketed ?? plain)?.toLowerCase();
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Whether it stands for every address of the machine. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** An origin of `--allow-origin` as browsers write it. Throws ServerError. */
export function checkedOrigin(text: string): string {
  // Pages inside editors have schemes of their own, whose URLs have no `origin` in the standard's sense.
  const [, scheme, host, port] = /^([a-z][a-z0-9+.-]*):\/\/(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?\/?$/i.exec(text) ?? [];
  if (scheme === undefined || host === undefined) throw serverErrors.originUnfit(text);
  const isDefaultPort = (scheme === 'http' && port === ':80') || (scheme === 'https' && port === ':443');
  return `${scheme}://${host}${isDefaultPort ? '' : (port ?? '')}`.toLowerCase();
}
