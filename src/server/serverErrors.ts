// Why a server does not start, and why it turns a request away before an operation sees it, made in one place.
import { BenchError } from '../protocol/benchError';

/** A server that cannot be started as it was asked to. `code` starts with `server-`. */
export class ServerError extends BenchError {
  override readonly name = 'ServerError';
}

/** One factory per failure. */
export const serverErrors = {
  portInUse: (host: string, port: number): ServerError =>
    new ServerError({
      code: 'server-port-in-use',
      message: `Port ${port} of ${host} is in use by another program.`,
      nextStep: 'Stop that program, or choose another port with --port; --port 0 takes any that is free.',
    }),
  portDenied: (host: string, port: number): ServerError =>
    new ServerError({
      code: 'server-port-denied',
      message: `This user may not listen on port ${port} of ${host}.`,
      nextStep: 'Choose a port above 1023 with --port.',
    }),
  hostUnknown: (host: string, systemCode: string): ServerError =>
    new ServerError({
      code: 'server-host',
      message: `${JSON.stringify(host)} is no address of this machine (${systemCode}).`,
      nextStep: 'Give --host a name or address this machine has, or leave it out to serve this machine alone.',
    }),
  notListening: (host: string, port: number, cause: unknown): ServerError =>
    new ServerError(
      {
        code: 'server-listen',
        message: `Could not listen on port ${port} of ${host}: the system refused.`,
        nextStep: 'Choose another --port or --host.',
      },
      { cause },
    ),
  openToAll: (host: string): ServerError =>
    new ServerError({
      code: 'server-token-none',
      message: `--token none lets in whoever reaches ${host}; it is for this machine alone.`,
      nextStep: 'Leave out --token (one is made) or leave out --host.',
    }),
  tokenUnfit: (): ServerError =>
    new ServerError({
      code: 'server-token',
      message: 'A token is 8 to 200 letters, digits and signs of - . _ ~, so that it fits into a URL.',
      nextStep: 'Give another --token, or leave it out: one is made.',
    }),
  originUnfit: (origin: string): ServerError =>
    new ServerError({
      code: 'server-origin',
      message: `--allow-origin ${JSON.stringify(origin)} is no origin: it is a scheme, a host and perhaps a port.`,
      nextStep: 'Give it as the browser shows it, such as https://bench.example.com or http://localhost:3000.',
    }),
  prefixUnfit: (prefix: string): ServerError =>
    new ServerError({
      code: 'server-prefix',
      message: `--url-prefix ${JSON.stringify(prefix)} is not made of letters, digits and signs of - . _ ~ between slashes.`,
      nextStep: 'Give it such as /bench or /team/bench.',
    }),
  tlsIncomplete: (missing: string): ServerError =>
    new ServerError({
      code: 'server-tls-incomplete',
      message: `A certificate and its key belong together, and ${missing} is not given.`,
      nextStep: 'Give both --tls-cert and --tls-key, or neither.',
    }),
  tlsUnfit: (path: string, what: string, nextStep: string): ServerError =>
    new ServerError({ code: 'server-tls-file', message: `${path} ${what}.`, place: path, nextStep }),
  folder: (option: string, path: string, why: string): ServerError =>
    new ServerError({
      code: 'server-folder',
      message: `${path}, given as ${option}, ${why}.`,
      place: path,
      nextStep: 'Name a folder that exists.',
    }),
};

/** Why a request is turned away before any operation sees it, with the HTTP status that says so. */
export class Refused extends BenchError {
  override readonly name = 'Refused';

  constructor(
    readonly status: number,
    code: string,
    message: string,
    /** Methods that would do; null where that is not the matter. */
    readonly methods: readonly string[] | null = null,
  ) {
    super({ code: `server-${code}`, message });
  }
}

/** One factory per refusal. */
export const refusals = {
  token: (): Refused => new Refused(403, 'token-wrong', 'Access denied: the token is missing or wrong.'),
  host: (): Refused =>
    new Refused(403, 'host-wrong', 'Access denied: this server does not go by the name in Host (--host).'),
  origin: (): Refused =>
    new Refused(403, 'origin-wrong', 'Access denied: pages of this origin may not use the server (--allow-origin).'),
  unknownPath: (): Refused => new Refused(404, 'path-unknown', 'There is nothing at this path.'),
  /** @param allowed at least one */
  method: (allowed: readonly string[] = ['GET', 'POST']): Refused =>
    new Refused(405, 'method', `Use ${allowed.join(' or ')}.`, allowed),
  bodyTooLarge: (limitBytes: number): Refused =>
    new Refused(413, 'body-size', `The body of a request is at most ${limitBytes} bytes.`),
  bodyEncoded: (): Refused => new Refused(415, 'body-encoding', 'Send the body as it is, without Content-Encoding.'),
  bodyText: (): Refused => new Refused(400, 'body-text', 'The body is not UTF-8 text.'),
  bodyJson: (why: string): Refused => new Refused(400, 'body-json', `The body is not readable JSON: ${why}.`),
  bodyType: (): Refused => new Refused(415, 'body-type', 'Send parameters as JSON or as a form (urlencoded).'),
  tooManyParameters: (limit: number): Refused =>
    new Refused(400, 'parameters', `A query or form has at most ${limit} parameters.`),
};
