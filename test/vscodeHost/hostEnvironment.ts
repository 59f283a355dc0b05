// Variables by which whoever starts the suites and the suites in the extension host tell each other things.

export const hostEnvironment = {
  /** Which folder the window has open: `empty`, `bench`, `untrusted` or `folders`. */
  workspace: 'COMPRESSOR_BENCH_TEST_WORKSPACE',
  /** File that the suites write a line into for each test. */
  report: 'COMPRESSOR_BENCH_TEST_REPORT',
  /** Names of suites to run, with commas between them; empty: all. */
  only: 'COMPRESSOR_BENCH_TEST_ONLY',
} as const;

/** What the window has open: nothing in it, a bench (trusted), a bench in restricted mode, two folders. */
export const workspaceKinds = ['empty', 'bench', 'untrusted', 'folders'] as const;

export type WorkspaceKind = (typeof workspaceKinds)[number];

/** A line of the report; the last one says that all suites came to their end. */
export type ReportLine =
  | { readonly title: string; readonly state: 'passed' | 'failed' | 'skipped'; readonly text?: string }
  | { readonly state: 'ended' };
