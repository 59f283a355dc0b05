// The commands of the bench, in the order people meet them.
import type { Command, CommandGroup } from '../command';
import { benchmarksGroup } from './benchmarks';
import { datasetsGroup } from './datasets';
import { dictionaryGroup } from './dictionary';
import { examplesGroup } from './examples';
import { filesCommand, systemCommand } from './machine';
import { modelsGroup } from './models';
import { optimizationsGroup } from './optimizations';
import { profilingsGroup } from './profilings';
import { projectsGroup } from './projects';
import { queueGroup } from './queue';
import { sensitivitiesGroup } from './sensitivities';

export const benchCommands: readonly (Command | CommandGroup)[] = [
  examplesGroup,
  projectsGroup,
  modelsGroup,
  datasetsGroup,
  optimizationsGroup,
  benchmarksGroup,
  profilingsGroup,
  sensitivitiesGroup,
  queueGroup,
  dictionaryGroup,
  filesCommand,
  systemCommand,
];
