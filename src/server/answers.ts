// Writes answers: JSON, plain text and files, with the headers every answer has.
import type { FileHandle } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { FileAnswer } from '../bench/operation';
import type { Admitted } from './doorkeeper';

/** A client that takes nothing of an answer for so long has gone. */
const stalledAfterMs = 60_000;

/** Headers of every answer: it is for this client and this page alone, and is what it says it is. */
export function setCommonHeaders(response: ServerResponse, { foreignOrigin }: Admitted): void {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Vary', 'Origin');
  if (foreignOrigin === null) return;
  response.setHeader('Access-Control-Allow-Origin', foreignOrigin);
  response.setHeader('Access-Control-Expose-Headers', 'Content-Disposition, Refresh');
}

/** Answers the question a browser asks before it lets a page of another origin send a request. */
export function answerPreflight(response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Methods', 'GET, POST, PUT');
  response.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type');
  response.setHeader('Access-Control-Allow-Private-Network', 'true');
  response.setHeader('Access-Control-Max-Age', '600');
  response.writeHead(204).end();
}

export function answerText(response: ServerResponse, status: number, text: string): void {
  send(response, status, 'text/plain; charset=utf-8', text);
}

/** @param json as it is sent */
export function answerJson(response: ServerResponse, json: string | Buffer, status = 200): void {
  send(response, status, 'application/json; charset=utf-8', json);
}

function send(response: ServerResponse, status: number, contentType: string, content: string | Buffer): void {
  begin(response, status, contentType, Buffer.byteLength(content));
  response.end(content);
}

function begin(response: ServerResponse, status: number, contentType: string, sizeBytes: number): void {
  response.setTimeout(stalledAfterMs, () => response.destroy());
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': sizeBytes });
}

/** Answers with text that is saved or shown as a file. */
export function answerFileText(response: ServerResponse, answer: FileAnswer, text: string): void {
  setFileHeaders(response, answer);
  send(response, 200, answer.contentType, text);
}

/** Streams an open file, as long as it is now, and closes it. */
export async function answerFile(response: ServerResponse, answer: FileAnswer, file: FileHandle): Promise<void> {
  try {
    const { size } = await file.stat();
    setFileHeaders(response, answer);
    begin(response, 200, answer.contentType, size);
    // A log may grow meanwhile: no more is sent than was announced.
    if (size > 0) await pipeline(file.createReadStream({ start: 0, end: size - 1, autoClose: false }), response);
    else response.end();
  } finally {
    await file.close();
  }
}

function setFileHeaders(response: ServerResponse, { attachmentName, refreshS }: FileAnswer): void {
  if (attachmentName !== undefined) response.setHeader('Content-Disposition', attachmentOf(attachmentName));
  if (refreshS !== undefined) response.setHeader('Refresh', String(refreshS));
}

/** RFC 6266: a name in ASCII for all, the real one for those who read it. */
function attachmentOf(name: string): string {
  const plain = name.replaceAll(/[^\w .()+-]/g, '_');
  const encoded = encodeURIComponent(name.replaceAll(/\p{Surrogate}/gu, '_')).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
