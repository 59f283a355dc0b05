// Entry of the job process (DESIGN §4): knows which room of the engine does which verb, and loads only that one.
import type { ReportingContext } from './protocol/jobContext';
import type { JobResults, JobVerb, SpecOf } from './protocol/jobs';
import { serveJob } from './processes/serveJob';
import { loadEngine } from './runtime/loadEngine';

const handlers: {
  readonly [Verb in JobVerb]: (spec: SpecOf<Verb>, context: ReportingContext) => Promise<JobResults[Verb]>;
} = {
  quantize: async (spec, context) => (await import('./quantization/runQuantize')).runQuantize(spec, context),
  verify: async (spec, context) => (await import('./quantization/runVerify')).runVerify(spec, context),
  evaluate: async (spec, context) => (await import('./metrics/evaluate')).runEvaluate(spec, context),
  benchmark: async (spec, context) => (await import('./benchmark/runBenchmark')).runBenchmark(spec, context),
  benchmarkInstance: async (spec, context) =>
    (await import('./benchmark/runBenchmarkInstance')).runBenchmarkInstance(spec, context),
  pair: async (spec, context) => (await import('./benchmark/runPair')).runPair(spec, context),
  check: async (spec, context) => (await import('./benchmark/runCheck')).runCheck(spec, context),
  profile: async (spec, context) => (await import('./profiling/runProfile')).runProfile(spec, context),
  diagnose: async (spec, context) => (await import('./diagnosis/runDiagnose')).runDiagnose(spec, context),
  optimize: async (spec, context) => (await import('./optimization/runOptimize')).runOptimize(spec, context),
  sensitivity: async (spec, context) => (await import('./pruning/runSensitivity')).runSensitivity(spec, context),
  prune: async (spec, context) => (await import('./pruning/runPrune')).runPrune(spec, context),
  preview: async (spec, context) => (await import('./data/preview/runPreview')).runPreview(spec, context),
  run: async (spec, context) => (await import('./pipeline/runScript')).runScript(spec, context),
  tune: async (spec, context) => {
    (await import('./pipeline/registerStrategies')).registerPipelineStrategies();
    return (await import('./tuning/runTune')).runTune(spec, context);
  },
};

serveJob(handlers, loadEngine);
