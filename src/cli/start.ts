#!/usr/bin/env node
// Entry of `compressor-bench`: commands on files start at once; the bench and the server, with all they need, are loaded
// only for those who ask for them.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { nameOf } from './command';
import { fileSection } from './fileCommands';
import { runProgram } from './program';

const words = process.argv.slice(2);
const isOnFiles = words[0] === '--version' || fileSection.entries.some((entry) => nameOf(entry) === words[0]);

if (isOnFiles) void runProgram(words, [fileSection]);
else createRequire(__filename)(join(__dirname, 'main.js'));
