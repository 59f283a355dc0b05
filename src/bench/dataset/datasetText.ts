// A data set of the bench as a DATASET.yaml that people read.
import { parse, stringify } from 'yaml';
import type { DatasetRecord } from '../../store/records';
import type { Bench } from '../bench';
import { datasetYaml } from './datasetConfig';

/** The file that jobs are given is JSON, which YAML includes; this says the same in fewer signs. */
export function datasetText(bench: Bench, record: DatasetRecord): string {
  return stringify(parse(datasetYaml(bench, record)));
}
