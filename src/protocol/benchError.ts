// The one error shape of the product: a code to branch on, a sentence, the place, and the next step.

/** What crosses a process boundary when something failed. */
export interface FailureRecord {
  /** Stable, kebab-case, prefixed by area: `model-truncated`, `data-label-line`, `job-memory-limit`, … */
  readonly code: string;
  /** One sentence for a person: what happened, naming the file. */
  readonly message: string;
  /** Where: a node, a tensor, a line, a key path. */
  readonly place?: string;
  /** What to do now, one sentence. */
  readonly nextStep?: string;
}

/** Code of what somebody cancelled: no failure for those who wanted it. */
export const cancelledCode = 'cancelled';

/**
 * Base of every error a user may see. Areas make theirs in one file (`modelErrors.ts`, `dataErrors.ts`, …) as small
 * factory functions; callers branch on `code`, never on text.
 */
export class BenchError extends Error {
  readonly code: string;
  readonly place: string | undefined;
  readonly nextStep: string | undefined;

  constructor(record: FailureRecord, options?: { cause?: unknown }) {
    super(record.message, options);
    this.name = 'BenchError';
    this.code = record.code;
    this.place = record.place;
    this.nextStep = record.nextStep;
  }

  /** The plain record, for JSON and for the other end of a channel. */
  toRecord(): FailureRecord {
    return {
      code: this.code,
      message: this.message,
      ...(this.place === undefined ? {} : { place: this.place }),
      ...(this.nextStep === undefined ? {} : { nextStep: this.nextStep }),
    };
  }
}

/** Turns anything thrown into a record; an error that is not ours becomes `internal`. */
export function failureRecordOf(thrown: unknown): FailureRecord {
  if (thrown instanceof BenchError) return thrown.toRecord();
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: 'internal',
    message: `Something went wrong that this program did not expect: ${message}`,
    nextStep: 'Report it with what the log says (on the command line: what --verbose prints).',
  };
}
