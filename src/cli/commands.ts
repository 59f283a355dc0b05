// All commands of the command line, under the headings of its help.
import { benchCommands } from './bench/benchCommands';
import type { CommandSection } from './command';
import { fileSection } from './fileCommands';
import { mcpCommand } from './mcp';
import { serveCommand } from './serve';

export const commandSections: readonly CommandSection[] = [
  fileSection,
  {
    title: 'The bench: what projects keep, run, compare and pin',
    entries: benchCommands,
  },
  {
    title: 'For other programs',
    entries: [serveCommand, mcpCommand],
  },
];
