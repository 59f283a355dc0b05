// The token that lets clients in: made, checked for fitness, compared.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { serverErrors } from './serverErrors';

/** What clients have to know; null: whoever reaches the server may use it. */
export type Token = string | null;

/** 256 random bits, in letters that need no escaping anywhere. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** A token somebody chose. Throws ServerError when it could not be sent in a URL or a header, or is easily guessed. */
export function checkedToken(text: string): string {
  if (!/^[\w.~-]{8,200}$/.test(text)) throw serverErrors.tokenUnfit();
  return text;
}

/** Whether one of the texts a client sent is the token; takes as long whichever part of a text is wrong. */
export function isLetIn(token: Token, sent: readonly unknown[]): boolean {
  if (token === null) return true;
  const wanted = digest(token);
  return sent
    .filter((text) => typeof text === 'string')
    .map((text) => timingSafeEqual(digest(text), wanted))
    .includes(true);
}

/** The token in an `Authorization` header, plain or after `Bearer`. */
export function tokenInHeader(header: string | undefined): string | undefined {
  return header?.replace(/^bearer +/i, '').trim();
}

/** Texts of any length become comparable. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
