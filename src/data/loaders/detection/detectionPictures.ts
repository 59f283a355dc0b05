// A source of pictures with boxes: labels as fractions of the decoded picture, and only those pictures that are wanted.
import type { Tensor } from '../../../onnx/tensor';
import type { Box, DetectionLabel } from '../../detectionLabel';
import { DataError, dataErrors } from '../../dataErrors';
import { missingNote, present } from '../presentFiles';
import type { PictureSource } from '../sources';
import type { AnnotatedPicture, AnnotatedPictures } from './cocoAnnotations';

/** What a loader of boxes has found. */
export interface DetectionFiles extends AnnotatedPictures {
  /** The file that names the pictures. */
  readonly list: string;
  /** Folder of the pictures, and the parameter that names it. */
  readonly folder: string;
  readonly folderParameter: string;
  readonly keepsUnlabelled: boolean;
  /** Where the picture may be, the usual place first. */
  pathsOf(picture: AnnotatedPicture): readonly string[];
  /** Pixels as uint8, height × width × channels. */
  decode(path: string): Promise<Tensor> | Tensor;
}

/**
 * Pictures are decoded when they are asked for. Those that are missing are left out with a note, as are those without
 * boxes unless they are kept.
 *
 * @throws DataError when none is left
 */
export async function detectionPictures(files: DetectionFiles): Promise<PictureSource> {
  const { pictures, list, folder, keepsUnlabelled } = files;
  const wanted = keepsUnlabelled ? pictures : pictures.filter(({ boxes }) => boxes.length > 0);
  const [first] = wanted;
  if (first === undefined) {
    throw dataErrors.noSamples(
      list,
      'it names no picture with a box',
      'Name a file with boxes, or keep_unlabelled: true.',
    );
  }
  const places = wanted.flatMap((picture) => files.pathsOf(picture).map((path) => ({ picture, path })));
  const found = (await present(places)).filter(({ picture }, at, all) => all[at - 1]?.picture !== picture);
  if (found.length === 0) {
    throw dataErrors.imagesAllMissing(
      list,
      folder,
      wanted.length,
      files.pathsOf(first)[0] ?? '',
      files.folderParameter,
    );
  }
  return {
    kind: 'pictures',
    length: found.length,
    notes: notesOf(files, wanted.length, found.length),
    boxCount: (index) => found[index]?.picture.boxes.length ?? 0,
    // Boxes are fractions of the picture's size, which is seen when it is read.
    known: (index) => {
      const picture = found[index]?.picture;
      return picture === undefined ? undefined : { id: picture.fileName };
    },
    get: async (index) => {
      const file = found[index];
      if (file === undefined) throw dataErrors.end(index);
      const image = await decoded(files, file);
      return { id: file.picture.fileName, image, label: labelOf(file.picture, image, files) };
    },
  };
}

/** A file that cannot be read is placed where the list names it; the sentence names the file. */
async function decoded(
  files: DetectionFiles,
  { path, picture }: { readonly path: string; readonly picture: AnnotatedPicture },
): Promise<Tensor> {
  try {
    return await files.decode(path);
  } catch (thrown) {
    if (!(thrown instanceof DataError)) throw thrown;
    throw dataErrors.listed(thrown, picture.place);
  }
}

function notesOf({ pictures, list }: DetectionFiles, wanted: number, found: number): string[] {
  const unlabelled = pictures.length - wanted;
  const missing = wanted - found;
  return [
    ...(unlabelled === 0
      ? []
      : [
          `Of ${pictures.length} pictures of ${list}, ${unlabelled === 1 ? '1 has no box and was' : `${unlabelled} have no box and were`} left out.`,
        ]),
    ...(missing === 0 ? [] : [missingNote(missing, wanted, list)]),
  ];
}

function labelOf({ id, boxes }: AnnotatedPicture, { dims }: Tensor, { categories }: AnnotatedPictures): DetectionLabel {
  const [height = 1, width = 1] = dims;
  return [
    boxes.map(({ left, top, width: across, height: down }): Box => [
      top / height,
      left / width,
      (top + down) / height,
      (left + across) / width,
    ]),
    boxes.map(({ category }) => category.name),
    boxes.map(({ category }) => category.id),
    id,
    {
      height,
      width,
      frame: [0, 0, 1, 1],
      areas: boxes.map(({ area }) => area),
      crowds: boxes.map(({ isCrowd }) => isCrowd),
      ignored: boxes.map(({ isIgnored }) => isIgnored),
      categories,
    },
  ];
}
