// Loader `style_transfer`: every picture of one folder with every picture of another (SYSTEMS §5.1).
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileErrorOf } from '../../files/fileErrors';
import type { Tensor } from '../../onnx/tensor';
import { dataErrors } from '../dataErrors';
import { decodeImage } from '../images/decodeImage';
import { crop, pictureSize, resizePicture, squareOrBoth } from '../transforms/picture';
import { rescale } from '../transforms/values';
import type { LoaderPlace } from './dummy';
import type { ItemSource } from './sources';

interface Parameters {
  readonly content_folder: string;
  readonly style_folder: string;
  readonly crop_ratio: number;
  readonly resize_shape: readonly number[];
  readonly image_format: string;
}

/**
 * Two inputs, `content` and `style`, float32 from 0 to 1, height × width × 3. From each edge of a picture the share
 * `crop_ratio` is cut off before it is resized (bicubic, as Pillow does unless told). The label is 0, as in the original,
 * which confused rows with columns in cropping; here the cut is the same share of each side.
 */
export async function openStyleTransfer(parameters: Parameters, place: LoaderPlace): Promise<ItemSource> {
  const { content_folder: contentFolder, style_folder: styleFolder, image_format: format } = parameters;
  if (parameters.crop_ratio >= 0.5) {
    const problem = `crop_ratio is ${parameters.crop_ratio}, so that nothing would be left of a picture`;
    throw dataErrors.parameters(place.file, place.line, problem, 'Choose a crop_ratio below 0.5, such as 0.1.');
  }
  const contents = await picturesIn(contentFolder, format);
  const styles = await picturesIn(styleFolder, format);
  const prepared = (path: string): Promise<Tensor> => preparedPicture(path, parameters);
  const get = async (index: number): Promise<Awaited<ReturnType<ItemSource['loader']['get']>>> => {
    const content = contents[Math.floor(index / styles.length)];
    const style = styles[index % styles.length];
    if (content === undefined || style === undefined) throw dataErrors.end(index);
    const inputs = {
      content: await prepared(join(contentFolder, content)),
      style: await prepared(join(styleFolder, style)),
    };
    return { id: `${content} × ${style}`, inputs, annotation: 0 };
  };
  return { kind: 'items', loader: { length: contents.length * styles.length, get } };
}

async function picturesIn(folder: string, format: string): Promise<string[]> {
  const ending = `.${format.replace(/^\./, '').toLowerCase()}`;
  const names = await readdir(folder).catch((thrown: unknown) =>
    Promise.reject(fileErrorOf(thrown, folder, 'read the folder')),
  );
  const found = names.filter((name) => !name.startsWith('.') && name.toLowerCase().endsWith(ending)).sort();
  if (found.length > 0) return found;
  throw dataErrors.noSamples(folder, `no file in it ends in ${ending}`, 'Name another folder, or set image_format.');
}

async function preparedPicture(path: string, { crop_ratio: share, resize_shape: shape }: Parameters): Promise<Tensor> {
  const image = await decodeImage(path);
  const size = pictureSize(image);
  const [top, left] = [Math.floor(size.height * share), Math.floor(size.width * share)];
  const middle = crop(image, { top, left, height: size.height - 2 * top, width: size.width - 2 * left });
  const { height, width } = squareOrBoth(shape);
  return rescale(resizePicture(middle, height, width, 'bicubic'));
}
