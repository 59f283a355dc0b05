// The output appears whole, over nothing it must not replace, or not at all.
import { readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StagedOutput } from '../../src/quantization/stagedOutput';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();

describe('an output being made', () => {
  it('is in its place after publishing, with the data beside it, and nothing else is left', async () => {
    const folder = place.fresh();
    const target = join(folder, 'out.onnx');
    writeFileSync(target, 'old');
    const output = await StagedOutput.create(target, []);
    writeFileSync(output.modelPath, 'new');
    writeFileSync(`${output.modelPath}.data`, 'weights');
    expect(readFileSync(target, 'utf8')).toBe('old');
    await output.publish([output.modelPath, `${output.modelPath}.data`]);
    expect(readdirSync(folder)).toEqual(['out.onnx', 'out.onnx.data']);
    expect(readFileSync(target, 'utf8')).toBe('new');
  });

  it('leaves the place as it was when it is discarded', async () => {
    const folder = place.fresh();
    const output = await StagedOutput.create(join(folder, 'out.onnx'), []);
    writeFileSync(output.modelPath, 'new');
    await output.discard();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('never replaces its own input, not even through a link', async () => {
    const folder = place.fresh();
    const input = join(folder, 'in.onnx');
    writeFileSync(input, 'model');
    symlinkSync(input, join(folder, 'link.onnx'));
    const refused = { code: 'quantize-output-is-input' };
    await expect(StagedOutput.create(input, [input])).rejects.toMatchObject(refused);
    await expect(StagedOutput.create(join(folder, 'link.onnx'), [input])).rejects.toMatchObject(refused);
    expect(readdirSync(folder)).toEqual(['in.onnx', 'link.onnx']);
  });

  it('says that a folder is missing, or in the way', async () => {
    const folder = place.fresh();
    const missing = StagedOutput.create(join(folder, 'no', 'out.onnx'), []);
    await expect(missing).rejects.toMatchObject({ code: 'file-missing-folder', nextStep: /./ });
    await expect(StagedOutput.create(folder, [])).rejects.toMatchObject({ code: 'file-is-folder' });
  });
});
