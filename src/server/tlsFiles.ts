// Reads the certificate and the key a server is secured with, and tells what is wrong with them in a sentence.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileErrorOf, systemErrorCode } from '../files/fileErrors';
import { serverErrors } from './serverErrors';

/** PEM texts. */
export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Throws ServerError or FileError when the files cannot be read, are not PEM, or do not belong together. */
export function readTlsFiles(certPath: string, keyPath: string): TlsFiles {
  const cert = readPem(certPath);
  const key = readPem(keyPath);
  const certificate = certificateIn(cert, certPath);
  if (!certificate.checkPrivateKey(privateKeyIn(key, keyPath))) {
    throw serverErrors.tlsUnfit(
      keyPath,
      `is not the key of the certificate ${certPath}`,
      'Give the certificate and the key that were made together.',
    );
  }
  return { cert, key };
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (thrown) {
    throw fileErrorOf(thrown, path, 'read');
  }
}

function certificateIn(pem: Buffer, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw serverErrors.tlsUnfit(path, 'holds no certificate', 'Give a file in PEM form, its own certificate first.');
  }
}

function privateKeyIn(pem: Buffer, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (thrown) {
    const isLocked = systemErrorCode(thrown) === 'ERR_MISSING_PASSPHRASE';
    throw isLocked
      ? serverErrors.tlsUnfit(path, 'is locked with a passphrase', 'Give a key without one: openssl pkey -in KEY.')
      : serverErrors.tlsUnfit(path, 'holds no private key', 'Give a file in PEM form.');
  }
}
