// The committed schema is the one the dictionary makes, and its examples are accepted by the product itself.
// After a change of the dictionary: npx vitest run test/config/datasetSchema.test.ts -u
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { checkDatasetText } from '../../src/config/datasetFile';
import { datasetExamples, datasetSchema } from '../../src/config/datasetSchema';
import { loaderEntries } from '../../src/dictionary/loaders';
import { metricEntries } from '../../src/dictionary/metrics';
import { transformEntries } from '../../src/dictionary/transforms';

describe('schemas/dataset.schema.json', () => {
  it('is what datasetSchema() builds', async () => {
    const text = `${JSON.stringify(datasetSchema(), undefined, 2)}\n`;
    await expect(text).toMatchFileSnapshot('../../schemas/dataset.schema.json');
  });

  it('describes every loader, transform and metric with its help', () => {
    const text = JSON.stringify(datasetSchema());
    for (const { help } of [...loaderEntries, ...transformEntries, ...metricEntries]) {
      expect(text).toContain(JSON.stringify(help));
    }
  });

  it.each(datasetExamples.map((example) => [JSON.stringify(example), example]))(
    'has the valid example %s',
    (json, example) => {
      expect(checkDatasetText(json, 'DATASET.yaml').problems).toEqual([]);
      expect(checkDatasetText(stringify(example), 'DATASET.yaml').problems).toEqual([]);
    },
  );
});
