// Texts of commands: parameters on one line, diagnostics without private paths, what is asked before a download.
import { describe, expect, it } from 'vitest';
import { diagnosticsText } from '../../../src/vscode/commands/diagnosticsText';
import { downloadQuestion, exampleChoice } from '../../../src/vscode/commands/exampleTexts';
import { parameterProblem, parameterText, readParameters } from '../../../src/vscode/commands/parameterText';

const parameters = [
  { name: 'interpolation', help: 'How.', value: 'bilinear', required: false },
  { name: 'size', help: 'Of a side.', value: '', required: true },
  { name: 'mean', help: 'To take away.', value: [0.5, 0.5], required: false },
];

describe('parameters on one line', () => {
  it('begin with those that have to be given, and are read again', () => {
    const text = parameterText(parameters);
    expect(text).toBe('size=; interpolation=bilinear; mean=[0.5,0.5]');
    expect(readParameters(text)).toEqual({ interpolation: 'bilinear', mean: '[0.5,0.5]' });
  });

  it('keep a semicolon between brackets', () => {
    expect(readParameters('a={x;y}; b=1')).toEqual({ a: '{x;y}', b: '1' });
  });

  it('tell what is wrong', () => {
    expect(parameterProblem('size=3', parameters)).toBeUndefined();
    expect(parameterProblem('size', parameters)).toContain('name=value');
    expect(parameterProblem('size=3; sise=4', parameters)).toContain('no parameter sise');
    expect(parameterProblem('', parameters)).toContain('size has to be given');
  });
});

describe('diagnosticsText', () => {
  const text = diagnosticsText({
    facts: [['Editor', 'Code 1.139']],
    settings: { 'compressorBench.job.nodePath': '/opt/secret/bin/node' },
    log: `${Array.from({ length: 300 }, (_, line) => `line ${line}`).join('\n')}\nopen /home/ada/models/a.onnx and /home/ada/work/bench/b.json and C:\\Users\\ada\\c.onnx`,
    folders: [
      { path: '/home/ada/work', name: 'work' },
      { path: '/home/ada', name: 'home' },
    ],
  });

  it('has the last lines of the log only', () => {
    expect(text).toContain('line 299');
    expect(text).not.toContain('line 100\n');
  });

  it('names no folder outside the workspace', () => {
    expect(text).toContain('<work>/bench/b.json');
    expect(text).not.toMatch(/ada|secret/);
  });
});

describe('examples', () => {
  const example = { model: 'resnet', domain: 'Image Recognition', licence: 'MIT', size_bytes: 2_400_000, url: null };

  it('say whether they are downloaded, and how much', () => {
    expect(exampleChoice({ ...example, bundled: true }).detail).toBe('2.40 MB, comes along · licence MIT');
    const fetched = { ...example, bundled: false, url: 'https://models.example.org/resnet.onnx' };
    expect(exampleChoice(fetched).detail).toBe('2.40 MB to download · licence MIT');
    expect(downloadQuestion(fetched)).toBe('Download resnet (2.40 MB) from models.example.org?');
  });
});
