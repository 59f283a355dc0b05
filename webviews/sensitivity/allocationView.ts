// The sliders by which a sparsity is shared out, what comes of it, and the layer that is set by hand.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { mostSparsityFraction } from '../../src/protocol/panels/sensitivity';
import type { SensitivityFindings, SparsityAllocation } from '../../src/protocol/panels/sensitivity';
import { countText, noFigure, percentText } from '../kit/figures';
import { button, notice, tiles } from '../kit/page';
import { withOverride } from './choices';
import type { Choices } from './choices';
import { operationsText, recoveryText } from './layerRows';
import type { LayerRow } from './layerRows';
import { slider } from './slider';

/** What it shows and does. */
export interface AllocationView {
  readonly findings: SensitivityFindings;
  readonly allocation: SparsityAllocation | null;
  readonly rows: readonly LayerRow[];
  readonly choices: Choices;
  readonly change: (change: Partial<Choices>) => void;
  /** Adds an analysis of the other kind. */
  readonly add: () => void;
}

export function renderAllocation(view: AllocationView): TemplateResult {
  const { allocation, rows, choices, change, add } = view;
  if (allocation === null) {
    return notice(
      'info',
      'A sparsity is shared out by what it loses, which only a loss analysis of this model tells.',
      [{ label: 'New Loss Analysis…', isSecondary: true, click: add }],
    );
  }
  const { targetFraction } = choices;
  const chosen = rows.find(({ layer }) => layer.name === choices.layer);
  return html`<h2>Overall sparsity</h2>
    <div class="row sliders">
      ${slider({
        name: 'Mean sparsity of the layers that take part',
        value: targetFraction,
        most: mostSparsityFraction,
        step: 0.01,
        text: percentText(targetFraction, 0),
        slide: (value) => change({ targetFraction: value }),
      })}
      ${renderBalance(view)}
    </div>
    ${renderOutcome(allocation)} ${renderOtherMean(allocation, rows, choices)}
    ${chosen === undefined ? renderHint(rows) : renderChosen(chosen, view)}`;
}

function renderBalance({ findings, choices, change }: AllocationView): TemplateResult {
  const { perf } = findings;
  const { lossWeight } = choices;
  return slider({
    name: 'Loss or performance decides',
    value: lossWeight,
    most: 1,
    step: 0.05,
    text: balanceText(perf === null ? 1 : lossWeight),
    isDisabled: perf === null,
    hint:
      perf === null ? 'The operations of the layers are not known: loss alone decides' : `Performance: ${perf.name}`,
    slide: (value) => change({ lossWeight: value }),
  });
}

function balanceText(lossWeight: number): string {
  if (lossWeight === 1) return 'loss alone';
  return lossWeight === 0 ? 'performance alone' : `${percentText(lossWeight, 0)} loss`;
}

function renderOutcome({ layers, sparsityFraction, estimatedRecovery, flops }: SparsityAllocation): TemplateResult {
  const pruned = layers.filter((layer) => layer.sparsityFraction > 0).length;
  const less = flops === null || flops.dense === 0 ? null : 1 - flops.theoretical / flops.dense;
  return tiles([
    ['Zeros', percentText(sparsityFraction, 1), `in ${pruned} of ${countText(layers.length, 'layer')}`],
    // SYSTEMS §6.5 compares with the allocation by loss alone, not with the dense model.
    ['Estimated recovery', recoveryText(estimatedRecovery), 'compared with loss alone; not an accuracy'],
    flops === null || less === null
      ? ['Operations, theoretically', noFigure]
      : [
          'Operations, theoretically',
          operationsText(flops.theoretical),
          `of ${operationsText(flops.dense)}, ${percentText(less, 0)} less`,
        ],
  ]);
}

/** Said where it is more than what rounding does. */
const leastDifference = 0.005;

/** Nothing but what a person set keeps the mean from the target, or no layer takes part. */
function renderOtherMean(
  { meanFraction }: SparsityAllocation,
  rows: readonly LayerRow[],
  { targetFraction }: Choices,
): TemplateResult | typeof nothing {
  if (Math.abs(targetFraction - meanFraction) <= leastDifference) return nothing;
  const byHand = rows.filter(({ layer, isSetByHand }) => isSetByHand && layer.denseReason === null).length;
  const text =
    byHand === 0
      ? 'No layer takes part: the first layer and grouped convolutions stay dense. Set layers by hand.'
      : `On average, the layers that take part get ${percentText(meanFraction, 0)}, because of ${countText(byHand, 'layer')} set by hand.`;
  return html`<p role="status">${text}</p>`;
}

function renderHint(rows: readonly LayerRow[]): TemplateResult {
  const byHand = rows.filter(({ isSetByHand }) => isSetByHand).length;
  return html`<p class="quiet">
    Choose a layer below to set its sparsity by
    hand.${byHand === 0 ? '' : ` ${countText(byHand, 'layer')} set by hand.`}
  </p>`;
}

function renderChosen(
  { layer, sparsityFraction, isSetByHand }: LayerRow,
  { choices, change }: AllocationView,
): TemplateResult {
  const { overrides } = choices;
  const { name, label } = layer;
  return html`<div class="chosen row">
    ${slider({
      name: `Sparsity of ${label}`,
      value: sparsityFraction ?? 0,
      most: mostSparsityFraction,
      step: 0.01,
      text: `${percentText(sparsityFraction, 0)}${isSetByHand ? ', set by hand' : ', shared out'}`,
      slide: (value) => change({ overrides: withOverride(overrides, name, value) }),
    })}
    ${button({
      label: 'Share Out Again',
      isSecondary: true,
      isDisabled: !isSetByHand,
      hint: 'Takes the layer back to what the overall sparsity gives it',
      click: () => change({ overrides: withOverride(overrides, name, null) }),
    })}
    ${
      overrides.length < 2
        ? nothing
        : button({ label: 'Share Out All', isSecondary: true, click: () => change({ overrides: [] }) })
    }
  </div>`;
}
