// Settings with which the process of a bench cannot be started: named, with what to do, before it is tried.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingCode, wrongSetting } from '../../../src/vscode/bench/benchSettingErrors';
import { temporaryFolder } from '../../support/temporaryFolder';

const place = temporaryFolder();

describe('the settings of a bench', () => {
  it('are right with a folder that is there, and with a program', () => {
    expect(wrongSetting({ workspace: place.path, nodePath: undefined })).toBeUndefined();
    expect(wrongSetting({ workspace: place.path, nodePath: process.execPath })).toBeUndefined();
  });

  it.each([['missing'], ['file.txt']])('name the folder %s that is none', (name) => {
    const workspace = join(place.path, name);
    if (name === 'file.txt') writeFileSync(workspace, '');
    const wrong = wrongSetting({ workspace, nodePath: undefined });
    expect(wrong).toMatchObject({ code: settingCode, place: 'compressorBench.bench.folder' });
    expect(wrong?.message).toBe(`The setting compressorBench.bench.folder leads to ${workspace}, which is no folder.`);
  });

  it.each([['/nonexistent/node'], ['node'], [place.path]])('name the Node %s that is none', (nodePath) => {
    const wrong = wrongSetting({ workspace: place.path, nodePath });
    expect(wrong).toMatchObject({ code: settingCode, place: 'compressorBench.job.nodePath' });
    expect(wrong?.nextStep).toContain('empty the setting');
  });
});
