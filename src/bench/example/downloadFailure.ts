// Tells what an error of the HTTP client means.
import { systemErrorCode } from '../../files/fileErrors';
import { BenchError } from '../../protocol/benchError';
import { downloadErrors } from './downloadErrors';

const unreachable = new Set([
  ...['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ECONNREFUSED', 'ENETUNREACH', 'ENETDOWN', 'EHOSTUNREACH', 'EHOSTDOWN'],
  ...['ETIMEDOUT', 'EADDRNOTAVAIL', 'UND_ERR_CONNECT_TIMEOUT'],
]);

const untrusted =
  /^(?:CERT_|ERR_TLS_|ERR_SSL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_(?:GET|VERIFY|DECRYPT|DECODE)|HOSTNAME_MISMATCH|INVALID_CA)/;

const slow = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** The typed error for whatever the client threw while it asked `url`; an error that is ours is given back as it is. */
export function downloadFailure(thrown: unknown, url: string, idleTimeoutMs: number): BenchError {
  if (thrown instanceof BenchError) return thrown;
  const code = codeOf(thrown);
  if (code === undefined) return downloadErrors.interrupted(url, thrown);
  if (unreachable.has(code)) return downloadErrors.noNetwork(url, code, thrown);
  if (untrusted.test(code)) return downloadErrors.certificate(url, code, thrown);
  if (slow.has(code)) return downloadErrors.stalled(url, idleTimeoutMs, thrown);
  // Nobody but a proxy that will not connect ends a request like this.
  if (code === 'UND_ERR_ABORTED')
    return downloadErrors.proxy(`The proxy refused to connect to ${hostOf(url)}.`, thrown);
  return downloadErrors.interrupted(url, thrown);
}

/** The client wraps the system's error now and then. */
function codeOf(thrown: unknown): string | undefined {
  const cause = thrown instanceof Error ? systemErrorCode(thrown.cause) : undefined;
  return cause ?? systemErrorCode(thrown);
}

function hostOf(url: string): string {
  return new URL(url).host;
}
