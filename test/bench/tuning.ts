// Tuning with strategy auto, goal 1 % relative, over the models of the reference files: accuracy on the whole evaluation
// split, speed measured anew in turns, and the time it took. BENCH_MODELS=a,b takes these models alone.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchmarkResult, EvaluateResult } from '../../src/protocol/jobs';
import type { TuneResult } from '../../src/protocol/tuning';
import { oracleDataset } from '../support/oracleDataset';
import { median, runProduct } from './commands';
import type { OracleModel } from './oracleModels';
import { geometricMean, printTable, verdict } from './tables';

const tolerance = 0.01;
/** Each benchmark times the float model about so long. */
const measuredMs = 3000;
const goals = { faster: 10, geometricMean: 1.37, hard: 1.75, evaluations: 15, fixedS: 20 } as const;
const hardModels = ['cifar10_resnet14_unbalanced.op13', 'mnist_resnet_unbalanced', 'mobilenet_v2_1.0_224_imagenet'];
/** The transformers of the reference files; the bound on time is for convolutional nets. */
const transformers = ['cifar10_cct.op13', 'cifar10_cct.op17', 'sst2_transformer.op13'];

interface Outcome {
  readonly model: string;
  readonly float: number;
  readonly best: number;
  readonly speedup: number;
  /** Verdicts of the single benchmarks. */
  readonly verdicts: readonly string[];
  readonly tuningS: number;
  readonly evaluationS: number;
  readonly trials: number;
  readonly change: string;
}

export async function benchTuning(shared: string, models: readonly OracleModel[]): Promise<void> {
  const wanted = process.env['BENCH_MODELS']?.split(',');
  const folder = mkdtempSync(join(tmpdir(), 'bench-tuning-'));
  const outcomes: Outcome[] = [];
  try {
    for (const model of models) {
      if (wanted?.includes(model.name) === false) continue;
      const outcome = await tuned(shared, model, folder);
      outcomes.push(outcome);
      console.error(
        `${model.name}: ${outcome.speedup.toFixed(3)}×, ${outcome.tuningS.toFixed(1)} s, ${outcome.change}`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const known = bestKnown(shared);
  printTable(
    'Tuning, strategy auto, goal 1 % relative (accuracy on the whole evaluation split; latency on one thread, median of 3 fresh loads in turns)',
    ['model', 'float', 'tuned', 'goal', 'speed', 'best known', 'tuning s', 'limit s', '', 'trials', 'winner'],
    outcomes.map((outcome) => row(outcome, known)),
  );
  printSummary(outcomes, known);
}

async function tuned(shared: string, model: OracleModel, folder: string): Promise<Outcome> {
  const calibration = oracleDataset(shared, model.name, 'calibration', folder);
  const evaluation = oracleDataset(shared, model.name, 'evaluation', folder);
  const config = join(folder, `${model.name}.yaml`);
  writeFileSync(config, configText(model, calibration, evaluation));
  const workspace = join(folder, `${model.name}.workspace`);
  const run = await runProduct(['tune', config, '--workspace', workspace], folder);
  const { best, trials, baseline } = run.result as TuneResult;
  const iterations = Math.ceil(measuredMs / baseline.latencyMs);
  const evaluate = async (path: string): Promise<EvaluateResult> =>
    (await runProduct(['evaluate', path, '--data', evaluation], folder)).result as EvaluateResult;
  const float = await evaluate(model.path);
  const own = best.trial === 0 ? float : await evaluate(best.path);
  const speeds = best.trial === 0 ? [] : await compared(model.path, best.path, evaluation, iterations, folder);
  return {
    model: model.name,
    float: float.value,
    best: own.value,
    speedup: speeds.length === 0 ? 1 : median(speeds.map(({ ratio }) => ratio)),
    verdicts: speeds.map(({ verdict: word }) => word),
    tuningS: run.ms / 1000,
    evaluationS: float.ms / 1000,
    trials: trials.length - 1,
    change: trials.find(({ id }) => id === best.trial)?.change ?? '',
  };
}

function configText(model: OracleModel, calibration: string, evaluation: string): string {
  return JSON.stringify({
    model: { name: 'model', framework: 'onnxrt_qlinearops', path: model.path },
    quantization: { calibration: { sampling_size: model.calibrationSamples, dataloader: calibration } },
    evaluation: { accuracy: { metric: { topk: 1 }, dataloader: evaluation } },
    tuning: { accuracy_criterion: { relative: tolerance }, strategy: { name: 'auto' } },
  });
}

/** Float against tuned in fresh processes, in alternating order. */
async function compared(
  float: string,
  best: string,
  data: string,
  iterations: number,
  folder: string,
): Promise<{ readonly ratio: number; readonly verdict: string }[]> {
  const results: { ratio: number; verdict: string }[] = [];
  for (const order of [
    [float, best],
    [best, float],
    [float, best],
  ]) {
    const words = ['--data', data, '--iterations', String(iterations)];
    const run = await runProduct(['benchmark', ...order, ...words], folder);
    const [comparison] = (run.result as BenchmarkResult).comparison;
    const isFloatFirst = order[0] === float;
    const ratio = comparison?.ratio ?? NaN;
    const opposite = { faster: 'slower', slower: 'faster' } as const;
    const word = comparison?.verdict ?? 'within the noise';
    const turned = word === 'within the noise' ? word : opposite[word];
    results.push({ ratio: isFloatFirst ? ratio : 1 / ratio, verdict: isFloatFirst ? word : turned });
  }
  return results;
}

const meetsGoal = ({ float, best }: Outcome): boolean => best >= float * (1 - tolerance) - 1e-9;
const isSlower = ({ verdicts }: Outcome): boolean => verdicts.filter((word) => word === 'slower').length > 1;
const isFaster = ({ verdicts }: Outcome): boolean => verdicts.filter((word) => word === 'faster').length > 1;
const limitS = ({ evaluationS }: Outcome): number => goals.evaluations * evaluationS + goals.fixedS;

function row(outcome: Outcome, known: ReadonlyMap<string, number>): string[] {
  const { model, float, best, speedup, tuningS, trials, change } = outcome;
  const isBound = !transformers.includes(model);
  return [
    model,
    percent(float),
    percent(best),
    meetsGoal(outcome) ? 'met' : 'MISSED',
    `${speedup.toFixed(3)}×`,
    `${(known.get(model) ?? 1).toFixed(2)}×`,
    tuningS.toFixed(1),
    isBound ? limitS(outcome).toFixed(1) : '–',
    isBound ? verdict(tuningS, limitS(outcome)) : '',
    String(trials),
    change.length > 60 ? `${change.slice(0, 60)}…` : change,
  ];
}

function printSummary(outcomes: readonly Outcome[], known: ReadonlyMap<string, number>): void {
  const counted = (test: (outcome: Outcome) => boolean): number => outcomes.filter(test).length;
  const gained = outcomes.map((outcome) => (meetsGoal(outcome) ? outcome.speedup : 1));
  const mean = geometricMean(gained);
  const reference = geometricMean(outcomes.map(({ model }) => known.get(model) ?? 1));
  const hard = outcomes.filter(({ model }) => hardModels.includes(model));
  const slowest = Math.min(...hard.map(({ speedup }) => speedup));
  const bound = outcomes.filter(({ model }) => !transformers.includes(model));
  const inTime = bound.filter((outcome) => outcome.tuningS <= limitS(outcome)).length;
  printTable(
    'Tuning, summed up',
    ['what', 'figure', 'goal', ''],
    [
      summary('goal met', `${counted(meetsGoal)} of ${outcomes.length}`, 'all', counted(meetsGoal) === outcomes.length),
      summary('slower than float beyond the noise', String(counted(isSlower)), '0', counted(isSlower) === 0),
      summary('faster than float', String(counted(isFaster)), `≥ ${goals.faster}`, counted(isFaster) >= goals.faster),
      summary(
        `geometric mean (best known: ${reference.toFixed(2)}×)`,
        `${mean.toFixed(3)}×`,
        `≥ ${goals.geometricMean}×`,
        mean >= goals.geometricMean,
      ),
      summary('slowest of the three hard ones', `${slowest.toFixed(3)}×`, `≥ ${goals.hard}×`, slowest >= goals.hard),
      summary('within 15 evaluations + 20 s, CNNs', `${inTime} of ${bound.length}`, 'all', inTime === bound.length),
    ],
  );
}

function summary(what: string, figure: string, goal: string, isReached: boolean): string[] {
  return [what, figure, goal, isReached ? 'ok' : 'MISSED'];
}

/** An entry of the reference files. */
interface Recipe {
  readonly top1?: number;
  readonly latency_ms?: number;
  readonly latency_ms_1thread_batch1?: { readonly median: number };
}

/** The largest speed-up anybody reached with the goal met, from the reference files; 1 where nobody did. */
function bestKnown(shared: string): ReadonlyMap<string, number> {
  const read = (name: string): { models: Record<string, unknown> } =>
    JSON.parse(readFileSync(join(shared, 'oracle', name), 'utf8')) as { models: Record<string, unknown> };
  const best = new Map<string, number>();
  const note = (model: string, float: number, accuracy: number, speedup: number): void => {
    if (accuracy >= float * (1 - tolerance) - 1e-9) best.set(model, Math.max(best.get(model) ?? 1, speedup));
  };
  const latencyOf = (recipe: Recipe | undefined): number =>
    recipe?.latency_ms ?? recipe?.latency_ms_1thread_batch1?.median ?? NaN;
  const recipes = (model: string, all: Record<string, Recipe>): void => {
    const float = all['fp32'];
    for (const recipe of Object.values(all)) {
      const speedup = latencyOf(float) / latencyOf(recipe);
      if (Number.isFinite(speedup)) note(model, float?.top1 ?? NaN, recipe.top1 ?? NaN, speedup);
    }
  };
  for (const [model, all] of Object.entries(read('handmade.json').models))
    recipes(model, all as Record<string, Recipe>);
  for (const [model, entry] of Object.entries(read('onnxruntime-python.json').models))
    recipes(model, (entry as { configs: Record<string, Recipe> }).configs);
  for (const [model, entry] of Object.entries(read('neural-compressor.json').models)) {
    const { fp32, int8, speedup } = entry as { fp32: number; int8?: number; speedup?: number };
    if (int8 !== undefined && speedup !== undefined) note(model, fp32, int8, speedup);
  }
  return best;
}

const percent = (fraction: number): string => (fraction * 100).toFixed(2);
