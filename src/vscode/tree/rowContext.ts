// What the menus of a row may offer: `contextValue` as a word for the kind and flags behind it, each with a colon before it.
import { isQuantizedPrecision } from '../../dictionary/benchTerms';
import type { BenchmarkFacts, OptimizationFacts, ProjectParts, RunFacts, SensitivityFacts } from '../../protocol/facts';
import type { PartNode } from './nodes';
import { canEdit, isActive } from './runText';

/** `optimization:canRun:hasConfig:` */
export function contextOf(kind: string, flags: Readonly<Record<string, boolean>> = {}): string {
  const set = Object.entries(flags).flatMap(([flag, isSet]) => (isSet ? [flag] : []));
  return `${[kind, ...set].join(':')}:`;
}

/** The context of a thing in a project. */
export function partContext(node: PartNode, parts: ProjectParts): string {
  switch (node.kind) {
    case 'model': {
      const { isPresent, supportsGraph, framework, precision, madeByOptimizationId } = node.facts;
      const canRun = isPresent && framework === 'ONNXRT';
      const isMade = madeByOptimizationId !== null;
      const canQuantize = canRun && !isQuantizedPrecision(precision);
      return contextOf('model', { isPresent, hasGraph: isPresent && supportsGraph, canRun, canQuantize, isMade });
    }
    case 'dataset':
      return contextOf('dataset', { hasCode: node.facts.templatePath !== null });
    case 'optimization':
      return contextOf('optimization', optimizationFlags(node.facts));
    case 'benchmark':
      return contextOf('benchmark', benchmarkFlags(node.facts, parts));
    case 'profiling':
      return contextOf('profiling', { ...runFlags(node.facts), hasResult: node.facts.inferenceUs !== null });
    case 'sensitivity':
      return contextOf('sensitivity', { ...runFlags(node.facts), hasResult: hasPoints(node.facts) });
  }
}

/** Whether an analysis has points: its own, or those a client put in their place. */
function hasPoints({ layers, editedAt }: SensitivityFacts): boolean {
  return layers !== null || editedAt !== null;
}

/** What holds for everything that runs. */
function runFlags(facts: { readonly run: RunFacts | null }): Readonly<Record<string, boolean>> {
  const { run } = facts;
  return {
    canRun: !isActive(run),
    canCancel: isActive(run),
    canEdit: canEdit(facts),
    hasLog: run !== null && run.startedAt !== null,
  };
}

function optimizationFlags(facts: OptimizationFacts): Readonly<Record<string, boolean>> {
  return {
    ...runFlags(facts),
    hasConfig: facts.configPath !== null,
    hasResult: facts.outcome !== null,
    hasModel: facts.optimizedModelId !== null,
  };
}

function benchmarkFlags(facts: BenchmarkFacts, parts: ProjectParts): Readonly<Record<string, boolean>> {
  const hasResult = facts.accuracy !== null || facts.latencyMs !== null;
  const canPin = !isPinned(facts, parts) && hasResult && isOfOptimizedModel(facts, parts);
  return { ...runFlags(facts), hasResult, canPin };
}

/** Whether a benchmark measures the model that an optimization made. */
function isOfOptimizedModel({ modelId }: BenchmarkFacts, { optimizations }: ProjectParts): boolean {
  return optimizations.some(({ optimizedModelId }) => optimizedModelId === modelId);
}

/** Whether a benchmark is the one that an optimization shows. */
export function isPinned({ id }: BenchmarkFacts, { optimizations }: ProjectParts): boolean {
  return optimizations.some(
    ({ accuracyBenchmarkId, performanceBenchmarkId }) => accuracyBenchmarkId === id || performanceBenchmarkId === id,
  );
}
