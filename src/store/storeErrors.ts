// Every failure of the store that is not the disk's, made in one place.
import { BenchError } from '../protocol/benchError';
import type { RecordKind } from './records';

/** The store cannot do what was asked; nothing was changed. `code` starts with `store-`. */
export class StoreError extends BenchError {
  override readonly name = 'StoreError';
}

/** One factory per failure; `file` is the path of the file it is about. */
export const storeErrors = {
  newerSchema: (file: string, version: number, known: number): StoreError =>
    new StoreError({
      code: 'store-newer',
      message: `${file} says schema version ${version}; this program knows ${known} and older ones.`,
      place: file,
      nextStep: 'Install the version of Compressor Bench that wrote it, or a newer one.',
    }),
  brokenSchema: (file: string, why: string): StoreError =>
    new StoreError({
      code: 'store-schema-broken',
      message: `${file} ${why}, so it is not known how to read this bench.`,
      place: file,
      nextStep: 'Put the file back as it was, or write {"schemaVersion":1} into it if this version made the bench.',
    }),
  notAFolder: (path: string, kind: string): StoreError =>
    new StoreError({
      code: 'store-no-folder',
      message: `${path} is ${kind}, not a folder, so nothing can be kept in it.`,
      place: path,
      nextStep: 'Move it out of the way.',
    }),
  brokenFolder: (path: string, why: string): StoreError =>
    new StoreError({
      code: 'store-unreadable',
      message: `${path} ${why}.`,
      place: path,
      nextStep: 'Check the disk, and the permissions of the folder.',
    }),
  noProject: (id: number): StoreError =>
    new StoreError({
      code: 'store-no-project',
      message: `There is no project ${id}.`,
      place: `project ${id}`,
      nextStep: 'List the projects, and name one of those.',
    }),
  noRecord: (kind: RecordKind, id: number): StoreError =>
    new StoreError({
      code: 'store-no-record',
      message: `There is no ${kind} ${id}.`,
      place: `${kind} ${id}`,
      nextStep: `List the ${kind} records, and name one of those.`,
    }),
  stale: (kind: RecordKind, id: number, expected: number, actual: number): StoreError =>
    new StoreError({
      code: 'store-stale',
      message: `The ${kind} ${id} was changed by somebody else meanwhile: it has version ${actual}, not ${expected}.`,
      place: `${kind} ${id}`,
      nextStep: 'Read it again and repeat the change.',
    }),
  busy: (file: string, pid: number | undefined): StoreError =>
    new StoreError({
      code: 'store-busy',
      message: `${file} is being changed by another process${pid === undefined ? '' : ` (${pid})`} that does not finish.`,
      place: file,
      nextStep: 'Try again; stop that process if it hangs.',
    }),
  unreadable: (kind: RecordKind, why: string): StoreError =>
    new StoreError({
      code: 'store-unfit',
      message: `This ${kind} cannot be kept: ${why}.`,
      place: kind,
      nextStep: 'Correct the value.',
    }),
  noEngine: (path: string): StoreError =>
    new StoreError({
      code: 'store-no-engine',
      message: `A part of this program is missing: ${path}.`,
      place: path,
      nextStep: 'Install the product again; the file belongs to it.',
    }),
  closed: (folder: string): StoreError =>
    new StoreError({ code: 'store-closed', message: `The store of ${folder} was closed.`, place: folder }),
};
