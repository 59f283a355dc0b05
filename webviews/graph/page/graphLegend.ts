// <graph-legend>: what the colours and patterns of the picture mean.
import { LitElement, css, html } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Overlay } from '../../../src/protocol/panels/graph';
import { baseStyles } from '../../kit/styles';
import { categoryNumbers } from '../view/categoryNumbers';
import { patternTile } from '../view/patterns';
import { heatSteps, onThemeChange, readTheme } from '../view/theme';

@customElement('graph-legend')
export class GraphLegend extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        position: absolute;
        left: 12px;
        bottom: 12px;
        max-width: 260px;
        padding: 6px 10px;
        color: var(--vscode-editorWidget-foreground);
        background: var(--vscode-editorWidget-background);
        border: 1px solid var(--vscode-editorWidget-border, var(--vscode-contrastBorder, transparent));
        border-radius: 4px;
        font-size: 0.92em;
      }
      h2 {
        margin: 0 0 4px;
        font-size: 1em;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        gap: 8px;
        align-items: center;
      }
      canvas {
        width: 16px;
        height: 12px;
        border: 1px solid var(--vscode-contrastBorder, transparent);
      }
      .heat canvas {
        width: 100%;
        height: 10px;
      }
      .ends {
        display: flex;
        justify-content: space-between;
        gap: 12px;
      }
    `,
  ];

  @property({ attribute: false }) accessor overlay: Overlay | undefined = undefined;
  private endListening: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.endListening = onThemeChange(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.endListening?.();
  }

  override updated(): void {
    const theme = readTheme();
    this.renderRoot.querySelectorAll('canvas').forEach((canvas, index) => {
      const context = canvas.getContext('2d');
      if (context === null) return;
      if (canvas.dataset['kind'] === 'heat') {
        canvas.width = heatSteps;
        canvas.height = 1;
        theme.heat.forEach((color, step) => {
          context.fillStyle = color;
          context.fillRect(step, 0, 1, 1);
        });
        return;
      }
      canvas.width = 16;
      canvas.height = 12;
      const category = categoryNumbers(this.overlay?.categories ?? [])[index] ?? index;
      const color = theme.categories[category % theme.categories.length] ?? theme.text;
      context.fillStyle = context.createPattern(patternTile(category, color, theme.card), 'repeat') ?? color;
      context.fillRect(0, 0, 16, 12);
    });
  }

  override render(): TemplateResult {
    const { overlay } = this;
    if (overlay === undefined) return html``;
    const unit = overlay.unit === '' ? '' : ` (${overlay.unit})`;
    return html`<h2>${overlay.choice.label}${unit}</h2>
      ${overlay.categories.length > 0 ? renderCategories(overlay) : renderHeat(overlay)}`;
  }
}

function renderCategories({ categories }: Overlay): TemplateResult {
  return html`<ul>
    ${categories
      .slice(0, 20)
      .map((category) => html`<li><canvas aria-hidden="true"></canvas><span>${category}</span></li>`)}
  </ul>`;
}

/** What the two ends of the heat are called. */
const heatEnds = {
  time: { best: 'no time', worst: 'slowest' },
  error: { best: 'no error', worst: 'largest error' },
  sparsity: { best: 'no zeros', worst: 'all zeros' },
} as const;

function renderHeat({ choice }: Overlay): TemplateResult {
  const { best, worst } = choice.kind === 'type' ? heatEnds.error : heatEnds[choice.kind];
  return html`<div class="heat"><canvas data-kind="heat" aria-hidden="true"></canvas></div>
    <div class="ends"><span>${best}</span><span>${worst}</span></div>
    <div>Figures are written under the nodes.</div>`;
}
