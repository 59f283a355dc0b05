// Metric `custom`: a user's own module that judges the outputs of a model.
import { importModule, moduleFailure } from '../data/loaders/userModule';
import type { Annotation } from '../data/contracts';
import type { ChosenEntry } from '../dictionary/entry';
import type { Metric, MetricAttribute, ModelOutputs } from './contracts';
import { metricErrors } from './metricErrors';

/** What a module's class makes; checked when it is made. */
interface Judge {
  update(outputs: ModelOutputs, annotations: readonly Annotation[]): unknown;
  result(): unknown;
}

type JudgeClass = new (parameters: Readonly<Record<string, unknown>>) => unknown;

/** Classes by path: metrics are made at once, and modules take their time. */
const loaded = new Map<string, JudgeClass>();

/**
 * Loads the modules of the metrics among these that have one. Runs the user's code: only inside a job process.
 *
 * @throws MetricError when a module has no such class, DataError when it cannot be loaded
 */
export async function loadUserMetrics(entries: readonly ChosenEntry[]): Promise<void> {
  for (const { name, parameters } of entries) {
    const path = parameters['path'];
    if (name !== 'custom' || typeof path !== 'string') continue;
    const exports = await importModule(path);
    const found = exports['Metric'] ?? exports['default'];
    if (typeof found !== 'function') {
      const advice = 'Export it: export class Metric { update(outputs, annotations) { … } result() { … } }.';
      throw metricErrors.moduleKind(path, 'it exports no class Metric', advice);
    }
    loaded.set(path, found as JudgeClass);
  }
}

/** An empty metric; its class is made at the first update, with all parameters but those named here. */
export function custom(
  parameters: Readonly<Record<string, unknown>> & { path: string; higher_is_better: boolean },
): Metric {
  const { path, higher_is_better: higherIsBetter, ...rest } = parameters;
  return new UserMetric(path, higherIsBetter, rest);
}

class UserMetric implements Metric {
  readonly attributes: Readonly<Record<string, MetricAttribute>>;
  /** What the module makes of single samples is its own business. */
  readonly value = { custom: [] };
  private judge: Judge | undefined;

  constructor(
    private readonly path: string,
    higherIsBetter: boolean,
    private readonly parameters: Readonly<Record<string, unknown>>,
  ) {
    this.attributes = { custom: { direction: higherIsBetter ? 'higher-better' : 'lower-better', type: 'custom' } };
  }

  update(outputs: ModelOutputs, annotations: readonly Annotation[]): void {
    const judge = (this.judge ??= this.make());
    const given = this.guarded('judging a batch', () => judge.update(outputs, annotations));
    if (given instanceof Promise) {
      // Nobody waits for it: its failure must not end the process.
      given.catch(() => undefined);
      throw metricErrors.moduleKind(this.path, 'its update is asynchronous', 'Let update return when it is done.');
    }
  }

  get avgValue(): Readonly<Record<string, number>> {
    const { judge } = this;
    if (judge === undefined) return { custom: NaN };
    const result = this.guarded('giving its result', () => judge.result());
    if (typeof result === 'number') return { custom: result };
    throw metricErrors.moduleKind(this.path, `its result is no number, but ${typeof result}`, 'Return a number.');
  }

  reset(): void {
    this.judge = undefined;
  }

  private make(): Judge {
    const made = this.guarded('being made', () => {
      const Class = loaded.get(this.path);
      if (Class === undefined) throw new Error(`${this.path} was not loaded`);
      return new Class(this.parameters);
    });
    if (isJudge(made)) return made;
    throw metricErrors.moduleKind(
      this.path,
      'it lacks update or result',
      'Give it update(outputs, annotations) and result().',
    );
  }

  private guarded<Result>(doing: string, run: () => Result): Result {
    try {
      return run();
    } catch (thrown) {
      throw moduleFailure(thrown, this.path, doing);
    }
  }
}

function isJudge(made: unknown): made is Judge {
  if (typeof made !== 'object' || made === null) return false;
  const { update, result } = made as Partial<Judge>;
  return typeof update === 'function' && typeof result === 'function';
}
