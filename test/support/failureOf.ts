// What a promise fails with, for tests that look at the failure closely.
import { BenchError } from '../../src/protocol/benchError';

/** The sentence `work` fails with; throws when it fails with anything else, or not at all. */
export async function failureOf(work: Promise<unknown>): Promise<BenchError> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof BenchError) return thrown;
    throw thrown;
  }
  throw new Error('it was expected to fail');
}
