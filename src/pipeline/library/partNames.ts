// Names of nodes in a cascade: those of a part begin with the part's name and an underscore (SYSTEMS §7.4).
import type { CompressedModel } from './compressedModel';
import type { StatisticFunction, StatisticsLayout } from './engine';
import { pipelineErrors } from './pipelineErrors';

/** What the names of a part's nodes begin with; nothing for a single model. */
export function prefixOf(model: CompressedModel, index: number): string {
  const name = model.models[index]?.name;
  return model.isCascade && name !== undefined ? `${name}_` : '';
}

export interface PartLayout {
  readonly prefix: string;
  /** With the part's own names. */
  readonly layout: StatisticsLayout;
}

/** The statistics asked of each part; undefined for a part of which there are none. Throws `pipeline-unknown-part`. */
export function layoutOfPart(model: CompressedModel, layout: StatisticsLayout): readonly (PartLayout | undefined)[] {
  const layouts = model.models.map((): Record<string, Readonly<Record<string, StatisticFunction>>> => ({}));
  for (const [node, functions] of Object.entries(layout)) {
    const { index, name } = partOf(model, node);
    const own = layouts[index];
    if (own !== undefined) Object.defineProperty(own, name, { value: functions, enumerable: true });
  }
  return layouts.map((own, index) =>
    Object.keys(own).length === 0 ? undefined : { prefix: prefixOf(model, index), layout: own },
  );
}

/** The part that a node belongs to, and its name there: of two names that fit, the longer one. */
export function partOf(model: CompressedModel, node: string): { readonly index: number; readonly name: string } {
  const fitting = model.models
    .map((_part, index) => ({ index, prefix: prefixOf(model, index) }))
    .filter(({ prefix }) => node.startsWith(prefix))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  const [best] = fitting;
  if (best === undefined)
    throw pipelineErrors.unknownPart(
      node,
      model.models.flatMap(({ name }) => name ?? []),
    );
  return { index: best.index, name: node.slice(best.prefix.length) };
}
