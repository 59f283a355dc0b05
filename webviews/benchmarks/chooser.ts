// Which benchmarks of the project are compared: a list of boxes to tick.
import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { BenchmarkChoice, BenchmarkMode } from '../../src/protocol/panels/benchmarks';
import { button } from '../kit/page';

export const chooserStyles = css`
  details.chooser {
    margin: 0 0 12px;
    border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
    border-radius: 4px;
  }
  details.chooser summary {
    padding: 6px 12px;
    cursor: pointer;
  }
  details.chooser .columns {
    padding: 0 12px 12px;
  }
  fieldset {
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 4px 0;
    font-weight: 600;
  }
  .boxes {
    display: grid;
    max-height: 240px;
    overflow: auto;
  }
  .boxes label {
    display: flex;
    gap: 8px;
    align-items: baseline;
    padding: 2px 4px;
    overflow-wrap: anywhere;
  }
  .boxes label:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .boxes input {
    flex: none;
    margin: 0;
    accent-color: var(--vscode-button-background);
    transform: translateY(2px);
  }
  :host-context(.vscode-dark) .boxes input,
  :host-context(.vscode-high-contrast:not(.vscode-high-contrast-light)) .boxes input {
    color-scheme: dark;
  }
  /* There the colour of buttons is that of the page. */
  :host-context(.vscode-high-contrast) .boxes input {
    accent-color: auto;
  }
  .boxes small {
    color: var(--vscode-descriptionForeground);
    font-size: inherit;
  }
  details.chooser .row {
    padding: 0 12px 12px;
  }
`;

/** What there is to choose from, and what is done with a choice. */
export interface Chooser {
  readonly choices: readonly BenchmarkChoice[];
  readonly ids: ReadonlySet<number>;
  readonly isOpen: boolean;
  readonly open: (isOpen: boolean) => void;
  readonly choose: (ids: ReadonlySet<number>) => void;
  readonly add: () => void;
}

/** Folded away once there is something to compare. */
export function renderChooser(chooser: Chooser): TemplateResult {
  const { choices, ids, isOpen, open, choose, add } = chooser;
  const chosen = choices.filter(({ id }) => ids.has(id)).length;
  return html`<details
    class="chooser"
    ?open=${isOpen}
    @toggle=${(event: Event) => open((event.target as HTMLDetailsElement).open)}
  >
    <summary>Choose benchmarks (${chosen} of ${choices.length})</summary>
    <div class="columns">${renderBoxes(chooser, 'performance')} ${renderBoxes(chooser, 'accuracy')}</div>
    <div class="row">
      ${button({ label: 'All', isSecondary: true, click: () => choose(new Set(choices.map(({ id }) => id))) })}
      ${button({ label: 'None', isSecondary: true, click: () => choose(new Set()) })}
      ${button({ label: 'New Benchmark…', icon: 'add', isSecondary: true, click: add })}
    </div>
  </details>`;
}

const titles: Readonly<Record<BenchmarkMode, string>> = { performance: 'Performance', accuracy: 'Accuracy' };

function renderBoxes({ choices, ids, choose }: Chooser, mode: BenchmarkMode): TemplateResult | typeof nothing {
  const ofMode = choices.filter((choice) => choice.mode === mode);
  if (ofMode.length === 0) return nothing;
  const toggle = (id: number, isChosen: boolean): void =>
    choose(new Set(isChosen ? [...ids, id] : [...ids].filter((one) => one !== id)));
  return html`<fieldset>
    <legend>${titles[mode]}</legend>
    <div class="boxes">
      ${ofMode.map(
        ({ id, name, modelName, hasResult }) =>
          html`<label
            ><input
              type="checkbox"
              .checked=${ids.has(id)}
              @change=${(event: Event) => toggle(id, (event.target as HTMLInputElement).checked)}
            />
            <span>${name} <small>${modelName ?? 'model gone'}${hasResult ? '' : ', no result yet'}</small></span></label
          >`,
      )}
    </div>
  </fieldset>`;
}
