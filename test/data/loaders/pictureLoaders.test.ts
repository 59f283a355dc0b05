// The loaders of picture files: images, ImageFolder, ImagenetRaw.
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { openImagenetRaw } from '../../../src/data/loaders/imagenetRaw';
import { openImageFolder, openImages } from '../../../src/data/loaders/pictureFolders';
import type { PictureSource } from '../../../src/data/loaders/sources';
import { describeShared } from '../../support/shared';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();

async function png(red: number): Promise<Buffer> {
  return sharp({ create: { width: 3, height: 2, channels: 3, background: { r: red, g: 1, b: 2 } } })
    .png()
    .toBuffer();
}

async function idsAndLabels(source: PictureSource): Promise<[string, unknown][]> {
  const items = await Promise.all(Array.from({ length: source.length }, async (_, index) => source.get(index)));
  return items.map(({ id, label }) => [id, label]);
}

beforeAll(async () => {
  for (const [index, name] of ['b.png', 'a 1.PNG', 'sub/c.png', 'cat/x.png', 'cat/deep/y.png', 'ant/z.png'].entries()) {
    folder.write(`pics/${name}`, await png(index));
  }
  folder.write('pics/notes.txt', 'no picture');
  folder.write('pics/.hidden.png', 'no picture');
  folder.write('pics/.cache/h.png', 'no picture');
  mkdirSync(join(folder.path, 'pics/empty class'));
  symlinkSync(join(folder.path, 'pics'), join(folder.path, 'pics/cat/loop'), 'dir');
  symlinkSync(join(folder.path, 'pics/b.png'), join(folder.path, 'pics/link.png'));
  symlinkSync(join(folder.path, 'nowhere.png'), join(folder.path, 'pics/broken.png'));
});

describe('images', () => {
  it('gives the pictures of a folder in sorted order, without labels, as uint8 HWC', async () => {
    const source = await openImages({ path: join(folder.path, 'pics'), recursive: false });
    expect(await idsAndLabels(source)).toEqual([
      ['a 1.PNG', undefined],
      ['b.png', undefined],
      ['link.png', undefined],
    ]);
    expect((await source.get(0)).image).toMatchObject({ type: 'uint8', dims: [2, 3, 3] });
    expect(Array.from((await source.get(0)).image.data.slice(0, 3), Number)).toEqual([1, 1, 2]);
  });

  it('goes into sub-folders on request, and not round in circles of links', async () => {
    const source = await openImages({ path: join(folder.path, 'pics'), recursive: true });
    const ids = (await idsAndLabels(source)).map(([id]) => id);
    expect(ids).toEqual(['a 1.PNG', 'ant/z.png', 'b.png', 'cat/deep/y.png', 'cat/x.png', 'link.png', 'sub/c.png']);
  });

  it('says that a folder is missing, or has no pictures', async () => {
    await expect(openImages({ path: join(folder.path, 'none'), recursive: false })).rejects.toMatchObject({
      code: 'file-missing-folder',
    });
    await expect(openImages({ path: join(folder.path, 'pics/empty class'), recursive: true })).rejects.toMatchObject({
      code: 'data-empty',
    });
  });

  it('says which pictures are read when a folder holds only others', async () => {
    folder.write('bitmaps/a.bmp', 'BM');
    folder.write('bitmaps/b.ppm', 'P6');
    await expect(openImages({ path: join(folder.path, 'bitmaps'), recursive: false })).rejects.toThrow(
      'no file in it ends in .jpg, .jpeg, .png, .webp, .gif, .tif, .tiff, .avif',
    );
  });

  it('decodes every kind of picture it lists', async () => {
    for (const extension of ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif']) {
      const picture = sharp({ create: { width: 3, height: 2, channels: 3, background: '#123' } });
      const format = { '.jpg': 'jpeg', '.tif': 'tiff' }[extension] ?? extension.slice(1);
      folder.write(`kinds/a${extension}`, await picture.toFormat(format as 'png').toBuffer());
    }
    const source = await openImages({ path: join(folder.path, 'kinds'), recursive: false });
    expect(source.length).toBe(8);
    for (let index = 0; index < source.length; index++) {
      expect((await source.get(index)).image.dims).toEqual([2, 3, 3]);
    }
  });
});

describe('ImageFolder', () => {
  it('takes the index of the sorted folder as label, counting empty folders', async () => {
    const source = await openImageFolder({ root: join(folder.path, 'pics') });
    expect((await idsAndLabels(source)).filter(([id]) => !id.includes('loop'))).toEqual([
      ['ant/z.png', 0],
      ['cat/deep/y.png', 1],
      ['cat/x.png', 1],
      ['sub/c.png', 3],
    ]);
  });

  it('sends somebody with a flat folder to the loader images', async () => {
    const root = join(folder.path, 'pics/ant');
    await expect(openImageFolder({ root })).rejects.toMatchObject({
      nextStep: expect.stringContaining('"images"') as string,
    });
  });
});

describe('ImagenetRaw', () => {
  const list = (text: string): string => folder.write('lists/list.txt', text);
  const pics = join(folder.path, 'pics');

  it('reads names with spaces, blank lines and Windows line ends, and reports missing images', async () => {
    const source = await openImagenetRaw({
      data_path: pics,
      image_list: list('a 1.PNG 3\r\n\r\ngone.png 4\r\n  cat/x.png\t5 \r\n'),
    });
    expect(await idsAndLabels(source)).toEqual([
      ['a 1.PNG', 3],
      ['cat/x.png', 5],
    ]);
    expect(source.notes).toEqual([
      expect.stringMatching(/^Of 3 pictures of .*list\.txt, 1 is missing and was left out\.$/),
    ]);
  });

  it('looks for val.txt and then val_map.txt when no list is named', async () => {
    const parameters = { data_path: pics, image_list: undefined };
    await expect(openImagenetRaw(parameters)).rejects.toThrow('neither val.txt nor val_map.txt');
    folder.write('pics/val_map.txt', 'b.png 7\n');
    expect(await idsAndLabels(await openImagenetRaw(parameters))).toEqual([['b.png', 7]]);
    folder.write('pics/val.txt', 'b.png 8\n');
    expect(await idsAndLabels(await openImagenetRaw(parameters))).toEqual([['b.png', 8]]);
  });

  it.each([
    ['a label that is no number', 'b.png 1\nb.png cat\n', 2, '"cat" is not a whole number'],
    ['a label with a fraction', 'b.png 1.5\n', 1, '"1.5" is not a whole number'],
    ['no label', 'b.png 1\n\nb.png\n', 3, 'it has no label'],
  ])('names the line with %s', async (_name, text, line, sentence) => {
    const path = list(text);
    await expect(openImagenetRaw({ data_path: pics, image_list: path })).rejects.toMatchObject({
      code: 'data-label-line',
      place: `${path}:${line}`,
      message: expect.stringContaining(sentence) as string,
    });
  });

  it('fails when every image is missing, when the list is empty, and when it is no text', async () => {
    const open = (image_list: string): Promise<PictureSource> => openImagenetRaw({ data_path: pics, image_list });
    await expect(open(list('x.png 1\ny.png 2\n'))).rejects.toMatchObject({ code: 'data-images-missing' });
    await expect(open(list('\n\n'))).rejects.toMatchObject({ code: 'data-empty' });
    await expect(open(folder.write('lists/latin', Buffer.from('\xe9.png 1', 'latin1')))).rejects.toMatchObject({
      code: 'data-encoding',
    });
  });
});

describeShared('pictures of ImageNet', (shared) => {
  it('are decoded to RGB, whatever their size', async () => {
    const source = await openImages({ path: join(shared, 'data/imagenet_sample/images'), recursive: false });
    expect(source.length).toBeGreaterThan(100);
    const { id, image } = await source.get(0);
    expect(id).toBe('n01484850_great_white_shark.jpg');
    expect(image.dims).toHaveLength(3);
    expect(image.dims[2]).toBe(3);
    expect(image.data.length).toBe((image.dims[0] ?? 0) * (image.dims[1] ?? 0) * 3);
  });
});
