// `npm run bench [SECTION...]`: prints the figures of this product, each beside its goal and, where there is one, the
// reference tool measured in the same run.
import { cpus } from 'node:os';
import { sharedFolder } from '../support/sharedFolder';
import { benchAccuracy } from './accuracy';
import { benchAccuracyAware } from './accuracyAware';
import { benchCalibration } from './calibration';
import { benchDecoding } from './decoding';
import { benchDefaultQuantization } from './defaultQuantization';
import { benchGraphAnswer } from './graphAnswer';
import { benchHarness } from './harness';
import { benchLarge } from './large';
import { benchLatency } from './latency';
import { benchMemory } from './memory';
import type { OracleModel } from './oracleModels';
import { oracleModels, oraclePython } from './oracleModels';
import { benchHistograms, benchQuantizeWall } from './quantizeWall';
import { benchOneShot } from './oneShot';
import { benchPruning } from './pruning';
import { benchServerIdle, benchServerLoad } from './serverLoad';
import { benchStore } from './store';
import { benchTuning } from './tuning';
import { benchTyping } from './typing';

type Section = (shared: string, models: readonly OracleModel[]) => Promise<void> | void;

/** In the order they are printed; those in `withoutShared` need no files but the product's own. */
const sections: Record<string, Section> = {
  accuracy: benchAccuracy,
  quantize: benchQuantizeWall,
  calibration: benchCalibration,
  histograms: benchHistograms,
  latency: benchLatency,
  memory: benchMemory,
  large: benchLarge,
  harness: benchHarness,
  oneShot: benchOneShot,
  pruning: benchPruning,
  tuning: benchTuning,
  accuracyAware: benchAccuracyAware,
  defaultQuantization: benchDefaultQuantization,
  decoding: benchDecoding,
  store: benchStore,
  serverLoad: benchServerLoad,
  serverIdle: benchServerIdle,
  graph: benchGraphAnswer,
  typing: benchTyping,
};
const withoutShared = new Set(['large', 'harness', 'store', 'graph', 'typing', 'serverLoad', 'serverIdle']);

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => sections[name] === undefined);
  if (unknown !== undefined) throw new Error(`no section "${unknown}"; there are ${Object.keys(sections).join(', ')}`);
  console.log(
    `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores; reference tool: ${oraclePython ?? 'not set (ORACLE_PYTHON)'}`,
  );
  const models = sharedFolder === undefined ? [] : oracleModels(sharedFolder);
  for (const [name, section] of Object.entries(sections)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    if (sharedFolder === undefined && !withoutShared.has(name)) {
      console.log(`\n${name}: skipped, the folder ../shared with real models is not on this machine`);
      continue;
    }
    await section(sharedFolder ?? '', models);
  }
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
