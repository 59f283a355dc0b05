// Whether what was read from a file still holds, told from its mark alone.
import type { FileMark } from '../files/disk';

/** File systems keep times in steps, the coarsest of two seconds (FAT). */
const coarsestStepMs = 2000;

/** A mark, and whether any later change of the file is sure to change it. */
export interface TakenMark extends FileMark {
  readonly isSettled: boolean;
}

/** @param takenAtMs the time just before the mark was taken */
export function takenMark(mark: FileMark, takenAtMs: number): TakenMark {
  // A change within the same step as the one before it would leave the times as they are.
  const isSettled = Math.max(mark.modifiedMs, mark.changedMs) < takenAtMs - coarsestStepMs;
  return { ...mark, isSettled };
}

/** Whether a file looks just as it did. */
export function isSameMark(before: FileMark, now: FileMark): boolean {
  return (
    before.changedMs === now.changedMs &&
    before.modifiedMs === now.modifiedMs &&
    before.sizeBytes === now.sizeBytes &&
    before.inode === now.inode &&
    before.kind === now.kind
  );
}

/** Whether what was read when the mark was taken is sure to be what would be read now. */
export function stillHolds(before: TakenMark | undefined, now: FileMark): boolean {
  return before?.isSettled === true && isSameMark(before, now);
}
