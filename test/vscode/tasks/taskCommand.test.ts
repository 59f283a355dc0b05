// Tasks of tasks.json: which definitions are taken, and that the command line understands every word made of them.
import { describe, expect, it } from 'vitest';
import { fileSection } from '../../../src/cli/fileCommands';
import { findCommand } from '../../../src/cli/findCommand';
import { parseCommand } from '../../../src/cli/options';
import {
  modelOfRecipe,
  offeredTasks,
  prunedPath,
  pruningTasks,
  readTaskSettings,
  taskName,
  taskVerbs,
  taskWords,
} from '../../../src/vscode/tasks/taskCommand';
import type { TaskSettings } from '../../../src/vscode/tasks/taskCommand';

const full: readonly TaskSettings[] = [
  { verb: 'tune', config: 'a.yaml', model: 'm.onnx', output: 'o.onnx', args: ['--timeout', '5'] },
  { verb: 'quantize', model: 'm.onnx', output: 'o.onnx', data: 'd.yaml', args: ['--samples', '7'] },
  { verb: 'benchmark', model: 'm.onnx', against: ['n.onnx', 'o.onnx'], data: 'd.yaml' },
  { verb: 'profile', model: 'm.onnx', data: 'd.yaml', args: ['--threads', '2'] },
  { verb: 'evaluate', model: 'm.onnx', data: 'd.yaml' },
  { verb: 'prune', model: 'm.onnx', output: 'o.onnx', recipe: 'r.pruning.yaml', data: 'd.yaml' },
  { verb: 'run', script: 's.ts', args: ['out'] },
];

describe('a task', () => {
  it('can be of every verb', () => {
    expect(full.map(({ verb }) => verb)).toEqual(taskVerbs);
  });

  it.each(full.map((settings) => [settings.verb, settings] as const))(
    '%s makes words that the command line takes',
    (_verb, settings) => {
      expect(readTaskSettings({ type: 'compressor-bench', ...settings })).toEqual(settings);
      const found = findCommand(taskWords(settings), [fileSection]);
      if ('help' in found) throw new Error(found.help);
      expect(() => parseCommand(found.command.spec, found.words)).not.toThrow();
    },
  );

  it('is called by what it does', () => {
    expect(full.map(taskName)).toEqual([
      'tune a.yaml',
      'quantize m.onnx',
      'benchmark m.onnx',
      'profile m.onnx',
      'evaluate m.onnx',
      'prune m.onnx',
      'run s.ts',
    ]);
  });

  it.each([
    [{}, /"verb" is one of/],
    [{ verb: 'explode' }, /"verb" is one of/],
    [{ verb: 'tune' }, /needs "config"/],
    [{ verb: 'quantize', model: 'm' }, /needs "output"/],
    [{ verb: 'tune', config: 'a', data: 'd' }, /has no "data"/],
    [{ verb: 'prune', model: 'm', output: 'o' }, /needs "recipe"/],
    [{ verb: 'run', model: 'm' }, /needs "script"/],
    [{ verb: 'tune', config: 3 }, /"config" is a text/],
    [{ verb: 'benchmark', model: 'm', against: 'n' }, /"against" is a list/],
  ])('%j is refused with a sentence', (definition, sentence) => {
    expect(readTaskSettings(definition)).toMatch(sentence);
  });
});

describe('what is offered for files', () => {
  it('is every verb, with the data that lies beside a model', () => {
    const offered = offeredTasks(['a/digits.dataset.bench.yaml', 'net.bench.yaml'], ['a/m.onnx', 'b/n.onnx']);
    expect(offered.map((one) => taskWords(one).join(' '))).toEqual([
      'tune net.bench.yaml',
      'benchmark a/m.onnx',
      'profile a/m.onnx',
      'quantize a/m.onnx --data a/digits.dataset.bench.yaml --output a/m.int8.onnx',
      'evaluate a/m.onnx --data a/digits.dataset.bench.yaml',
      'benchmark b/n.onnx',
      'profile b/n.onnx',
      'quantize b/n.onnx --output b/n.int8.onnx --approach dynamic',
    ]);
    for (const settings of offered) {
      expect(readTaskSettings({ type: 'compressor-bench', ...settings })).toEqual(settings);
    }
  });

  it('is pruning by recipes, whose model stands in them', () => {
    const offered = pruningTasks(['a/net.pruning.yaml', 'net.pruned.pruning.yml']);
    expect(offered.map(taskName)).toEqual(['prune a/net.pruning.yaml', 'prune net.pruned.pruning.yml']);
    expect(offered.map((one) => taskWords(one).join(' '))).toEqual([
      'prune --output a/net.pruned.onnx --recipe a/net.pruning.yaml',
      'prune --output net.pruned.onnx --recipe net.pruned.pruning.yml',
    ]);
    for (const settings of offered) {
      expect(readTaskSettings({ type: 'compressor-bench', ...settings })).toEqual(settings);
    }
  });
});

describe('a recipe', () => {
  it.each([
    ['a/net.pruning.yaml', 'a/net.pruned.onnx'],
    ['net.pruned.pruning.yml', 'net.pruned.onnx'],
    ['mine.yaml', 'mine.pruned.onnx'],
  ])('%s makes %s', (recipe, model) => {
    expect(prunedPath(recipe)).toBe(model);
  });

  it.each([
    ['model: net.onnx\nother_layers: 0.5\n', 'net.onnx'],
    ['# of a\nmodel: "my net.onnx" # the one\n', 'my net.onnx'],
    ['model: ../my net.onnx   # the one\r\n', '../my net.onnx'],
    ['other_layers: 0.5\n', undefined],
    ['layers:\n  model: 0.5\n', undefined],
  ])('%j is of %s', (text, model) => {
    expect(modelOfRecipe(text)).toBe(model);
  });
});
