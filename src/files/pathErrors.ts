// Every refusal of the path gate, made in one place.
import { BenchError } from '../protocol/benchError';

/** A path named by a model, a request or an agent that is not followed. `code` starts with `path-`. */
export class PathError extends BenchError {
  override readonly name = 'PathError';
}

/** Shows a hostile path on one line: control characters and very long names must not garble a terminal. */
function shown(namedPath: string): string {
  const text = JSON.stringify(namedPath.length > 200 ? `${namedPath.slice(0, 200)}…` : namedPath);
  return text.replace(/[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '?');
}

/** One factory per refusal; `namedPath` is the path as it was given. */
export const pathErrors = {
  malformed: (namedPath: string, why: string): PathError =>
    new PathError({
      code: 'path-malformed',
      message: `The path ${shown(namedPath)} ${why}.`,
      place: shown(namedPath),
      nextStep: 'Name the file by a plain relative path, such as weights.bin or parts/weights.bin.',
    }),
  outside: (namedPath: string, baseFolder: string): PathError =>
    new PathError({
      code: 'path-outside',
      message: `The path ${shown(namedPath)} leads outside the folder ${baseFolder}.`,
      place: shown(namedPath),
      nextStep: 'Move the file into that folder and name it by its relative path, if you trust where it came from.',
    }),
  missing: (namedPath: string, baseFolder: string): PathError =>
    new PathError({
      code: 'path-missing',
      message: `There is no file ${shown(namedPath)} in the folder ${baseFolder}.`,
      place: shown(namedPath),
      nextStep: 'Put the file there; it has to travel together with the file that names it.',
    }),
  notRegular: (namedPath: string, kind: string): PathError =>
    new PathError({
      code: 'path-not-a-file',
      message: `The path ${shown(namedPath)} is ${kind}, not a regular file.`,
      place: shown(namedPath),
      nextStep: 'Put a plain copy of the file in its place.',
    }),
  hardLink: (namedPath: string): PathError =>
    new PathError({
      code: 'path-hard-link',
      message: `The file ${shown(namedPath)} has a second name elsewhere (a hard link), so it may be a file of another folder.`,
      place: shown(namedPath),
      nextStep: 'Put a plain copy of the file in its place.',
    }),
  unreadable: (namedPath: string, systemCode: string, cause: unknown): PathError =>
    new PathError(
      {
        code: 'path-unreadable',
        message: `The file ${shown(namedPath)} cannot be read: the system reported ${systemCode}.`,
        place: shown(namedPath),
        nextStep: 'Check its permissions and those of its folder.',
      },
      { cause },
    ),
};
