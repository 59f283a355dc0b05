// Every content with every style, cut and resized.
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseDatasetFile } from '../../../src/config/datasetFile';
import { openDatasetConfig } from '../../../src/data/openDataset';
import type { OpenedDataset } from '../../../src/data/openDataset';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();

/** White with a black frame of a tenth: nothing but white is left when a tenth is cut off. */
async function framed(width: number, height: number): Promise<Buffer> {
  const inner = { width: Math.round(width * 0.8), height: Math.round(height * 0.8), channels: 3, background: 'white' };
  return sharp({ create: { width, height, channels: 3, background: 'black' } })
    .composite([{ input: { create: { ...inner, channels: 3 } } }])
    .png()
    .toBuffer();
}

beforeAll(async () => {
  folder.write('content/b.png', await framed(40, 20));
  folder.write('content/a.PNG', await framed(20, 40));
  folder.write('content/c.jpg', '');
  for (const name of ['x', 'y', 'z']) folder.write(`style/${name}.png`, await framed(30, 30));
});

function open(parameters: string): Promise<OpenedDataset> {
  const text = `dataset: {style_transfer: {content_folder: content, style_folder: style, ${parameters}}}`;
  return openDatasetConfig(parseDatasetFile(text, join(folder.path, 'DATASET.yaml')));
}

describe('style_transfer', () => {
  it('gives all pairs, contents slowest, without the edges, from 0 to 1', async () => {
    const { loader } = await open('image_format: png, resize_shape: [6, 10]');
    expect(loader.length).toBe(6);
    const items = await Promise.all([0, 2, 3, 5].map(async (index) => loader.get(index)));
    expect(items.map(({ id }) => id)).toEqual(['a.PNG × x.png', 'a.PNG × z.png', 'b.png × x.png', 'b.png × z.png']);
    for (const { inputs, annotation } of items) {
      expect(annotation).toBe(0);
      for (const name of ['content', 'style']) {
        expect(inputs[name]).toMatchObject({ type: 'float32', dims: [6, 10, 3] });
        expect([...(inputs[name]?.data as Float32Array)].every((value) => value === 1)).toBe(true);
      }
    }
  });

  it('keeps the edges where nothing is cut off', async () => {
    const { inputs } = await (await open('image_format: png, crop_ratio: 0, resize_shape: 10')).loader.get(0);
    expect(inputs['content']?.data[0]).toBeLessThan(0.05);
  });

  it('refuses folders without such pictures, and a cut that leaves nothing', async () => {
    await expect(open('image_format: webp')).rejects.toThrow('no file in it ends in .webp');
    await expect(open('image_format: png, crop_ratio: 0.5')).rejects.toThrow('nothing would be left');
  });

  it('says which picture cannot be read', async () => {
    folder.write('style/w.jpg', '');
    const { loader } = await open('image_format: jpg');
    expect(loader.length).toBe(1);
    await expect(loader.get(0)).rejects.toThrow('c.jpg could not be read: it is empty');
  });
});
