// A config that is taken to another folder goes on naming the same files, and keeps its layout.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { movedConfigText } from '../../src/config/movedConfig';
import { temporaryFolder } from '../support/temporaryFolder';

const folder = temporaryFolder();
const from = folder.write('bench/a/config.yaml', '');
const to = join(folder.path, 'out', 'config.yaml');
writeFileSync(join(folder.path, 'net.onnx'), '');
writeFileSync(join(folder.path, 'bench', 'a', 'data set.yaml'), '');
mkdirSync(join(folder.path, 'out'));

describe('a config in another folder', () => {
  it('names what is there from its new place, and nothing else is changed', () => {
    const text = [
      '# by hand: ../../net.onnx',
      'model: {path: ../../net.onnx, name: net} # the float one',
      'data:',
      "  path: './data set.yaml'",
      '  other: ../gone.yaml',
      '  number: 0.01',
      'workspace: {path: ../..}',
      '',
    ].join('\n');
    expect(movedConfigText(text, from, to)).toBe(
      text
        .replace('path: ../../net.onnx', 'path: "../net.onnx"')
        .replace("'./data set.yaml'", '"../bench/a/data set.yaml"')
        .replace('{path: ../..}', '{path: ".."}'),
    );
  });

  it('leaves absolute paths, keys and broken texts alone', () => {
    const absolute = `model: {path: ${join(folder.path, 'net.onnx')}}\n../..: a\n`;
    expect(movedConfigText(absolute, from, to)).toBe(absolute);
    expect(movedConfigText('a: [../..', from, to)).toBe('a: [../..');
  });
});
