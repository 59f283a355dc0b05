// Data set files for the models of ../shared/oracle, with the preprocessing its notes name for each.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export type OracleSplit = 'calibration' | 'evaluation';

interface ModelEntry {
  readonly name: string;
  readonly data: string | null;
}

const transforms: Record<string, string> = {
  mnist: 'Rescale: {}\n  Normalize: {mean: [0.1307], std: [0.3081]}\n  Transpose: {perm: [2, 0, 1]}',
  mnist_cntk: 'Cast: {dtype: float32}\n  Transpose: {perm: [2, 0, 1]}',
  cifar10:
    'Rescale: {}\n  Normalize: {mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616]}\n  Transpose: {perm: [2, 0, 1]}',
  mlperf_tiny_resnet8_cifar10: 'Cast: {dtype: float32}\n  Transpose: {perm: [2, 0, 1]}',
  'mobilenet_v2_1.0_224_imagenet':
    'CenterCrop: {size: 224}\n  Normalize: {mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5]}\n  Transpose: {perm: [2, 0, 1]}',
  'mobilenet_v1_0.25_128_imagenet':
    'ResizeShortSide: {size: 146}\n  CenterCrop: {size: 128}\n  Normalize: {mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5]}\n  Transpose: {perm: [2, 0, 1]}',
};

/**
 * Writes the data set of a model of the oracle into `folder` and gives its path.
 * @param shared the folder ../shared
 * @param model name of the model in MANIFEST.json
 */
export function oracleDataset(shared: string, model: string, split: OracleSplit, folder: string): string {
  const manifest = JSON.parse(readFileSync(join(shared, 'data/MANIFEST.json'), 'utf8')) as { models: ModelEntry[] };
  const data = manifest.models.find((entry) => entry.name === model)?.data;
  if (data === undefined || data === null) throw new Error(`${model} has no data set in MANIFEST.json`);
  const steps = transforms[model] ?? transforms[data];
  const text = [
    'dataset:',
    `  ${datasetOf(shared, data, split, folder)}`,
    ...(steps === undefined ? [] : ['transform:', `  ${steps}`]),
    'batch_size: 1',
    'metric:',
    '  topk: 1',
    '',
  ].join('\n');
  const path = join(folder, `${model}.${split}.yaml`);
  writeFileSync(path, text);
  return path;
}

function datasetOf(shared: string, data: string, split: OracleSplit, folder: string): string {
  const root = JSON.stringify(join(shared, 'data', data));
  const train = String(split === 'calibration');
  switch (data) {
    case 'mnist':
      return `MNIST: {root: ${root}, train: ${train}}`;
    case 'cifar10':
      return `CIFAR10: {root: ${root}, train: ${train}}`;
    case 'imagenet_sample':
      return `ImagenetRaw: {data_path: ${JSON.stringify(join(shared, 'data', data, 'images'))}, image_list: ${JSON.stringify(imageList(shared, split, folder))}}`;
    case 'sst2': {
      const tokens = join(shared, 'data/sst2', split === 'calibration' ? 'calib.tokens.jsonl' : 'eval.tokens.jsonl');
      const loader = resolve(import.meta.dirname, '../fixtures/loaders/sst2Tokens.mjs');
      return `custom: {path: ${JSON.stringify(loader)}, tokens: ${JSON.stringify(tokens)}}`;
    }
    default:
      throw new Error(`no data set file is known for ${data}`);
  }
}

/** The pictures of one split as ImagenetRaw wants them: `<picture> <class of 1001>`. */
function imageList(shared: string, split: OracleSplit, folder: string): string {
  const wanted = split === 'calibration' ? 'calib' : 'eval';
  const rows = readFileSync(join(shared, 'data/imagenet_sample/labels.csv'), 'utf8').trim().split('\n').slice(1);
  const lines = rows.flatMap((row) => {
    const [file, rowSplit, , label] = row.split(',');
    return rowSplit === wanted ? [`${file ?? ''} ${label ?? ''}`] : [];
  });
  const path = join(folder, `imagenet.${split}.txt`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}
