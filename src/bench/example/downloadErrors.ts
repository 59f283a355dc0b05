// Every failure of a download, made in one place, each with the next step.
import { BenchError } from '../../protocol/benchError';
import type { FailureRecord } from '../../protocol/benchError';

/** What can be done about it without a person. */
export type Remedy = 'again' | 'elsewhere' | 'none';

/** A download that failed. `code` starts with `download-`. */
export class DownloadError extends BenchError {
  override readonly name = 'DownloadError';

  /** @param remedy whether the same place may answer later, another place may, or neither helps */
  constructor(
    record: FailureRecord,
    readonly remedy: Remedy,
    cause?: unknown,
  ) {
    super(record, cause === undefined ? undefined : { cause });
  }
}

/** Addresses go into messages without user names, passwords and the signatures of storage services. */
function shown(url: string): string {
  try {
    const { origin, pathname } = new URL(url);
    return `${origin}${pathname}`.slice(0, 300);
  } catch {
    return JSON.stringify(url.slice(0, 300));
  }
}

const byHand = 'Or download the file elsewhere and make a project from it.';

/** One factory per failure. `url` is the address that was asked. */
export const downloadErrors = {
  noNetwork: (url: string, systemCode: string, cause: unknown): DownloadError =>
    new DownloadError(
      {
        code: 'download-no-network',
        message: `Could not reach ${shown(url)}: the system reported ${systemCode}.`,
        nextStep: `Check the network; behind a proxy set HTTPS_PROXY. ${byHand}`,
      },
      'again',
      cause,
    ),
  certificate: (url: string, systemCode: string, cause: unknown): DownloadError =>
    new DownloadError(
      {
        code: 'download-certificate',
        message: `${shown(url)} did not prove who it is: the system reported ${systemCode}.`,
        nextStep:
          'If a proxy of your company stands in between, name its certificate in NODE_EXTRA_CA_CERTS and start again.',
      },
      'elsewhere',
      cause,
    ),
  proxy: (message: string, cause?: unknown): DownloadError =>
    new DownloadError(
      {
        code: 'download-proxy',
        message,
        nextStep: 'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY: they look like http://user:password@host:port.',
      },
      'none',
      cause,
    ),
  interrupted: (url: string, cause: unknown): DownloadError =>
    new DownloadError(
      {
        code: 'download-interrupted',
        message: `The connection to ${shown(url)} broke before everything had arrived.`,
        nextStep: 'Try again; it goes on where it stopped.',
      },
      'again',
      cause,
    ),
  stalled: (url: string, afterMs: number, cause: unknown): DownloadError =>
    new DownloadError(
      {
        code: 'download-stalled',
        message: `${shown(url)} sent nothing for ${afterMs / 1000} s.`,
        nextStep: 'Try again later; it goes on where it stopped.',
      },
      'again',
      cause,
    ),
  notFound: (url: string, status: number): DownloadError =>
    new DownloadError(
      {
        code: 'download-not-found',
        message: `There is no such file at ${shown(url)} any more (status ${status}).`,
        nextStep: `Choose another example. ${byHand}`,
      },
      'elsewhere',
    ),
  status: (url: string, status: number): DownloadError =>
    new DownloadError(
      {
        code: 'download-status',
        message: `${shown(url)} answered with status ${status}.`,
        nextStep: `Try again later. ${byHand}`,
      },
      status === 429 || status >= 500 ? 'again' : 'elsewhere',
    ),
  redirects: (url: string, why: string): DownloadError =>
    new DownloadError(
      { code: 'download-redirects', message: `${shown(url)} ${why}.`, nextStep: `Try again later. ${byHand}` },
      'elsewhere',
    ),
  wrongSize: (url: string, sizeBytes: number, expectedBytes: number): DownloadError =>
    new DownloadError(
      {
        code: 'download-wrong-size',
        message: `${shown(url)} has ${sizeBytes} bytes where ${expectedBytes} were expected, so it is another file.`,
        nextStep: `Nothing of it was kept. ${byHand}`,
      },
      'elsewhere',
    ),
  wrongHash: (url: string, sha256: string, expected: string): DownloadError =>
    new DownloadError(
      {
        code: 'download-wrong-hash',
        message: `What ${shown(url)} sent is not the expected file: its SHA-256 is ${sha256}, not ${expected}.`,
        nextStep: `Nothing of it was kept. ${byHand}`,
      },
      'elsewhere',
    ),
  diskFull: (folder: string, neededBytes: number, cause?: unknown): DownloadError =>
    new DownloadError(
      {
        code: 'download-disk-full',
        message: `There is no room in ${folder} for the ${Math.ceil(neededBytes / 1e6)} MB that are still to come.`,
        place: folder,
        nextStep: 'Free some space and try again.',
      },
      'none',
      cause,
    ),
};
