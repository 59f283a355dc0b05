// Which fields a record of each kind has, and what may stand in them.
import type { RecordKind, RecordsByKind } from './records';

/** Gives what is wrong with a value (`is not …`), or undefined. */
type Check = (value: unknown) => string | undefined;
type Checks<Fields> = { readonly [Name in keyof Fields]-?: Check };

type PlainObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const when =
  (isFit: (value: unknown) => boolean, expected: string): Check =>
  (value) =>
    isFit(value) ? undefined : `is not ${expected}`;

const text = when((value) => typeof value === 'string', 'a text');
const flag = when((value) => typeof value === 'boolean', 'true or false');
const finite = when((value) => typeof value === 'number' && Number.isFinite(value), 'a number');
const whole = when((value) => Number.isSafeInteger(value), 'a whole number');
const id = when((value) => Number.isSafeInteger(value) && Number(value) > 0, 'a whole number above 0');
const time = when((value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)), 'a time in ISO 8601');
const fileName = when((value) => typeof value === 'string' && /^[\w-]+\.json$/.test(value), 'the name of a JSON file');
const object = when(isObject, 'an object');
const texts = when((value) => Array.isArray(value) && value.every((one) => typeof one === 'string'), 'a list of texts');

const sizes = when(
  (value) => isObject(value) && Object.values(value).every((size) => Number.isSafeInteger(size) && Number(size) > 0),
  'sizes by name',
);

const nullOr =
  (check: Check): Check =>
  (value) =>
    value === null ? undefined : check(value);

/** For fields that records of older versions do not have. */
const absentOr =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);

const oneOf = (...choices: readonly string[]): Check =>
  when((value) => typeof value === 'string' && choices.includes(value), `one of ${choices.join(', ')}`);

const listOf =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return 'is not a list';
    return value.map(check).find((fault) => fault !== undefined);
  };

/** An object with these fields, and whatever else. */
function objectWith<Fields>(checks: Checks<Fields>): Check {
  return (value) => {
    if (!isObject(value)) return 'is not an object';
    const fault = faultOfFields(value, checks);
    return fault === undefined ? undefined : `has a field that is not right: ${fault}`;
  };
}

const ofAll = { id, version: id, name: text, createdAt: time, modifiedAt: nullOr(time) };
const ofParts = { ...ofAll, projectId: id };
const named = objectWith({ name: text, params: object });

const checksByKind: { readonly [Kind in RecordKind]: Checks<RecordsByKind[Kind]> } = {
  project: { ...ofAll, uuid: absentOr(text), notes: nullOr(text), studioConfig: absentOr(object) },
  model: {
    ...ofParts,
    path: text,
    sha256: text,
    sizeBytes: whole,
    framework: text,
    precision: text,
    domain: text,
    domainFlavour: text,
    inputNodes: texts,
    outputNodes: texts,
    supportsProfiling: flag,
    supportsGraph: flag,
    supportsPruning: flag,
    madeBy: nullOr(objectWith({ optimizationId: id, run: text })),
  },
  dataset: {
    ...ofParts,
    datasetType: text,
    parameters: object,
    transforms: listOf(named),
    filter: nullOr(named),
    metric: nullOr(objectWith({ name: text })),
    templatePath: nullOr(text),
  },
  optimization: {
    ...ofParts,
    precision: text,
    optimizationType: text,
    modelId: id,
    datasetId: id,
    batchSize: whole,
    samplingSize: whole,
    tuning: nullOr(
      objectWith({
        strategy: text,
        accuracyCriterionType: oneOf('relative', 'absolute'),
        accuracyCriterionThreshold: finite,
        objective: text,
        timeoutS: finite,
        maxTrials: whole,
        randomSeed: whole,
        createdAt: time,
        modifiedAt: nullOr(time),
      }),
    ),
    pruning: absentOr(nullOr(objectWith({ targetSparsity: finite }))),
    diagnosisConfig: nullOr(objectWith({ opWise: object, modelWise: object })),
    optimizedModelId: nullOr(id),
    accuracyBenchmarkId: nullOr(id),
    performanceBenchmarkId: nullOr(id),
  },
  benchmark: {
    ...ofParts,
    modelId: id,
    datasetId: id,
    mode: oneOf('performance', 'accuracy'),
    batchSize: whole,
    iterations: whole,
    warmupIterations: whole,
    coresPerInstance: whole,
    numberOfInstances: whole,
  },
  profiling: { ...ofParts, modelId: id, datasetId: id, threads: whole },
  sensitivity: {
    ...ofParts,
    modelId: id,
    datasetId: nullOr(id),
    kind: oneOf('loss', 'perf'),
    method: oneOf('approx', 'one-shot', 'measured'),
    levelFractions: nullOr(listOf(finite)),
    samples: whole,
    batchSize: whole,
    threads: whole,
    warmupRuns: whole,
    iterations: whole,
    analysisId: nullOr(text),
    dimensions: absentOr(sizes),
    edited: nullOr(objectWith({ at: time, file: fileName, afterRun: nullOr(text) })),
  },
};

/** What is wrong with the fields of a record, as `"name" is not a text`; undefined for nothing. */
export function faultOfRecord(kind: RecordKind, record: PlainObject): string | undefined {
  return faultOfFields(record, checksByKind[kind]);
}

function faultOfFields(value: PlainObject, checks: Readonly<Record<string, Check>>): string | undefined {
  for (const [name, check] of Object.entries(checks)) {
    const isThere = Object.hasOwn(value, name);
    const fault = check(isThere ? value[name] : undefined);
    if (fault !== undefined) return `"${name}" ${isThere ? fault : 'is missing'}`;
  }
  return undefined;
}
