// A checked data set written back as a DATASET.yaml describes the same data.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDatasetFile } from '../../src/config/datasetFile';
import type { DatasetConfig } from '../../src/config/datasetFile';
import { datasetFileText } from '../../src/config/datasetFileText';
import { datasetExamples } from '../../src/config/datasetSchema';
import { checkedConfig } from '../support/tuningText';

/** What is described, without the places and the file. */
function meaningOf({ dataset, transforms, metric, batchSize, lastBatch, shuffle }: DatasetConfig): unknown {
  const bare = ({ name, parameters }: { name: string; parameters: unknown }): unknown => ({ name, parameters });
  return {
    dataset: bare(dataset),
    transforms: transforms.map(bare),
    metric: metric === undefined ? undefined : bare(metric),
    batchSize,
    lastBatch,
    shuffle,
  };
}

describe('datasetFileText', () => {
  it.each(datasetExamples.map((example) => [JSON.stringify(example)]))('describes the same data as %s', (json) => {
    const config = parseDatasetFile(json, '/data/sets/DATASET.yaml');
    const again = parseDatasetFile(datasetFileText(config), '/elsewhere/copy.yaml');
    expect(meaningOf(again)).toEqual(meaningOf(config));
  });

  it('names another metric when it is given one', () => {
    const config = parseDatasetFile('dataset: {images: p}\nmetric: {topk: 1}', '/d/DATASET.yaml');
    const text = datasetFileText(config, { name: 'F1', parameters: { mode: 'macro', threshold: 0 } });
    expect(parseDatasetFile(text, '/x.yaml').metric).toMatchObject({
      name: 'F1',
      parameters: { mode: 'macro', threshold: 0 },
    });
  });

  it('keeps both shifts of a label that a config names', () => {
    const { accuracy } = checkedConfig(
      'quantization: {approach: dynamic}\nevaluation: {accuracy: {postprocess: {transform: {LabelShift: 1}}, dataloader: {dataset: {images: p}, transform: {LabelShift: -3}}}}',
    );
    const again = parseDatasetFile(datasetFileText(accuracy!.dataset), '/x.yaml');
    expect(again.transforms).toMatchObject([{ name: 'LabelShift', parameters: { label_shift: -2 } }]);
  });

  it('keeps whatever a module of the user is given', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 3 })), (given) => {
        const parameters = { ...given, path: 'loader.mjs' };
        const json = JSON.stringify({ dataset: { custom: parameters } });
        const config = parseDatasetFile(json, '/d/DATASET.yaml');
        const again = parseDatasetFile(datasetFileText(config), '/elsewhere/copy.yaml');
        expect(meaningOf(again)).toEqual(meaningOf(config));
      }),
      { numRuns: 100 },
    );
  });
});
