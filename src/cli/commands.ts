// All commands of the command line, under the headings of its help.
import { benchCommands } from './bench/benchCommands';
import { benchmarkCommand } from './benchmark';
import { checkCommand } from './check';
import type { CommandSection } from './command';
import { demoCommand } from './demo';
import { diagnoseCommand } from './diagnose';
import { evaluateCommand } from './evaluate';
import { graphCommand } from './graph';
import { inspectCommand } from './inspect';
import { optimizeCommand } from './optimize';
import { profileCommand } from './profile';
import { quantizeCommand } from './quantize';
import { serveCommand } from './serve';
import { tuneCommand } from './tune';

export const commandSections: readonly CommandSection[] = [
  {
    title: 'Models and files',
    entries: [
      inspectCommand,
      graphCommand,
      tuneCommand,
      quantizeCommand,
      optimizeCommand,
      evaluateCommand,
      benchmarkCommand,
      checkCommand,
      profileCommand,
      diagnoseCommand,
      demoCommand,
    ],
  },
  {
    title: 'The bench: what projects keep, run, compare and pin',
    entries: benchCommands,
  },
  {
    title: 'For other programs',
    entries: [serveCommand],
  },
];
