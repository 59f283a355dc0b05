#!/usr/bin/env node
// The whole command line: commands on files, the bench, the server.
import { commandSections } from './commands';
import { runProgram } from './program';

void runProgram(process.argv.slice(2), commandSections);
