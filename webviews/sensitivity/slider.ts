// A slider with its name and its figure; moved by keys as those of the browser are.
import { css, html } from 'lit';
import type { TemplateResult } from 'lit';

/** A figure between two ends. */
export interface Slider {
  readonly name: string;
  readonly value: number;
  readonly most: number;
  readonly step: number;
  /** The figure in words, for people who see it and for those who hear it. */
  readonly text: string;
  readonly isDisabled?: boolean;
  readonly hint?: string;
  /** While it is moved. */
  readonly slide: (value: number) => void;
}

export const sliderStyles = css`
  label.slider {
    display: grid;
    grid-template-columns: minmax(0, 1fr) max-content;
    gap: 0 12px;
    flex: 1 1 280px;
    max-width: 520px;
  }
  label.slider input {
    grid-column: 1 / -1;
    width: 100%;
    margin: 4px 0;
    accent-color: var(--vscode-charts-blue, var(--vscode-button-background));
  }
  /* The browser's own track is white otherwise. */
  :host-context(.vscode-dark) label.slider input,
  :host-context(.vscode-high-contrast:not(.vscode-high-contrast-light)) label.slider input {
    color-scheme: dark;
  }
  label.slider output {
    font-variant-numeric: tabular-nums;
    font-weight: 600;
  }
`;

export function slider({ name, value, most, step, text, isDisabled = false, hint, slide }: Slider): TemplateResult {
  return html`<label class="slider" title=${hint ?? ''}>
    <span>${name}</span><output>${text}</output>
    <input
      type="range"
      min="0"
      max=${most}
      step=${step}
      .value=${String(value)}
      ?disabled=${isDisabled}
      aria-label=${name}
      aria-valuetext=${text}
      @input=${(event: Event) => slide(Number((event.target as HTMLInputElement).value))}
    />
  </label>`;
}
