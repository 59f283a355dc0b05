// Which code opens which loader of the dictionary.
import type { PlacedEntry } from '../../config/checkParameters';
import type { BuildersOf } from '../../dictionary/entry';
import type { LoaderName, loaderEntries } from '../../dictionary/loaders';
import { openCifar10, openCifar100 } from './cifar';
import { openCustom } from './custom';
import { openCocoNpy, openCocoRaw } from './detection/coco';
import { openVoc } from './detection/voc';
import { openDummy, openDummyV2 } from './dummy';
import { openGlue } from './glue/glue';
import { openImagenetRaw } from './imagenetRaw';
import { openFashionMnist, openMnist } from './mnist';
import { openNpyItems, openNpzItems } from './numpyLoaders';
import { openImageFolder, openImages } from './pictureFolders';
import { openCocoRecord, openImageRecord, openVocRecord } from './records/recordLoaders';
import type { Source } from './sources';
import { openSparseDummy } from './sparseDummy';
import { openSquad } from './squad/squad';
import { openStyleTransfer } from './styleTransfer';

/** Where the entry stands: some mistakes show only when the data is opened. */
interface Place {
  readonly file: string;
  readonly line: number;
}

type Builders = BuildersOf<typeof loaderEntries, [place: Place], Source | Promise<Source>>;

const builders: Builders = {
  images: openImages,
  ImageFolder: openImageFolder,
  ImagenetRaw: openImagenetRaw,
  CIFAR10: openCifar10,
  CIFAR100: openCifar100,
  MNIST: openMnist,
  FashionMNIST: openFashionMnist,
  COCORaw: openCocoRaw,
  COCONpy: openCocoNpy,
  VOC: openVoc,
  GLUE: openGlue,
  SQuAD: openSquad,
  COCORecord: openCocoRecord,
  ImageRecord: openImageRecord,
  VOCRecord: openVocRecord,
  style_transfer: openStyleTransfer,
  npz: openNpzItems,
  npy: openNpyItems,
  dummy: openDummy,
  dummy_v2: openDummyV2,
  sparse_dummy_v2: openSparseDummy,
  custom: openCustom,
};

/** Names with code behind them; the same as the dictionary's. */
export const loaderNames = Object.keys(builders);

/** Opens the data an entry names. `checkEntries` has checked its name and parameters against the dictionary. */
export async function openSource(entry: PlacedEntry, file: string): Promise<Source> {
  const build = builders[entry.name as LoaderName] as (
    parameters: PlacedEntry['parameters'],
    place: Place,
  ) => Source | Promise<Source>;
  return build(entry.parameters, { file, line: entry.line });
}
