// Every failure of reading a configuration file, made in one place.
import { basename } from 'node:path';
import { BenchError } from '../protocol/benchError';
import type { FailureRecord } from '../protocol/benchError';
import { problemText } from './configProblem';
import type { ConfigProblem } from './configProblem';

/** A configuration file that cannot be used. `code` starts with `config-`. */
export class ConfigError extends BenchError {
  override readonly name = 'ConfigError';

  constructor(
    record: FailureRecord,
    /** Everything found wrong, in the order of the file; empty when the file could not be read at all. */
    readonly problems: readonly ConfigProblem[] = [],
  ) {
    super(record);
  }
}

/** How many problems a sentence lists; a wholly wrong file need not fill the screen. */
const listedProblems = 20;

export const configErrors = {
  invalid: (file: string, problems: readonly ConfigProblem[]): ConfigError => {
    const name = basename(file);
    const lines = problems.slice(0, listedProblems).map((problem) => `  ${problemText(name, problem)}`);
    if (problems.length > listedProblems) lines.push(`  … and ${problems.length - listedProblems} more.`);
    const [first] = problems;
    const count = problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`;
    return new ConfigError(
      {
        code: 'config-invalid',
        message: `${file} has ${count}:\n${lines.join('\n')}`,
        ...(first === undefined ? {} : { place: `${file}:${first.line}:${first.column}` }),
        nextStep: 'Correct the lines named above.',
      },
      problems,
    );
  },
  tooLarge: (file: string, sizeBytes: number, limitBytes: number): ConfigError =>
    new ConfigError({
      code: 'config-too-large',
      message: `${file} is ${sizeBytes} bytes long; a configuration file of more than ${limitBytes} bytes is not read.`,
      place: file,
      nextStep: 'Check that this is the file you meant.',
    }),
  notAFile: (file: string): ConfigError =>
    new ConfigError({
      code: 'config-not-a-file',
      message: `${file} is no plain file but a device or a pipe.`,
      place: file,
      nextStep: 'Name the configuration file itself.',
    }),
  encoding: (file: string): ConfigError =>
    new ConfigError({
      code: 'config-encoding',
      message: `${file} is not UTF-8 text.`,
      place: file,
      nextStep: 'Save the file as UTF-8 in your editor.',
    }),
};
