// Decoding against Pillow's results (test/fixtures/pillow), and what happens to files that are no good.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../../src/data/images/decodeImage';
import { golden } from './pillowGolden';

const fixture = golden('pictures.json') as {
  cases: { name: string; dims: number[]; file: string; hash: string }[];
  grey16: { file: string; highBytes: number[] };
};
const fileOf = (name: string): Buffer => Buffer.from(fixture.cases.find((each) => each.name === name)!.file, 'base64');

describe('decodeImage', () => {
  const folder = mkdtempSync(join(tmpdir(), 'decode-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  for (const { name, dims, file, hash } of fixture.cases) {
    it(`equals Pillow for ${name}`, async () => {
      const image = await decodeImage(Buffer.from(file, 'base64'), name);
      expect([...image.dims]).toEqual(dims);
      expect(createHash('sha256').update(image.data).digest('hex').slice(0, 16)).toBe(hash);
    });
  }

  it('keeps the high byte of 16-bit grey, where Pillow makes white', async () => {
    const { data, dims } = await decodeImage(Buffer.from(fixture.grey16.file, 'base64'));
    expect(dims).toEqual([17, 24, 3]);
    expect([...data]).toEqual(fixture.grey16.highBytes.flatMap((byte) => [byte, byte, byte]));
  });

  it('reads a file', async () => {
    const path = join(folder, 'picture.png');
    writeFileSync(path, fileOf('rgb.png'));
    const { data } = await decodeImage(path);
    expect(data).toEqual((await decodeImage(fileOf('rgb.png'))).data);
  });

  it('reads over damage inside a JPEG, as Pillow does', async () => {
    const file = fileOf('large.jpg');
    file.fill(0x5a, file.length - 400, file.length - 380);
    const { dims } = await decodeImage(file);
    expect(dims).toEqual([64, 96, 3]);
  });

  it('gives an array of its own, not a Buffer', async () => {
    const { data } = await decodeImage(fileOf('rgb.png'));
    expect(Buffer.isBuffer(data)).toBe(false);
  });

  const refused: Record<string, { content: Buffer; code: string; says: RegExp }> = {
    'empty.png': { content: Buffer.alloc(0), code: 'data-picture-unreadable', says: /it is empty/ },
    'half.png': { content: half(fileOf('rgb.png')), code: 'data-picture-unreadable', says: /decoder says/ },
    'half.jpg': { content: half(fileOf('large.jpg')), code: 'data-picture-unreadable', says: /decoder says/ },
    'half.webp': { content: half(fileOf('lossy.webp')), code: 'data-picture-unreadable', says: /decoder says/ },
    'half.gif': { content: half(half(fileOf('animated.gif'))), code: 'data-picture-unreadable', says: /decoder says/ },
    'half.tif': { content: half(fileOf('rgb.tif')), code: 'data-picture-unreadable', says: /decoder says/ },
    'text.jpg': {
      content: Buffer.from('no picture'),
      code: 'data-picture-unreadable',
      says: /unsupported image format/,
    },
    'vector.png': {
      content: Buffer.from(
        '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="2" height="2"/></svg>',
      ),
      code: 'data-picture-unreadable',
      says: /svg is not a format of pixels/,
    },
    'bomb.png': { content: hugePng(), code: 'data-picture-too-large', says: /30000 × 30000 pixels/ },
  };
  for (const [name, { content, code, says }] of Object.entries(refused)) {
    it(`refuses ${name} with a sentence that names it`, async () => {
      const path = join(folder, name);
      writeFileSync(path, content);
      const failure = decodeImage(path);
      await expect(failure).rejects.toMatchObject({ code, place: path, nextStep: expect.any(String) as string });
      await expect(failure).rejects.toThrow(says);
      await expect(failure).rejects.toThrow(path);
    });
  }

  it('says that a file is missing', async () => {
    const path = join(folder, 'none.png');
    await expect(decodeImage(path)).rejects.toThrow(path);
    await expect(decodeImage(path)).rejects.toMatchObject({ code: 'file-missing-folder' });
  });
});

function half(content: Buffer): Buffer {
  return content.subarray(0, content.length * 0.6);
}

/** A valid PNG of 30,000 × 30,000 black pixels in a few kilobytes: 900 million pixels unpacked. */
function hugePng(): Buffer {
  const chunk = (tag: string, body: Buffer): Buffer => {
    const tagged = Buffer.concat([Buffer.from(tag, 'latin1'), body]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(tagged));
    return Buffer.concat([length, tagged, checksum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(30000, 0);
  header.writeUInt32BE(30000, 4);
  header[8] = 1;
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const rows = deflateSync(Buffer.alloc(1000));
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
