// The commands that work on files, without a bench.
import { benchmarkCommand } from './benchmark';
import { checkCommand } from './check';
import { demoCommand } from './demo';
import { diagnoseCommand } from './diagnose';
import { evaluateCommand } from './evaluate';
import { graphCommand } from './graph';
import { inspectCommand } from './inspect';
import { optimizeCommand } from './optimize';
import { profileCommand } from './profile';
import { pruneCommand } from './prune';
import { quantizeCommand } from './quantize';
import { runCommand } from './run';
import { sensitivityCommand } from './sensitivity';
import { tuneCommand } from './tune';
import type { CommandSection } from './command';

export const fileSection: CommandSection = {
  title: 'Models and files',
  entries: [
    inspectCommand,
    graphCommand,
    tuneCommand,
    quantizeCommand,
    optimizeCommand,
    sensitivityCommand,
    pruneCommand,
    runCommand,
    evaluateCommand,
    benchmarkCommand,
    checkCommand,
    profileCommand,
    diagnoseCommand,
    demoCommand,
  ],
};
