// Fetches a known file: into a `.part` beside its place, resumed where it broke off, checked by size and SHA-256.
import { existsSync } from 'node:fs';
import { open, rename, rm, stat, statfs } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileErrorOf, fileErrors, systemErrorCode } from '../../files/fileErrors';
import { sha256OfFile } from '../../files/fileHash';
import { DownloadConnection } from './downloadConnection';
import type { WebAnswer } from './downloadConnection';
import { DownloadError, downloadErrors } from './downloadErrors';
import { downloadFailure } from './downloadFailure';
import { forgetOrigin, noteOrigin, originOf } from './downloadOrigin';

/** A file whose content is known before it is fetched. */
export interface KnownFile {
  /** Places that have it, tried in order. */
  readonly urls: readonly string[];
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** How much is there: after each piece, and at once for what an earlier try left. */
  readonly onBytes?: (bytes: number) => void;
  /** How long to wait for a connection, an answer, and the next piece of it. */
  readonly idleTimeoutMs?: number;
  /** Tries in a row that bring nothing before a place is given up. */
  readonly tries?: number;
  /** Before the second try; twice as long before each further one. */
  readonly pauseMs?: number;
}

const defaults = { idleTimeoutMs: 30_000, tries: 4, pauseMs: 500 } as const;

/** What one try needs to know. */
interface Try {
  readonly url: string;
  readonly file: KnownFile;
  readonly partPath: string;
  readonly connection: DownloadConnection;
  readonly options: DownloadOptions & Required<Omit<DownloadOptions, 'onBytes'>>;
}

/**
 * Puts the file in its place, which must be free. Throws DownloadError or FileError, or what `signal` was aborted with;
 * what arrived until then stays beside the place and is gone on with next time, unless it was wrong.
 */
export async function download(file: KnownFile, path: string, options: DownloadOptions): Promise<void> {
  const settings = { ...defaults, ...options };
  const partPath = `${path}.part`;
  await checkRoom(file, partPath);
  await using connection = await DownloadConnection.open(settings.idleTimeoutMs);
  let first: DownloadError | undefined;
  for (const url of file.urls) {
    try {
      await fetchFrom({ url, file, partPath, connection, options: settings });
      await putInPlace(partPath, path);
      return;
    } catch (thrown) {
      if (!(thrown instanceof DownloadError) || thrown.remedy === 'none') throw thrown;
      first ??= thrown;
    }
  }
  throw first ?? new RangeError('a file to download needs an address');
}

/** All of the file from one place, in as many tries as bring something. */
async function fetchFrom(attempt: Try): Promise<void> {
  const { file, partPath, options } = attempt;
  let fruitless = 0;
  let isFresh = false;
  for (;;) {
    const before = await usableSizeOf(partPath, file);
    isFresh ||= before === 0;
    try {
      if (before !== file.sizeBytes) await receive(attempt, before);
      await check(attempt);
      return;
    } catch (thrown) {
      options.signal.throwIfAborted();
      if (!(thrown instanceof DownloadError)) throw thrown;
      // What an earlier try left may have been another file: once from the start.
      if (thrown.code === 'download-wrong-hash' && !isFresh) continue;
      if (thrown.remedy !== 'again') throw thrown;
      fruitless = (await sizeOf(partPath)) > before ? 1 : fruitless + 1;
      if (fruitless >= options.tries) throw thrown;
      await setTimeout(options.pauseMs * 2 ** (fruitless - 1), undefined, { signal: options.signal });
    }
  }
}

/** Appends to the part what is missing, or begins it anew where the place does not go on. */
async function receive({ url, file, partPath, connection, options }: Try, have: number): Promise<void> {
  const { signal, idleTimeoutMs } = options;
  const answer = await connection.get(url, await requestHeaders(partPath, url, have), signal);
  try {
    const start = startOf(answer, url, file, have);
    await noteOrigin(partPath, url, answer.header('etag'));
    await using part = await openPart(partPath, start);
    let received = start;
    options.onBytes?.(received);
    for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
      received += piece.byteLength;
      if (received > file.sizeBytes) throw downloadErrors.wrongSize(url, received, file.sizeBytes);
      await append(part, piece, partPath, file.sizeBytes - received);
      options.onBytes?.(received);
    }
    if (received < file.sizeBytes) throw downloadErrors.interrupted(url, undefined);
    await part.sync();
  } catch (thrown) {
    signal.throwIfAborted();
    const failure = downloadFailure(thrown, url, idleTimeoutMs);
    if (failure.code === 'download-wrong-size' || failure.code === 'download-disk-full') await discard(partPath);
    throw failure;
  } finally {
    answer.body.destroy();
  }
}

/** `If-Range` makes a place that has another file by now send all of it (RFC 9110, 13.1.5). */
async function requestHeaders(partPath: string, url: string, have: number): Promise<Record<string, string>> {
  const always = { 'accept-encoding': 'identity', 'user-agent': 'compressor-bench' };
  if (have === 0) return always;
  const etag = await originOf(partPath, url);
  return { ...always, range: `bytes=${have}-`, ...(etag === undefined ? {} : { 'if-range': etag }) };
}

/** Where in the file the body of an answer begins. Throws when it is not this file. */
function startOf(answer: WebAnswer, url: string, file: KnownFile, have: number): number {
  const { status } = answer;
  if (status === 404 || status === 410) throw downloadErrors.notFound(url, status);
  if (status === 206) {
    const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.header('content-range') ?? '') ?? [];
    if (total !== undefined && total !== '*' && Number(total) !== file.sizeBytes) {
      throw downloadErrors.wrongSize(url, Number(total), file.sizeBytes);
    }
    if (Number(first) === have) return have;
  }
  // Nothing is left to send: the file there is no longer than what is here.
  if (status === 416) throw downloadErrors.wrongSize(url, have, file.sizeBytes);
  if (status !== 200) throw downloadErrors.status(url, status);
  const length = answer.header('content-length');
  if (length !== undefined && Number(length) !== file.sizeBytes) {
    throw downloadErrors.wrongSize(url, Number(length), file.sizeBytes);
  }
  return 0;
}

async function check({ url, file, partPath }: Try): Promise<void> {
  const sha256 = await sha256OfFile(partPath);
  if (sha256 === file.sha256) return;
  await discard(partPath);
  throw downloadErrors.wrongHash(url, sha256, file.sha256);
}

async function putInPlace(partPath: string, path: string): Promise<void> {
  // Renaming would replace what somebody put there meanwhile.
  if (existsSync(path)) throw fileErrors.exists(path);
  try {
    await rename(partPath, path);
  } catch (thrown) {
    throw fileErrorOf(thrown, path);
  }
  await forgetOrigin(partPath);
}

async function openPart(path: string, start: number): Promise<FileHandle> {
  try {
    const part = await open(path, start === 0 ? 'w' : 'a');
    return part;
  } catch (thrown) {
    throw fileErrorOf(thrown, path);
  }
}

async function append(part: FileHandle, piece: Uint8Array, path: string, missingBytes: number): Promise<void> {
  try {
    await part.appendFile(piece);
  } catch (thrown) {
    const code = systemErrorCode(thrown);
    if (code === 'ENOSPC' || code === 'EDQUOT') throw downloadErrors.diskFull(dirname(path), missingBytes, thrown);
    throw fileErrorOf(thrown, path);
  }
}

/** Better than filling the disk and failing then. */
async function checkRoom(file: KnownFile, partPath: string): Promise<void> {
  const missing = file.sizeBytes - (await sizeOf(partPath));
  // Some network file systems tell nothing, or refuse to.
  const { bavail, bsize } = await statfs(dirname(partPath)).catch(() => ({ bavail: 0, bsize: 0 }));
  if (bsize > 0 && bavail > 0 && bavail * bsize < missing) throw downloadErrors.diskFull(dirname(partPath), missing);
}

/** How much there is to go on with; more than the whole file is none of it. */
async function usableSizeOf(partPath: string, file: KnownFile): Promise<number> {
  const size = await sizeOf(partPath);
  if (size <= file.sizeBytes) return size;
  await discard(partPath);
  return 0;
}

async function discard(partPath: string): Promise<void> {
  await rm(partPath, { force: true });
  await forgetOrigin(partPath);
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (thrown) {
    if (systemErrorCode(thrown) === 'ENOENT') return 0;
    throw fileErrorOf(thrown, path, 'read');
  }
}
