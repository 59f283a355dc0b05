// Where the real models and data beside the project are, if they are.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const beside = resolve(import.meta.dirname, '../../../shared');

/** `../shared` beside the project, or undefined on machines that do not have it. */
export const sharedFolder: string | undefined = existsSync(resolve(beside, 'data/MANIFEST.json')) ? beside : undefined;
