// How far a run is, as a bar with words; and choices in the looks of the editor: one of a list, one of a few views.
import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { RunChange } from '../../src/protocol/benchChannel';
import type { JobProgress } from '../../src/protocol/panels/profiling';
import { numberText, timeLeftText } from './figures';
import { button } from './page';

/** For pages that use what this file makes. */
export const controlStyles = css`
  .job {
    display: grid;
    grid-template-columns: minmax(0, 1fr) max-content;
    gap: 4px 12px;
    align-items: center;
    margin: 0 0 16px;
    padding: 8px 12px;
    border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
    border-radius: 4px;
  }
  .job p {
    margin: 0;
  }
  .job progress {
    grid-column: 1 / -1;
    width: 100%;
    height: 4px;
    appearance: none;
    border: 0;
    border-radius: 2px;
    overflow: hidden;
    /* In high contrast the bar has the colour of all borders: a track of that colour would look full. */
    background: color-mix(in srgb, var(--vscode-progressBar-background) 25%, var(--vscode-editor-background));
  }
  .job progress::-webkit-progress-bar {
    background: transparent;
  }
  .job progress::-webkit-progress-value {
    background: var(--vscode-progressBar-background);
  }
  .tabs {
    display: flex;
    flex-wrap: wrap;
    gap: 0 4px;
    margin: 0 0 12px;
    border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .tabs button {
    padding: 6px 12px;
    border: 0;
    border-bottom: 2px solid transparent;
    background: none;
    color: var(--vscode-panelTitle-inactiveForeground, var(--vscode-descriptionForeground));
    font: inherit;
    cursor: pointer;
  }
  .tabs button[aria-selected='true'] {
    color: var(--vscode-panelTitle-activeForeground, var(--vscode-foreground));
    border-bottom-color: var(--vscode-panelTitle-activeBorder, var(--vscode-foreground));
  }
  @media (forced-colors: active) {
    .job progress {
      border: 1px solid CanvasText;
    }
    .job progress::-webkit-progress-value {
      background: Highlight;
    }
    /* A border that is not to be seen would be one there. */
    .tabs button {
      border-bottom-color: Canvas;
    }
    .tabs button[aria-selected='true'] {
      border-bottom-color: Highlight;
    }
  }
  select {
    max-width: 100%;
    padding: 3px 6px;
    border: 1px solid var(--vscode-dropdown-border, var(--vscode-contrastBorder, currentColor));
    border-radius: 2px;
    background: var(--vscode-dropdown-background);
    color: var(--vscode-dropdown-foreground);
    font: inherit;
  }
`;

/** How far a run is, as a change of it tells. */
export function jobOf({ progress, timeLeftMs }: RunChange): JobProgress {
  return { position: 0, progress: progress ?? null, timeLeftMs: timeLeftMs ?? null };
}

/** A run that waits or is under way, with a way to stop it. */
export function jobView(what: string, job: JobProgress | null, cancel: () => unknown): TemplateResult {
  const total = job?.progress?.total;
  return html`<div class="job">
    <p>${what}: ${jobText(job)}</p>
    ${button({ label: 'Cancel', runs: true, isSecondary: true, click: cancel })}
    ${
      total === undefined || total === 0
        ? html`<progress aria-label=${what}></progress>`
        : html`<progress aria-label=${what} max=${total} .value=${job?.progress?.done ?? 0}></progress>`
    }
  </div>`;
}

function jobText(job: JobProgress | null): string {
  if (job === null) return 'starting';
  const { position, progress, timeLeftMs } = job;
  if (position !== null && position > 0) return `waiting, ${position} before it`;
  if (progress === null) return 'starting';
  const { phase, done, total, unit } = progress;
  const count = total === undefined || total === 0 ? '' : `, ${numberText(done)} of ${numberText(total)} ${unit}`;
  const left = timeLeftText(timeLeftMs);
  return `${phase}${count}${left === '' ? '' : `, ${left}`}`;
}

/** One of those to choose from. */
export interface Option {
  readonly value: string;
  readonly label: string;
}

/** One of a list, with its name before it. */
export function choiceOf(
  name: string,
  options: readonly Option[],
  chosen: string,
  choose: (value: string) => void,
): TemplateResult {
  return html`<label class="row"
    ><span>${name}</span>
    <select @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
      ${options.map(({ value, label }) => html`<option value=${value} ?selected=${value === chosen}>${label}</option>`)}
    </select></label
  >`;
}

/** Tabs over a view with the id `view`: the arrow keys go from one to the next. */
export function tabs(
  label: string,
  options: readonly Option[],
  chosen: string,
  choose: (value: string) => void,
): TemplateResult {
  const step = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const index = options.findIndex(({ value }) => value === chosen) + by;
    const next = options[(index + options.length) % options.length];
    if (by === 0 || next === undefined) return;
    event.preventDefault();
    const list = (event.currentTarget as HTMLElement).querySelectorAll('button');
    list[options.indexOf(next)]?.focus();
    choose(next.value);
  };
  return html`<div class="tabs" role="tablist" aria-label=${label} @keydown=${step}>
    ${options.map(({ value, label: text }) => {
      const isChosen = value === chosen;
      return html`<button
        type="button"
        role="tab"
        aria-selected=${String(isChosen)}
        aria-controls=${isChosen ? 'view' : nothing}
        tabindex=${isChosen ? 0 : -1}
        @click=${() => choose(value)}
      >
        ${text}
      </button>`;
    })}
  </div>`;
}
