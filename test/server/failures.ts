// Failures that operations may end with, for tests of what clients are told of them.
import { BenchError } from '../../src/protocol/benchError';

/** Something nobody expected, whose text is not for clients. */
export function internalFailure(path: string): Error {
  return new TypeError(`cannot read properties of undefined (reading ${path})`);
}

/** A failure of ours that names a file. */
export function configErrorsSample(path: string): BenchError {
  return new BenchError({
    code: 'config-invalid',
    message: `The file ${path} names ${path}.bak, which is missing.`,
    place: path,
    nextStep: `Look into ${path}.`,
  });
}
