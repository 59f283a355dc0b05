// What charts have in common: they know their width, show a tip for the mark under the pointer or the focus, and are walked by keys.
import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { MeasuredElement } from './measured';
import { baseStyles, toneStyles } from './styles';

/** A line of a tip: what, and how much. */
export interface TipLine {
  readonly name: string;
  readonly value: string;
}

/** What is told of a mark. */
export interface Tip {
  readonly title: string;
  readonly lines: readonly TipLine[];
}

/** A mark of the chart: where its tip goes, and what that says. */
export interface Mark {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly tip: Tip;
  /** What is picked with it, where several marks stand for one thing; absent: its key. */
  readonly row?: string;
}

/** Somebody clicked a mark, or pressed Enter on it. */
export type PickEvent = CustomEvent<{ readonly key: string }>;

/** For everything that draws figures. */
export const chartStyles = css`
  :host {
    display: block;
    position: relative;
    min-width: 0;
  }
  svg {
    display: block;
    width: 100%;
    overflow: visible;
    font-family: inherit;
    font-size: 0.92em;
  }
  text {
    fill: var(--vscode-foreground);
    font-variant-numeric: tabular-nums;
  }
  text.quiet {
    fill: var(--vscode-descriptionForeground);
  }
  .grid line {
    stroke: var(--vscode-descriptionForeground);
    stroke-opacity: 0.25;
    stroke-width: 1;
    shape-rendering: crispEdges;
  }
  .axis {
    stroke: var(--vscode-descriptionForeground);
    stroke-width: 1;
    shape-rendering: crispEdges;
  }
  .mark {
    outline: none;
  }
  .mark.pickable {
    cursor: pointer;
  }
  .ring {
    fill: none;
    stroke: none;
    stroke-width: 2;
  }
  .mark:hover .ring,
  .mark.chosen .ring {
    stroke: var(--vscode-foreground);
    stroke-width: 1.5;
  }
  .mark:focus .ring {
    stroke: var(--vscode-focusBorder);
  }
  .tip {
    position: absolute;
    z-index: 5;
    max-width: min(320px, 90%);
    padding: 6px 10px;
    pointer-events: none;
    color: var(--vscode-editorHoverWidget-foreground, var(--vscode-foreground));
    background: var(--vscode-editorHoverWidget-background, var(--vscode-editor-background));
    border: 1px solid var(--vscode-editorHoverWidget-border, var(--vscode-contrastBorder, currentColor));
    border-radius: 4px;
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
  }
  .tip strong {
    display: block;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .tip dl {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 0 12px;
    margin: 2px 0 0;
  }
  .tip dt {
    color: var(--vscode-descriptionForeground);
  }
  .tip dd {
    margin: 0;
    overflow-wrap: anywhere;
    font-variant-numeric: tabular-nums;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 16px;
    margin: 0 0 4px;
    padding: 0;
    list-style: none;
    color: var(--vscode-descriptionForeground);
  }
  .legend li {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .legend svg {
    flex: none;
    width: 24px;
    height: 14px;
  }
  @media (forced-colors: active) {
    text,
    text.quiet {
      fill: CanvasText;
    }
    .grid line {
      stroke: GrayText;
    }
    .axis,
    .mark:hover .ring,
    .mark.chosen .ring {
      stroke: CanvasText;
    }
    .mark:focus .ring {
      stroke: Highlight;
    }
  }
`;

/** A chart. It tells of picked marks with `bench-pick` (PickEvent). */
export abstract class ChartElement extends MeasuredElement {
  static override styles = [baseStyles, toneStyles, chartStyles];

  /** What the chart shows, for screen readers: its title and its gist. */
  @property() accessor label = '';
  /** The mark that the page is about at the moment. */
  @property({ attribute: false }) accessor chosen: string | undefined = undefined;
  /** Whether picking a mark does something. */
  @property({ type: Boolean }) accessor pickable = false;
  /** The mark that the Tab key goes to. */
  @state() private accessor focusedKey: string | undefined = undefined;
  @state() private accessor tipKey: string | undefined = undefined;

  /** The marks in the order that the arrow keys take; known after `draw`. */
  protected abstract readonly marks: readonly Mark[];
  /** Draws the chart for `width` pixels. */
  protected abstract draw(): TemplateResult;

  /** Listens for the focus outside the drawing: one that did itself would be a place for the Tab key with nothing to do. */
  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    const root = super.createRenderRoot();
    root.addEventListener('focusin', this.takeFocus);
    root.addEventListener('focusout', this.takeLeave);
    return root;
  }

  override render(): TemplateResult {
    // Without a width there is nothing to place; the observer tells it at once.
    return html`${this.width === 0 ? nothing : this.draw()}${this.renderTip()}`;
  }

  protected override updated(): void {
    const tip = this.renderRoot.querySelector<HTMLElement>('.tip');
    const mark = this.marks.find(({ key }) => key === this.tipKey);
    const svg = this.renderRoot.querySelector<SVGElement>('svg.chart');
    if (tip === null || mark === undefined || svg === null) return;
    const top = svg.getBoundingClientRect().top - this.getBoundingClientRect().top;
    const isLeft = mark.x + 14 + tip.offsetWidth > this.width;
    const x = isLeft ? mark.x - 14 - tip.offsetWidth : mark.x + 14;
    const y = top + mark.y - tip.offsetHeight / 2;
    tip.style.left = `${Math.max(0, x)}px`;
    tip.style.top = `${Math.max(top - 20, y)}px`;
  }

  /** The drawing in which marks tell of the pointer and of keys; `content` is SVG. */
  protected renderDrawing(height: number, content: unknown): TemplateResult {
    return html`<svg
      class="chart"
      role="group"
      aria-label=${this.label}
      height=${height}
      viewBox="0 0 ${this.width} ${height}"
      @pointerover=${this.takePointer}
      @pointerleave=${this.takeLeave}
      @click=${this.takeClick}
      @keydown=${this.takeKey}
    >
      ${content}
    </svg>`;
  }

  /** Classes of a mark's group; the listeners are those of the drawing. */
  protected markClass(key: string): string {
    return `mark${this.pickable ? ' pickable' : ''}${this.isChosen(key) ? ' chosen' : ''}`;
  }

  protected isChosen(key: string): boolean {
    const mark = this.marks.find((one) => one.key === key);
    return this.chosen !== undefined && (mark?.row ?? key) === this.chosen;
  }

  protected tabIndexOf(key: string): number {
    const known = this.marks.some((mark) => mark.key === this.focusedKey);
    return (known ? this.focusedKey : (this.chosenMark ?? this.marks[0]?.key)) === key ? 0 : -1;
  }

  protected get markRole(): 'button' | 'img' {
    return this.pickable ? 'button' : 'img';
  }

  /** What a screen reader says of a mark. */
  protected markLabel({ tip }: Mark): string {
    return [tip.title, ...tip.lines.map(({ name, value }) => `${name} ${value}`)].join(', ');
  }

  private get chosenMark(): string | undefined {
    return this.marks.find(({ key }) => this.isChosen(key))?.key;
  }

  private renderTip(): TemplateResult | typeof nothing {
    const mark = this.marks.find(({ key }) => key === this.tipKey);
    if (mark === undefined) return nothing;
    // The mark itself says the same to screen readers.
    return html`<div class="tip" aria-hidden="true">
      <strong>${mark.tip.title}</strong>
      <dl>
        ${mark.tip.lines.map(
          ({ name, value }) =>
            html`<dt>${name}</dt>
              <dd>${value}</dd>`,
        )}
      </dl>
    </div>`;
  }

  private readonly takePointer = (event: Event): void => {
    this.tipKey = keyAt(event);
  };

  private readonly takeLeave = (): void => {
    this.tipKey = undefined;
  };

  private readonly takeFocus = (event: Event): void => {
    const key = keyAt(event);
    if (key === undefined) return;
    this.focusedKey = key;
    this.tipKey = key;
  };

  private readonly takeClick = (event: Event): void => {
    const mark = this.marks.find(({ key }) => key === keyAt(event));
    if (mark !== undefined) this.pick(mark);
  };

  private readonly takeKey = (event: KeyboardEvent): void => {
    const index = this.marks.findIndex(({ key }) => key === keyAt(event));
    const mark = this.marks[index];
    if (mark === undefined) return;
    const last = this.marks.length - 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: index - 1,
      ArrowUp: index - 1,
      ArrowRight: index + 1,
      ArrowDown: index + 1,
      Home: 0,
      End: last,
    };
    const target = moves[event.key];
    if (target !== undefined) this.focusMark(this.marks[Math.max(0, Math.min(last, target))]?.key);
    else if (event.key === 'Enter' || event.key === ' ') this.pick(mark);
    else if (event.key === 'Escape') this.tipKey = undefined;
    else return;
    event.preventDefault();
  };

  private focusMark(key: string | undefined): void {
    const marks = this.renderRoot.querySelectorAll<SVGElement>('.mark');
    [...marks].find((mark) => mark.dataset['key'] === key)?.focus();
  }

  private pick({ key, row = key }: Mark): void {
    if (this.pickable) this.dispatchEvent(new CustomEvent('bench-pick', { detail: { key: row } }));
  }
}

function keyAt(event: Event): string | undefined {
  return (event.target as Element).closest<SVGElement>('.mark')?.dataset['key'];
}

/** A text cut to so many pixels, its end left off; one character takes about so many pixels. */
export function cutText(text: string, pixels: number, characterPixels = 6.6): string {
  const most = Math.max(3, Math.floor(pixels / characterPixels));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** The same of a path, whose end tells more than its beginning. */
export function cutPath(text: string, pixels: number, characterPixels = 6.6): string {
  const most = Math.max(3, Math.floor(pixels / characterPixels));
  return text.length <= most ? text : `…${text.slice(1 - most)}`;
}
