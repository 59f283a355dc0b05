// Where an unfinished download came from, kept beside it, so that it can go on in another process.
import { readFile, rm } from 'node:fs/promises';
import { replaceFile } from '../../files/atomicWrite';
import { isPlainObject } from '../requestReader';

function pathOf(partPath: string): string {
  return `${partPath}.json`;
}

/** Notes the place and how it names this content. */
export async function noteOrigin(partPath: string, url: string, etag: string | undefined): Promise<void> {
  await replaceFile(pathOf(partPath), `${JSON.stringify({ url, etag })}\n`);
}

/** How the place named the content of an unfinished download; undefined when it did not, or it came from elsewhere. */
export async function originOf(partPath: string, url: string): Promise<string | undefined> {
  try {
    const noted: unknown = JSON.parse(await readFile(pathOf(partPath), 'utf8'));
    if (!isPlainObject(noted) || noted['url'] !== url || typeof noted['etag'] !== 'string') return undefined;
    // Only strong names may be used to go on with (RFC 9110, 13.1.5).
    return noted['etag'].startsWith('W/') ? undefined : noted['etag'];
  } catch {
    // Without it the content is asked for all the same: the hash decides.
    return undefined;
  }
}

export async function forgetOrigin(partPath: string): Promise<void> {
  await rm(pathOf(partPath), { force: true });
}
