// Decodes picture files to RGB pixels equal to Pillow's `Image.open(…).convert('RGB')`.
import { readFile } from 'node:fs/promises';
import type { Sharp, SharpOptions } from 'sharp';
import { fileErrorOf } from '../../files/fileErrors';
import type { Tensor } from '../../onnx/tensor';
import { DataError, dataErrors } from '../dataErrors';

/** A decoded picture: uint8, height × width × 3, RGB. */
export interface RgbImage extends Tensor {
  readonly type: 'uint8';
  readonly data: Uint8Array;
}

/** Pictures of more pixels are refused before they are unpacked: a few kilobytes can claim gigabytes. */
export const pixelLimit = 100_000_000;

const formats: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif']);

const options: SharpOptions = {
  limitInputPixels: pixelLimit,
  // As Pillow: damage between the pixels of a JPEG is read over, a file that is cut short is refused.
  failOn: 'error',
  ignoreIcc: true,
};

/**
 * Decodes a file, or the bytes of one (`name` is for sentences), as Pillow does: EXIF orientation and colour profiles
 * are not applied, transparency is dropped, of an animation the first frame is taken, grey becomes RGB, CMYK is
 * converted by Pillow's formula, 16 bits become the high 8. Known differences: 16-bit grey, of which Pillow makes white
 * wherever it is above 255; pixels that a GIF leaves transparent, black here; AVIF, whose decoders differ.
 *
 * Throws a DataError or FileError that names the file: missing, empty, damaged, cut short, no picture, too large.
 */
export async function decodeImage(source: string | Uint8Array, name = 'in memory'): Promise<RgbImage> {
  const path = typeof source === 'string' ? source : name;
  const bytes = typeof source === 'string' ? await readPicture(source) : source;
  if (bytes.length === 0) throw dataErrors.pictureUnreadable(path, 'it is empty');
  const sharp = await loadSharp();
  try {
    const { format, width, height, space } = await sharp(bytes, { ...options, limitInputPixels: false }).metadata();
    if (!formats.has(format)) throw dataErrors.pictureUnreadable(path, `${format} is not a format of pixels`);
    if (width * height > pixelLimit) throw dataErrors.pictureTooLarge(path, width, height, pixelLimit);
    const decoder = sharp(bytes, options);
    const data = space === 'cmyk' ? await cmykPixels(decoder) : await rgbPixels(decoder);
    return { type: 'uint8', dims: [height, width, 3], data };
  } catch (thrown) {
    if (thrown instanceof DataError) throw thrown;
    throw dataErrors.pictureUnreadable(path, reasonOf(thrown), thrown);
  }
}

async function readPicture(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (thrown) {
    throw fileErrorOf(thrown, path, 'read');
  }
}

type SharpFactory = (input: Uint8Array, options: SharpOptions) => Sharp;
let loading: Promise<SharpFactory> | undefined;

/** Loads the native decoder when the first picture is read: jobs without pictures never do. */
export function loadSharp(): Promise<SharpFactory> {
  loading ??= import('sharp').then(
    ({ default: sharp }) => {
      // Each picture is read once; a cache of decoded ones would only take memory.
      sharp.cache(false);
      return sharp;
    },
    (thrown: unknown) => Promise.reject(dataErrors.decoderMissing(thrown)),
  );
  return loading;
}

async function rgbPixels(decoder: Sharp): Promise<Uint8Array> {
  return viewOf(await decoder.removeAlpha().toColourspace('srgb').raw().toBuffer());
}

/** As Pillow converts without colour management: each ink takes its share off what black leaves. */
async function cmykPixels(decoder: Sharp): Promise<Uint8Array> {
  const inks = await decoder.pipelineColourspace('cmyk').toColourspace('cmyk').raw().toBuffer();
  const rgb = new Uint8Array((inks.length / 4) * 3);
  for (let from = 0, to = 0; from < inks.length; from += 4, to += 3) {
    const light = 255 - (inks[from + 3] ?? 0);
    for (let ink = 0; ink < 3; ink++) rgb[to + ink] = light - sharesOf255(inks[from + ink] ?? 0, light);
  }
  return rgb;
}

/** a · b / 255, rounded, by the usual 8-bit approximation. */
function sharesOf255(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

/** The bytes as a plain array: a Buffer behaves differently (`slice` does not copy). */
function viewOf(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

/** The first line of what the decoder says, as the end of a sentence. */
function reasonOf(thrown: unknown): string {
  const [first = ''] = (thrown instanceof Error ? thrown.message : String(thrown)).split('\n');
  const trimmed = first.trim().replace(/\.$/, '');
  // What it says now and then of files that are cut short, and nobody can do anything with.
  if (trimmed === '' || trimmed === 'Unknown error') return 'it is damaged or cut short';
  return `the decoder says "${trimmed}"`;
}
