// AccuracyAwareQuantization (SYSTEMS §7.7): reverts groups of layers to float, the most harmful first, until the accuracy
// goal is met.
import type { AccuracyAwareOptions } from '../../config/tuningConfig';
import type { GoalFigure, TrialOutcome, TrialRequest } from '../../tuning/contracts';

/** What the walk has to know of a model that was tried. */
export type WalkOutcome = Pick<TrialOutcome, 'drops' | 'meetsGoal'>;

export type WalkSteps<Config, Result = void> = AsyncGenerator<TrialRequest<Config>, Result, WalkOutcome>;

/** What is walked through; whoever drives it makes and measures the models. */
export interface WalkParts<Config> {
  /** The fully quantized model. */
  readonly start: TrialRequest<Config>;
  /** The same with the preset mixed; absent where that is what `start` has. */
  readonly mixed?: TrialRequest<Config>;
  /** Other settings of the base algorithm, in stages; each stage is asked for the settings around the best so far. */
  readonly variants: readonly ((base: Config) => readonly Config[])[];
  /** Layers that are reverted together. */
  readonly groups: readonly (readonly string[])[];
  /** As the user's model calls a layer. */
  nameOf(layer: string): string;
  isQuantized(config: Config, layer: string): boolean;
  reverted(config: Config, layers: readonly string[]): Config;
  readonly figures: readonly GoalFigure[];
  readonly samples: {
    hardest(config: Config, figure: number, count: number): Promise<readonly number[]>;
    score(config: Config, figure: number, samples: readonly number[]): Promise<number>;
  };
  readonly options: AccuracyAwareOptions;
}

/** Why the walk ended. */
export type WalkEnd = 'goal' | 'all checked' | 'iterations' | 'nothing left' | 'stopped';

export interface WalkReport<Config> {
  readonly end: WalkEnd;
  /** The best configuration: one that meets the goal, else the one that comes nearest; undefined before the first trial. */
  readonly best: Config | undefined;
  /** Names of layers in the user's model. */
  readonly reverted: readonly string[];
  readonly layers: number;
}

/** Where the walk stands: a configuration, and what was lost with it. */
interface Position<Config> {
  readonly config: Config;
  readonly drops: readonly number[];
}

export class AccuracyAwareWalk<Config> {
  private nearest: (Position<Config> & { readonly excess: number }) | undefined;
  private end: WalkEnd = 'stopped';

  constructor(private readonly parts: WalkParts<Config>) {}

  /** What has come of it so far. */
  get report(): WalkReport<Config> {
    const layers = this.parts.groups.flat();
    const best = this.nearest?.config;
    const reverted = best === undefined ? [] : layers.filter((layer) => !this.parts.isQuantized(best, layer));
    const names = reverted.map((layer) => this.parts.nameOf(layer));
    return { end: this.end, best, reverted: names, layers: layers.length };
  }

  /** Ends when the goal is met, or when nothing is left to revert. */
  async *run(): WalkSteps<Config> {
    this.end = yield* this.steps();
  }

  private async *steps(): WalkSteps<Config, WalkEnd> {
    const { start, mixed, options } = this.parts;
    let position = yield* this.attempt(start);
    if (this.isMet(position)) return 'goal';
    if (options.convertToMixedPreset && mixed !== undefined) {
      const converted = yield* this.attempt(mixed);
      if (this.isMet(converted)) return 'goal';
      // The original takes it even where it is worse.
      if (mean(converted.drops) < mean(position.drops)) position = converted;
    }
    if (options.tuneHyperparams) {
      position = yield* this.withBestVariant(position);
      if (this.isMet(position)) return 'goal';
    }
    return yield* this.revertGroups(position);
  }

  /** Compares variants on the hardest samples, and takes the best where the whole data set agrees. */
  private async *withBestVariant(position: Position<Config>): WalkSteps<Config, Position<Config>> {
    const { samples, variants, options } = this.parts;
    const hard = await samples.hardest(position.config, this.worstFigure(position.drops), options.rankingSubsetSize);
    let best = position.config;
    let first: readonly number[] | undefined;
    for (const stage of variants) {
      let least = Infinity;
      for (const variant of stage(best)) {
        const scores = await this.scores(variant, hard);
        first ??= scores;
        const error = relativeLoss(scores, first);
        if (error >= least) continue;
        least = error;
        best = variant;
      }
    }
    const tuned = yield* this.attempt({ config: best, change: 'the base algorithm with tuned hyperparameters' });
    return mean(tuned.drops) < mean(position.drops) ? tuned : position;
  }

  private async scores(config: Config, hard: readonly number[]): Promise<readonly number[]> {
    const scores: number[] = [];
    for (const figure of this.parts.figures.keys()) scores.push(await this.parts.samples.score(config, figure, hard));
    return scores;
  }

  private async *revertGroups(start: Position<Config>): WalkSteps<Config, WalkEnd> {
    const { maxIterations } = this.parts.options;
    const walk = { position: start, figure: this.worstFigure(start.drops), drop: 0, forgives: true };
    walk.drop = start.drops[walk.figure] ?? Infinity;
    let list = await this.ranked(walk.position.config, walk.figure);
    for (let iteration = 0; iteration < maxIterations; iteration++) {
      const group = list.shift();
      if (group === undefined) return 'all checked';
      const config = this.parts.reverted(walk.position.config, group);
      if (this.groupsIn(config).length === 0) return 'nothing left';
      const next = yield* this.attempt({
        config,
        change: revertedText(group.map((layer) => this.parts.nameOf(layer))),
      });
      if (this.isMet(next)) return 'goal';
      if (this.step(walk, next, start)) list = await this.ranked(walk.position.config, walk.figure);
    }
    return 'iterations';
  }

  /** Moves on, or back. @returns whether the groups have to be ranked again. */
  private step(
    walk: { position: Position<Config>; figure: number; drop: number; forgives: boolean },
    next: Position<Config>,
    start: Position<Config>,
  ): boolean {
    const drop = next.drops[walk.figure] ?? Infinity;
    const isSatisfied = drop <= (this.parts.figures[walk.figure]?.limit ?? 0);
    if (!isSatisfied && (drop <= walk.drop || walk.forgives)) {
      Object.assign(walk, { position: next, drop, forgives: false });
      return false;
    }
    if (isSatisfied) {
      const figure = this.worstFigure(next.drops);
      Object.assign(walk, { position: next, figure, drop: start.drops[figure] ?? Infinity, forgives: false });
      return true;
    }
    // The drop of the model that is gone back to, where the original goes on with that of the rejected one.
    if (this.parts.options.usePreviousIfDropIncreases) walk.forgives = true;
    else Object.assign(walk, { position: next, drop });
    return true;
  }

  /** Groups that are still quantized, first those without which the hardest samples fare best; of equals the last by name. */
  private async ranked(config: Config, figure: number): Promise<(readonly string[])[]> {
    const { samples, options } = this.parts;
    const hard = await samples.hardest(config, figure, options.rankingSubsetSize);
    const scored: { readonly group: readonly string[]; readonly score: number }[] = [];
    for (const group of this.groupsIn(config)) {
      scored.push({ group, score: await samples.score(this.parts.reverted(config, group), figure, hard) });
    }
    scored.sort((a, b) => (a.score === b.score ? compareNames(b.group, a.group) : a.score < b.score ? 1 : -1));
    return scored.map(({ group }) => group);
  }

  private groupsIn(config: Config): (readonly string[])[] {
    const quantized = this.parts.groups.map((group) => group.filter((layer) => this.parts.isQuantized(config, layer)));
    return quantized.filter((group) => group.length > 0);
  }

  private *attempt(request: TrialRequest<Config>): Generator<TrialRequest<Config>, Position<Config>, WalkOutcome> {
    const { drops, meetsGoal } = yield request;
    const position = { config: request.config, drops };
    const excess = meetsGoal ? -Infinity : Math.max(...drops.map((drop, figure) => this.excess(drop, figure)));
    if (this.nearest === undefined || excess < this.nearest.excess) this.nearest = { ...position, excess };
    return position;
  }

  private isMet({ drops }: Position<Config>): boolean {
    return drops.every((drop, figure) => drop <= (this.parts.figures[figure]?.limit ?? 0) + rounding);
  }

  /** The figure that is furthest from its goal. */
  private worstFigure(drops: readonly number[]): number {
    const excesses = drops.map((drop, figure) => this.excess(drop, figure));
    return Math.max(0, excesses.indexOf(Math.max(...excesses)));
  }

  /** By how much a limit is exceeded, as a part of the baseline; where that is 0, by itself. */
  private excess(drop: number, figure: number): number {
    const { baseline = 1, limit = 0 } = this.parts.figures[figure] ?? {};
    return (drop - limit) / (Math.abs(baseline) || 1);
  }
}

/** Slack for rounding, as goals have it. */
const rounding = 1e-9;

/** Names read before the rest of a large group is only counted. */
const namesShown = 3;

function revertedText(group: readonly string[]): string {
  const more = group.length - namesShown;
  const names = group.slice(0, namesShown).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return `${names} reverted to float`;
}

function compareNames([one = '']: readonly string[], [other = '']: readonly string[]): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function mean(drops: readonly number[]): number {
  return drops.reduce((sum, drop) => sum + drop, 0) / drops.length;
}

/** The mean part that was lost of the first scores; scores are signed, so that more is better. */
function relativeLoss(scores: readonly number[], first: readonly number[]): number {
  return -mean(scores.map((score, figure) => (score - (first[figure] ?? 0)) / (Math.abs(first[figure] ?? 0) || 1)));
}
